// One of our forms, with everything a person typed and every hidden field, sent from a page of somebody else.

import assert from 'node:assert/strict';

import { html } from './site.mjs';

/** What a press of `button` would send: `{ action, fields }`; `typed` is typed in beforehand, by field name. */
export function take(page, button, typed = {}) {
  return page.evaluate(
    ([selector, values]) => {
      const pressed = document.querySelector(selector);
      const data = new FormData(pressed.form, pressed);
      for (const [name, value] of Object.entries(values)) data.set(name, value);
      return { action: pressed.form.action, fields: [...data] };
    },
    [button, typed],
  );
}

/** A page that sends a form to an address at the press of `#send`. */
export function formPage({ action, fields, method = 'post' }) {
  const quoted = (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  const inputs = fields.map(([name, value]) => `<input type="hidden" name="${quoted(name)}" value="${quoted(value)}">`);
  return html(`<form method="${method}" action="${quoted(action)}">${inputs.join('')}<button id="send">Send</button></form>`);
}

/** Sends a form from a stranger's page, in the same browser; gives the page, which the caller closes, and the answer. */
export async function sendFrom(site, context, form) {
  site.pages['/form'] = formPage(form);
  const page = await context.newPage();
  await page.goto(site.url('/form'));
  const answered = page.waitForResponse((response) => response.request().isNavigationRequest() && response.url().startsWith(form.action));
  await page.click('#send');
  return { page, answer: await answered };
}

/** Holds that a form is refused when a page of another origin sends it, whatever the browser's cookies. */
export async function assertRefused(sites, window, form) {
  for (const site of sites) {
    const { page, answer } = await sendFrom(site, window.context, form);
    assert.equal(answer.status(), 403, `${form.action} from ${site.origin}`);
    assert.equal(answer.headers()['set-cookie'], undefined, `${form.action} from ${site.origin} sets no cookie`);
    await page.close();
  }
}
