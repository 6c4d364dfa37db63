// What scripts of another origin may ask, as Chromium enforces it: the endpoints that browsers are to call, and none else.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { launch } from './lib/browser.mjs';
import { html, Site } from './lib/site.mjs';
import { Vestibule } from './lib/vestibule.mjs';

let vestibule;
let stranger;
let browser;
let page;

before(async () => {
  vestibule = await Vestibule.start();
  stranger = await Site.start();
  stranger.pages['/'] = html('<p>Another origin</p>');
  browser = await launch();
  page = await browser.newPage();
  // The device cookie is there, so that nothing is refused for want of it.
  await page.goto(vestibule.url('/sign-in'));
  await page.goto(stranger.origin);
});

after(async () => {
  await browser?.close();
  await stranger?.stop();
  await vestibule?.stop();
});

/** What a script of the stranger gets to read: the status, or null where the browser keeps the answer back. */
function read(path, { credentials = 'omit', ...options } = {}) {
  return page.evaluate(
    async ([url, init]) => {
      try {
        const answer = await fetch(url, init);
        return { status: answer.status, challenge: answer.headers.get('www-authenticate'), body: await answer.text() };
      } catch {
        return null;
      }
    },
    [vestibule.url(path), { credentials, ...options }],
  );
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const post = (body, headers = {}) => ({ method: 'POST', headers: { ...FORM, ...headers }, body });

describe('a script of another origin reads', () => {
  for (const path of ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server', '/oauth/jwks']) {
    test(path, async () => {
      const answer = await read(path);
      assert.equal(answer?.status, 200);
      assert.ok(JSON.parse(answer.body));
    });
  }

  const basic = { authorization: `Basic ${btoa('nobody:nothing')}` };
  for (const path of ['/oauth/token', '/oauth/revoke', '/oauth/token/revoke']) {
    for (const [how, headers] of Object.entries({ plainly: {}, 'after a preflight': basic })) {
      test(`${path} asked ${how}, errors included`, async () => {
        const answer = await read(path, post('grant_type=refresh_token&refresh_token=none&token=none', headers));
        assert.equal(JSON.parse(answer?.body ?? '{}').error, 'invalid_client');
      });
    }
  }

  for (const method of ['GET', 'POST']) {
    test(`userinfo by ${method}, with the challenge`, async () => {
      const answer = await read('/oauth/userinfo', { method, headers: { authorization: 'Bearer none' } });
      assert.equal(answer?.status, 401);
      assert.match(answer.challenge, /^Bearer .*error="invalid_token"/);
    });
  }
});

describe('a script of another origin is kept from', () => {
  const KEPT = [
    ['/oauth/introspect', post('token=none')],
    ['/oauth/token_info', post('token=none')],
    ['/oauth/authorize?client_id=none', {}],
    ['/oauth/logout', {}],
    ['/oauth/logout', post('')],
    ['/', {}],
    ['/sign-in', {}],
    ['/sign-in', post('identifier=none')],
    ['/sign-up', {}],
    ['/account', {}],
    ['/account', post('first_name=none')],
    ['/consent', post('decision=allow')],
    ['/dev/inbox.json', {}],
    ['/api/v1/oauth_applications', {}],
    ['/api/v1/oauth_applications', { headers: { authorization: 'Bearer sk_live_none' } }],
    ['/readyz', {}],
    ['/nowhere', {}],
  ];
  for (const [path, options] of KEPT) {
    for (const credentials of ['omit', 'include']) {
      test(`${options.method ?? 'GET'} ${path}, credentials: ${credentials}`, async () => {
        assert.equal(await read(path, { credentials, ...options }), null);
      });
    }
  }
});

// The Fetch standard lets `*` answer no request that brings credentials.
for (const [path, options] of [
  ['/.well-known/openid-configuration', {}],
  ['/oauth/userinfo', { headers: { authorization: 'Bearer none' } }],
  ['/oauth/token', post('grant_type=refresh_token')],
]) {
  test(`no answer to credentials is read: ${path}`, async () => {
    assert.equal(await read(path, { credentials: 'include', ...options }), null);
  });
}

test('a method that is not offered does not pass the preflight', async () => {
  assert.equal(await read('/oauth/userinfo', { method: 'DELETE' }), null);
});
