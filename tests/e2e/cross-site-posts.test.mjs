// Forms on pages of other origins, sent by Chromium: whatever changes something refuses them, even with a token that was valid; what other
// sites are meant to send goes on by a redirect to ourselves.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launch, Window } from './lib/browser.mjs';
import { Person } from './lib/person.mjs';
import { html, Site } from './lib/site.mjs';
import { assertRefused, sendFrom, take } from './lib/stolen-form.mjs';
import { Vestibule } from './lib/vestibule.mjs';

let vestibule;
let application;
let app;
let strangers;
let browser;
let person;

before(async () => {
  vestibule = await Vestibule.start();
  // To the second our cookies are sent with every post: cookies know no ports, so it is the same site.
  strangers = [await Site.start(), await Site.start({ host: 'localhost' })];
  application = await Site.start();
  application.pages['/callback'] = html('<p id="arrived">Arrived</p>');
  application.pages['/signed-out'] = html('<p id="left">Left</p>');
  app = await vestibule.createApp({
    name: 'Application',
    redirectUris: [application.url('/callback')],
    postLogoutRedirectUris: [application.url('/signed-out')],
  });
  browser = await launch();
  person = new Person(vestibule);
});

after(async () => {
  await browser?.close();
  for (const site of [...(strangers ?? []), application]) await site?.stop();
  await vestibule?.stop();
});

async function inWindow(work) {
  const origins = [vestibule.issuer, application.origin, ...strangers.map((site) => site.origin)];
  const window = await Window.open(browser, { origins });
  try {
    await work(window, window.page);
    window.assertFlawless();
    for (const cookie of await window.cookies()) if (cookie.length >= 16) vestibule.secret(cookie);
  } finally {
    await window.close();
  }
}

async function signIn(window, who = person) {
  await window.fill({ 'input#identifier': who.email });
  await window.press('#continue', '#password');
  await window.fill({ '#password': who.password });
  await window.press('#continue');
}

