// Over https: the cookie that only this host can set, and the example application as it would run in production, which ends its tokens when
// it signs a person out (the `openidconnect` crate revokes by TLS alone).

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { launch, Window } from './lib/browser.mjs';
import { Person } from './lib/person.mjs';
import { startRelyingParty } from './lib/relying-party.mjs';
import { until } from './lib/until.mjs';
import { Vestibule } from './lib/vestibule.mjs';

// The certificate is made when the daemon starts, so this process cannot know its issuer beforehand.
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';

let vestibule;
let relyingParty;
let browser;
let person;

before(async () => {
  vestibule = await Vestibule.start({}, { tls: true });
  relyingParty = await startRelyingParty(vestibule, { SSL_CERT_FILE: join(vestibule.home, 'certs', 'development.pem') });
  browser = await launch();
  person = new Person(vestibule);
});

after(async () => {
  await browser?.close();
  await relyingParty?.stop();
  await vestibule?.stop();
});

async function inWindow(work) {
  const window = await Window.open(browser, { origins: [vestibule.issuer, relyingParty.origin], ignoreHTTPSErrors: true });
  try {
    await work(window, window.page);
    window.assertFlawless();
    for (const cookie of await window.cookies()) if (cookie.length >= 16) vestibule.secret(cookie);
  } finally {
    await window.close();
  }
}

test('a person signs up, and their cookie is for this host alone', async () => {
  await inWindow(async (window, page) => {
    await page.goto(vestibule.url('/sign-up'));
    await window.fill({
      '#first_name': person.firstName,
      '#last_name': person.lastName,
      '#email': person.email,
      '#password': person.password,
    });
    await window.press('#continue', '#code');
    await window.fill({ '#code': await vestibule.code(person.email) });
    await page.waitForSelector('#sign-out');
    const cookies = await window.context.cookies(vestibule.issuer);
    const device = cookies.find(({ name }) => name.includes('vestibule'));
    // RFC 6265bis section 4.1.3.2: no neighbour can set or overwrite one of this name.
    assert.match(device.name, /^__Host-/);
    const { secure, httpOnly, sameSite, path } = device;
    assert.deepEqual({ secure, httpOnly, sameSite, path }, { secure: true, httpOnly: true, sameSite: 'Lax', path: '/' });
  });
});

test('the example application signs a person in, refreshes, and revokes its tokens when it signs them out', async () => {
  await inWindow(async (window, page) => {
    await page.goto(relyingParty.origin);
    await window.press('#sign-in', 'input#identifier');
    await window.fill({ 'input#identifier': person.email });
    await window.press('#continue', '#password');
    await window.fill({ '#password': person.password });
    await page.click('#continue');
    await page.click('#allow');
    await page.waitForSelector('#id-token');
    assert.equal(await page.textContent('#email'), person.email);
    await window.press('#refresh', '#id-token');
    await window.press('#sign-out', '#sign-in');
    assert.equal(new URL(page.url()).origin, relyingParty.origin);
  });
  assert.doesNotMatch(relyingParty.program.output, /may go on/, 'neither tokens nor session go on');
  await until('the daemon has revoked the tokens', () =>
    vestibule.program.output.split('\n').some((line) => line.includes('/oauth/revoke') && /\b200\b/.test(line)),
  );
});

test('no secret of all this is in the log', async () => {
  // Whoever keeps an HTTP/2 connection open is given time by a daemon that stops.
  await browser.close();
  await relyingParty.stop();
  await vestibule.stop();
  vestibule.assertDiscreet(3);
});
