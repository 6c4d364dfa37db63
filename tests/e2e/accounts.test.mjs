// Several people in one browser, and what each of them lets applications have: choosing an account, seeing and ending what was allowed.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { launch, Window } from './lib/browser.mjs';
import { Person } from './lib/person.mjs';
import { startRelyingParty } from './lib/relying-party.mjs';
import { Vestibule } from './lib/vestibule.mjs';

let vestibule;
let relyingParty;
let browser;

before(async () => {
  vestibule = await Vestibule.start();
  relyingParty = await startRelyingParty(vestibule);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await relyingParty?.stop();
  await vestibule?.stop();
});

for (const javaScript of [true, false]) {
  describe(javaScript ? 'with scripts' : 'without scripts', () => {
    let ada;
    let charles;

    before(async () => {
      const suffix = javaScript ? 'One' : 'Two';
      ada = new Person(vestibule, { firstName: 'Ada', lastName: suffix });
      charles = new Person(vestibule, { firstName: 'Charles', lastName: suffix });
      for (const person of [ada, charles]) await person.signUp();
    });

    async function inWindow(work) {
      const window = await Window.open(browser, { origins: [vestibule.issuer, relyingParty.origin], javaScript });
      try {
        await work(window, window.page);
        window.assertFlawless();
        for (const cookie of await window.cookies()) if (cookie.length >= 16) vestibule.secret(cookie);
      } finally {
        await window.close();
      }
    }

    /** Signs a person in at the page for it; with others signed in there, their sessions stay. */
    async function signIn(window, person) {
      await window.page.waitForSelector('input#identifier');
      await window.page.fill('input#identifier', person.email);
      await window.press('#continue', '#password');
      await window.page.fill('#password', person.password);
      await window.press('#continue');
    }

    test('two people in one browser choose whose account an application sees', async () => {
      await inWindow(async (window, page) => {
        await page.goto(relyingParty.origin);
        await window.press('#sign-in', 'input#identifier');
        await signIn(window, ada);
        await window.press('#allow', '#id-token');
        assert.equal(await page.textContent('#email'), ada.email);

        // Ada's session at the application ends, hers at the provider does not.
        await window.context.clearCookies({ name: 'rp_session' });
        await page.goto(relyingParty.origin);
        await page.click('#sign-in');
        await page.waitForSelector('#switch');
        await page.click('#switch');
        await signIn(window, charles);
        await page.click('#allow');
        await page.waitForSelector('#id-token');
        assert.equal(await page.textContent('#email'), charles.email);

        await window.context.clearCookies({ name: 'rp_session' });
        await page.goto(relyingParty.origin);
        await page.click('#sign-in');
        await page.waitForSelector('.account-choice');
        await window.look('choose-account');
        const choices = await page.locator('button.account-choice').allTextContents();
        assert.equal(choices.length, 2);
        assert.ok(choices.some((text) => text.includes(ada.email)) && choices.some((text) => text.includes(charles.email)));
        await page.click(`button.account-choice:has-text("${ada.email}")`);
        await page.click('#allow');
        await page.waitForSelector('#id-token');
        assert.equal(await page.textContent('#email'), ada.email);
      });
    });

    test('a person sees what applications have, and ends it', async () => {
      await inWindow(async (window, page) => {
        await page.goto(vestibule.url('/account/applications'));
        await signIn(window, charles);
        await page.goto(vestibule.url('/account/applications'));
        await window.look('account-applications');
        assert.match(await page.textContent('#application-1'), /Example app/);
        await window.press('#revoke-1');
        await window.look('account-applications-revoked');
        assert.equal(await page.$('#application-1'), null);

        // What it was allowed is forgotten too: it has to ask again.
        await page.goto(relyingParty.origin);
        await page.click('#sign-in');
        await page.waitForSelector('#allow');
      });
    });
  });
}

test('no secret of all this is in the log', async () => {
  await vestibule.stop();
  vestibule.assertDiscreet(10);
});
