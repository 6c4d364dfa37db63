// oidc-client-ts in Chromium: an application without a server of its own, on another site than the provider, without third-party cookies.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { act, shown, startBrowserApp } from './lib/browser-app.mjs';
import { launch, Window } from './lib/browser.mjs';
import { Person } from './lib/person.mjs';
import { html, Site } from './lib/site.mjs';
import { Vestibule } from './lib/vestibule.mjs';

let vestibule;
let site;
let browser;
let person;

before(async () => {
  vestibule = await Vestibule.start();
  site = await startBrowserApp(vestibule);
  browser = await launch();
  person = new Person(vestibule);
  await person.signUp();
});

after(async () => {
  await browser?.close();
  await site?.stop();
  await vestibule?.stop();
});

/** A window at the application, in which nothing goes wrong and no cookie travels with what the application itself asks for. */
async function atApplication(work, application = site) {
  const window = await Window.open(browser, { origins: [vestibule.issuer, application.origin] });
  const calls = [];
  window.context.on('request', (request) => {
    if (request.resourceType() === 'fetch' && request.url().startsWith(vestibule.issuer)) calls.push(request);
  });
  try {
    await window.page.goto(application.origin);
    await shown(window.page, 'ready');
    await work(window, window.page);
    window.assertFlawless();
    for (const call of calls) {
      const headers = await call.allHeaders();
      assert.equal(headers.cookie, undefined, `${call.url()} is asked without a cookie`);
      assert.equal((await call.response())?.headers()['set-cookie'], undefined, `${call.url()} sets no cookie`);
    }
    return calls;
  } finally {
    await window.close();
  }
}

/** Answers the provider's pages in a browser: identifier and password where they are asked, then consent. */
async function answerPages(page) {
  await page.waitForSelector('input#identifier, #allow');
  if (await page.$('input#identifier')) {
    await page.fill('input#identifier', person.email);
    await page.click('#continue');
    await page.waitForSelector('#password');
    await page.fill('#password', person.password);
    await page.click('#continue');
  }
  await page.click('#allow');
}

function keepSecret(result) {
  for (const name of ['access_token', 'refresh_token', 'id_token']) vestibule.secret(result[name]);
  return result;
}

async function signIn(page) {
  await page.click('#sign-in');
  await answerPages(page);
  const result = await shown(page, 'callback');
  assert.equal(result.error, undefined, result.message);
  return keepSecret(result);
}

test('a person signs in with PKCE, and the application reads who it is', async () => {
  const calls = await atApplication(async (window, page) => {
    const { profile, refresh_token } = await signIn(page);
    assert.equal(new URL(page.url()).origin, site.origin);
    assert.equal(profile.email, person.email, 'the claims of the scopes, from the userinfo endpoint');
    assert.equal(profile.name, `${person.firstName} ${person.lastName}`);
    assert.ok(refresh_token, 'a refresh token without offline_access');
  });
  const paths = calls.map((call) => new URL(call.url()).pathname);
  for (const path of ['/.well-known/openid-configuration', '/oauth/token', '/oauth/userinfo']) assert.ok(paths.includes(path), path);
  assert.equal(site.at('/callback').at(-1).headers.referer, undefined, 'the provider\'s addresses stay with it');
});

test('the tokens are renewed by the refresh token, without frame or cookie', async () => {
  await atApplication(async (window, page) => {
    const first = await signIn(page);
    const frames = [];
    page.on('frameattached', (frame) => frames.push(frame));
    const renewed = keepSecret(await act(page, 'renew'));
    assert.equal(renewed.error, undefined, renewed.message);
    assert.notEqual(renewed.access_token, first.access_token);
    assert.notEqual(renewed.refresh_token, first.refresh_token, 'public clients\' refresh tokens rotate (RFC 9700 section 4.14.2)');
    assert.equal(renewed.profile.sub, first.profile.sub);
    assert.equal(renewed.profile.auth_time, first.profile.auth_time);
    assert.equal(frames.length, 0);
    const { status, claims } = await act(page, 'userinfo');
    assert.equal(status, 200);
    assert.equal(claims.email, person.email);
  });
});