const REQUEST = [
  ['response_type', 'code'],
  ['scope', 'openid email'],
  ['state', 'kept'],
  ['nonce', 'once'],
  // RFC 7636 appendix B
  ['code_challenge', 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'],
  ['code_challenge_method', 'S256'],
];
const authorization = (more = []) => ({
  action: vestibule.url('/oauth/authorize'),
  fields: [...REQUEST, ['client_id', app.client_id], ['redirect_uri', application.url('/callback')], ...more],
});

test('signing up cannot be done for a person, nor finished, nor their mail asked for', async () => {
  await inWindow(async (window, page) => {
    await page.goto(vestibule.url('/sign-up'));
    const answers = { '#first_name': person.firstName, '#last_name': person.lastName, '#email': person.email, '#password': person.password };
    await window.fill(answers);
    await assertRefused(strangers, window, await take(page, '#continue'));
    await window.press('#continue', '#code');

    const code = await vestibule.code(person.email);
    await assertRefused(strangers, window, await take(page, '#resend'));
    await assertRefused(strangers, window, await take(page, '#verify', { code }));
    const mails = await (await fetch(vestibule.url('/dev/inbox.json'))).json();
    assert.equal(mails.length, 1, 'nobody else has a mail sent');
    // The same form from our own page works, so that it was its origin that was refused, and the code was not used up.
    await window.fill({ '#code': code });
    await page.waitForSelector('#sign-out');
  });
});

test('signing in cannot be done for a person, in either step', async () => {
  await inWindow(async (window, page) => {
    await page.goto(vestibule.url('/sign-in'));
    await window.fill({ 'input#identifier': person.email });
    await assertRefused(strangers, window, await take(page, '#continue'));
    await window.press('#continue', '#password');
    await window.fill({ '#password': person.password });
    await assertRefused(strangers, window, await take(page, '#continue'));
    await page.goto(vestibule.url('/account'));
    await page.waitForSelector('input#identifier');
  });
});

test('an account cannot be changed, nor its owner signed out', async () => {
  await inWindow(async (window, page) => {
    await page.goto(vestibule.url('/sign-in'));
    await signIn(window);
    await page.goto(vestibule.url('/account'));
    await assertRefused(strangers, window, await take(page, '#save', { first_name: 'Mallory' }));
    await assertRefused(strangers, window, await take(page, '#sign-out'));
    await page.goto(vestibule.url('/account'));
    assert.equal(await page.inputValue('#first_name'), person.firstName);

    await page.goto(vestibule.url('/oauth/logout'));
    await assertRefused(strangers, window, await take(page, '#sign-out'));
    await page.goto(vestibule.url('/account'));
    await window.press('#sign-out');
  });
});

test('consent cannot be given for a person', async () => {
  await inWindow(async (window, page) => {
    const { action, fields } = authorization();
    await page.goto(`${action}?${new URLSearchParams(fields)}`);
    await signIn(window);
    await page.waitForSelector('#allow');
    await assertRefused(strangers, window, await take(page, '#allow'));
    await assertRefused(strangers, window, await take(page, '#deny'));
    await window.press('#allow', '#arrived');
    assert.equal(application.at('/callback').length, 1, 'only the person\'s own answer arrives');
    vestibule.secret(application.at('/callback')[0].params.get('code'));
  });
});

test('what a person allowed cannot be ended for them, nor their account chosen', async () => {
  const other = new Person(vestibule, { firstName: 'Charles', lastName: 'Babbage' });
  await other.signUp();
  await inWindow(async (window, page) => {
    await page.goto(vestibule.url('/account/applications'));
    await signIn(window);
    await page.goto(vestibule.url('/account/applications'));
    await assertRefused(strangers, window, await take(page, '#revoke-1'));
    await page.goto(vestibule.url('/account/applications'));
    assert.equal(await page.locator('#revoke-1').count(), 1, 'it is still there');

    const { action, fields } = authorization([['prompt', 'select_account']]);
    const request = `${action}?${new URLSearchParams(fields)}`;
    await page.goto(request);
    await page.click('#another');
    await page.waitForSelector('input#identifier');
    await signIn(window, other);
    await page.waitForSelector('#allow');
    await page.goto(request);
    await page.waitForSelector('button.account-choice');
    const before = application.at('/callback').length;
    await assertRefused(strangers, window, await take(page, 'button.account-choice'));
    assert.equal(application.at('/callback').length, before, 'nobody is chosen');
    await page.click(`button.account-choice:has-text("${person.email}")`);
    await page.waitForSelector('#arrived');
    vestibule.secret(application.at('/callback').at(-1).params.get('code'));
  });
});

test('an authorization request by POST from another site finds the session', async () => {
  await inWindow(async (window, page) => {
    await page.goto(vestibule.url('/sign-in'));
    await signIn(window);
    await page.goto('about:blank');
    const before = await window.cookies();
    for (const site of strangers) {
      const form = authorization([['prompt', 'none']]);
      const { page: sent, answer } = await sendFrom(site, window.context, form);
      assert.equal(answer.status(), 303, 'it is taken up again by a redirect to ourselves');
      assert.equal(new URL(answer.headers().location, form.action).origin, vestibule.issuer);
      assert.equal(answer.headers()['set-cookie'], undefined, 'the cookie is not overwritten');
      await sent.waitForSelector('#arrived');
      const { params } = application.at('/callback').at(-1);
      assert.ok(vestibule.secret(params.get('code')), `an answer for the session: ${params}`);
      assert.equal(params.get('state'), 'kept');
      await sent.close();
    }
    assert.deepEqual(await window.cookies(), before);
  });
});

test('signing out by POST from another site asks the person, and the hint ends the session at once', async () => {
  await inWindow(async (window, page) => {
    for (const site of strangers) {
      await page.goto(vestibule.url('/sign-in'));
      await signIn(window);
      const { page: sent, answer } = await sendFrom(site, window.context, { action: vestibule.url('/oauth/logout'), fields: [] });
      assert.equal(answer.status(), 303);
      await sent.waitForSelector('#sign-out');
      await page.goto(vestibule.url('/account'));
      await page.waitForSelector('#sign-out');

      const fields = [['id_token_hint', await idToken(window)], ['post_logout_redirect_uri', application.url('/signed-out')], ['state', 'kept']];
      const { page: left } = await sendFrom(site, window.context, { action: vestibule.url('/oauth/logout'), fields });
      await left.waitForSelector('#left');
      assert.equal(application.at('/signed-out').at(-1).params.get('state'), 'kept');
      await page.goto(vestibule.url('/account'));
      await page.waitForSelector('input#identifier');
      for (const one of [sent, left]) await one.close();
    }
  });
});

/** An ID token of the window's session. */
async function idToken(window) {
  const { action, fields } = authorization([['prompt', 'none']]);
  const page = await window.context.newPage();
  await page.goto(`${action}?${new URLSearchParams(fields)}`);
  await page.close();
  const code = vestibule.secret(application.at('/callback').at(-1).params.get('code'));
  const answer = await fetch(vestibule.url('/oauth/token'), {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${app.client_id}:${app.client_secret}`)}` },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: application.url('/callback'),
      code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
    }),
  });
  const tokens = await answer.json();
  for (const token of [tokens.access_token, tokens.id_token]) vestibule.secret(token);
  return tokens.id_token;
}

test('no secret of all this is in the log', async () => {
  await vestibule.stop();
  vestibule.assertDiscreet(10);
});
