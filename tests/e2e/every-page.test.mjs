// Every page in every state and language, in Chromium: axe finds nothing in light or dark, and a narrow window cuts nothing off. The pages
// are the samples that the daemon's own tests render (`VESTIBULE_PAGE_SAMPLES` names their folder), with the assets of the daemon.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import axe from 'axe-core';

import { launch } from './lib/browser.mjs';
import { Vestibule } from './lib/vestibule.mjs';

const FOLDER = process.env.VESTIBULE_PAGE_SAMPLES;
// The narrowest window that WCAG 2.2 knows (success criterion 1.4.10, reflow).
const NARROW = { width: 320, height: 640 };
// A page that sends the browser on by an inline script stays, to be looked at.
const HEADERS = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': "script-src 'self'" };
const WIDE = { width: 1280, height: 800 };

let vestibule;
let browser;
let page;

before(async () => {
  vestibule = await Vestibule.start();
  browser = await launch();
  page = await browser.newPage();
});

after(async () => {
  await browser?.close();
  await vestibule?.stop();
});

async function violations(colorScheme) {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  const { violations: found } = await page.evaluate(() => globalThis.axe.run());
  return found.flatMap(({ id, nodes }) => nodes.map((node) => `${colorScheme}: ${id}: ${node.target.join(' ')}: ${node.failureSummary}`));
}

for (const language of readdirSync(FOLDER)) {
  describe(language, () => {
    for (const name of readdirSync(join(FOLDER, language))) {
      test(name, async () => {
        const body = readFileSync(join(FOLDER, language, name), 'utf8');
        const address = vestibule.url(`/samples/${language}/${name}`);
        await page.route(address, (route) => route.fulfill({ body, headers: HEADERS }));
        const missing = [];
        const onResponse = (response) => response.ok() || missing.push(response.url());
        page.on('response', onResponse);
        await page.setViewportSize(NARROW);
        await page.goto(address);
        assert.deepEqual(missing, [], 'everything the page shows is there');
        const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.equal(beyond, 0, `${beyond} pixels are beyond the edge of a narrow window`);

        await page.setViewportSize(WIDE);
        await page.evaluate(axe.source);
        assert.deepEqual([...(await violations('light')), ...(await violations('dark'))], []);
        page.off('response', onResponse);
      });
    }
  });
}