test('the library renews by itself before the token ends', async () => {
  // With the whole lifetime as its notice, the library's own timer is due at once, and renews.
  const eager = await startBrowserApp(vestibule, { automaticSilentRenew: true, accessTokenExpiringNotificationTimeInSeconds: 3600 });
  try {
    await atApplication(async (window, page) => {
      const { access_token: first } = await signIn(page);
      await page.waitForFunction((old) => ![undefined, old].includes(document.body.dataset.accessToken), first);
      vestibule.secret(await page.evaluate(() => document.body.dataset.accessToken));
      // A renewal under way would be cut off by the end of the page, and told as an error.
      await page.goto('about:blank');
    }, eager);
  } finally {
    await eager.stop();
  }
});

test('revoked tokens are worth nothing at once', async () => {
  await atApplication(async (window, page) => {
    await signIn(page);
    const revoked = await act(page, 'revoke');
    assert.equal(revoked.error, undefined, revoked.message);
    const { status, challenge } = await act(page, 'userinfo');
    assert.equal(status, 401);
    assert.match(challenge, /^Bearer .*error="invalid_token"/, 'a script can read the challenge');
    await window.expectProblem(/401 .*userinfo/);
  });
});

test('a person signs in in a window of its own, which tells the application and closes', async () => {
  await atApplication(async (window, page) => {
    const opened = page.waitForEvent('popup');
    await page.click('#sign-in-popup');
    const popup = await opened;
    const closed = popup.waitForEvent('close');
    await answerPages(popup);
    await closed;
    const { profile, error, message } = keepSecret(await shown(page, 'sign-in-popup'));
    assert.equal(error, undefined, message);
    assert.equal(profile.email, person.email);
  });
});

test('a frame finds no session: cookies of a third party are not sent', async () => {
  await atApplication(async (window, page) => {
    await signIn(page);
    const { error } = await act(page, 'sign-in-frame');
    assert.equal(error, 'login_required');
  });
});

test('signing out ends the session, and the tokens with it', async () => {
  await atApplication(async (window, page) => {
    const before = await signIn(page);
    await page.click('#sign-out');
    const { state, error, message } = await shown(page, 'signed-out');
    assert.equal(error, undefined, message);
    assert.equal(state, 'as it was');
    const answer = await fetch(vestibule.url('/oauth/userinfo'), { headers: { authorization: `Bearer ${before.access_token}` } });
    assert.equal(answer.status, 401, 'without offline_access a token ends with the session');
    await page.goto(vestibule.url('/account'));
    await page.waitForSelector('input#identifier');
  });
});

test('this browser keeps the cookies of third parties back', async () => {
  const third = await Site.start();
  const first = await Site.start({ host: 'first.localhost' });
  third.pages['/frame'] = html('<p id="framed">framed</p>', { 'set-cookie': 'kept=no; SameSite=None; Secure; Path=/' });
  first.pages['/'] = html(`<iframe src="${third.url('/frame')}"></iframe>`);
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    for (let visit = 0; visit < 2; visit += 1) {
      await page.goto(first.origin);
      await page.frameLocator('iframe').locator('#framed').waitFor();
    }
    assert.deepEqual(third.at('/frame').map(({ headers }) => headers.cookie), [undefined, undefined]);
    // Seen to be able to fail: as the first party, the same site gets its cookie back.
    await page.goto(third.url('/frame'));
    await page.goto(third.url('/frame'));
    assert.equal(third.at('/frame').at(-1).headers.cookie, 'kept=no');
  } finally {
    await context.close();
    await third.stop();
    await first.stop();
  }
});

test('no secret of all this is in the log', async () => {
  await vestibule.stop();
  vestibule.assertDiscreet(20);
});
