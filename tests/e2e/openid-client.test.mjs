// npm openid-client, a certified relying party library, against the daemon: the code flow of each kind of application.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import * as client from 'openid-client';

import { basic, CALLBACK, none, post, refusal, RelyingParty, SCOPE, SIGNED_OUT } from './lib/openid-client.mjs';
import { Person } from './lib/person.mjs';
import { Vestibule } from './lib/vestibule.mjs';

let vestibule;
let person;

before(async () => {
  vestibule = await Vestibule.start();
  person = new Person(vestibule);
  await person.signUp();
});

after(() => vestibule?.stop());

const CLIENTS = [
  ['a confidential client with client_secret_basic', basic, {}],
  ['a confidential client with client_secret_post', post, {}],
  ['a public client', none, { isPublic: true }],
];

for (const [name, authentication, options] of CLIENTS) {
  describe(name, () => {
    let relyingParty;
    let tokens;

    before(async () => {
      relyingParty = await RelyingParty.register(vestibule, name, authentication, options);
    });

    test('signs a person in', async () => {
      const signedIn = await relyingParty.signIn(person, { agent: person.newAgent() });
      ({ tokens } = signedIn);
      assert.deepEqual(signedIn.asked, ['identifier', 'password', 'consent']);
      assert.equal(signedIn.callback.searchParams.get('iss'), vestibule.issuer);
      const claims = tokens.claims();
      assert.equal(claims.iss, vestibule.issuer);
      assert.equal(claims.aud, relyingParty.app.client_id);
      assert.ok(claims.sub && claims.sid && claims.exp > claims.iat);
      assert.equal(tokens.token_type, 'bearer');
      assert.deepEqual(tokens.scope?.split(' ').sort() ?? SCOPE.split(' ').sort(), SCOPE.split(' ').sort());
    });

    test('reads the claims of the scopes', async () => {
      const userinfo = await relyingParty.userinfo(tokens);
      assert.equal(userinfo.email, person.email);
      assert.equal(userinfo.email_verified, true);
      assert.equal(userinfo.name, `${person.firstName} ${person.lastName}`);
      assert.equal(userinfo.given_name, person.firstName);
      assert.equal(userinfo.family_name, person.lastName);
      assert.equal(typeof userinfo.updated_at, 'number');
    });

    test('refreshes, and gets another refresh token', async () => {
      const refreshed = await relyingParty.refresh(tokens);
      assert.ok(refreshed.refresh_token);
      assert.notEqual(refreshed.refresh_token, tokens.refresh_token);
      assert.notEqual(refreshed.access_token, tokens.access_token);
      assert.equal(refreshed.claims().sub, tokens.claims().sub);
      assert.equal(refreshed.claims().auth_time, tokens.claims().auth_time);
      assert.equal((await relyingParty.userinfo(refreshed)).email, person.email);
    });

    test('signs out by ID token hint', async () => {
      const agent = person.newAgent();
      const signedIn = await relyingParty.signIn(person, { agent });
      const url = client.buildEndSessionUrl(relyingParty.config, {
        id_token_hint: signedIn.tokens.id_token,
        post_logout_redirect_uri: SIGNED_OUT,
        state: 'as it was',
      });
      const { callback, page } = await agent.open(url, { until: SIGNED_OUT });
      assert.ok(callback, `signing out leads back to the application: ${page?.status} ${page?.text()}`);
      assert.equal(callback.searchParams.get('state'), 'as it was');
      assert.equal((await relyingParty.silently(agent)).get('error'), 'login_required');
    });
  });
}

describe('refusals', () => {
  let relyingParty;

  before(async () => {
    relyingParty = await RelyingParty.register(vestibule, 'Refusals', basic);
  });

  test('a wrong client secret', async () => {
    const { url, checks } = await relyingParty.request();
    const answer = await person.answer(url, { until: CALLBACK });
    const app = { ...relyingParty.app, client_secret: vestibule.secret(`${relyingParty.app.client_secret}x`) };
    const wrong = await RelyingParty.configure(vestibule, app);
    assert.deepEqual(await refusal(wrong.redeem(answer, checks)), { error: 'invalid_client', status: 401 });
  });

  test('a wrong PKCE verifier', async () => {
    const { url, checks } = await relyingParty.request();
    const answer = await person.answer(url, { until: CALLBACK });
    const pkceCodeVerifier = client.randomPKCECodeVerifier();
    const { error } = await refusal(relyingParty.redeem(answer, { ...checks, pkceCodeVerifier }));
    assert.equal(error, 'invalid_grant');
  });

  test('a code used twice, which ends what the first use gave', async () => {
    const { tokens, checks, ...answer } = await relyingParty.signIn(person);
    assert.equal((await refusal(relyingParty.redeem(answer, checks))).error, 'invalid_grant');
    assert.equal((await refusal(relyingParty.userinfo(tokens))).status, 401);
    assert.equal((await refusal(relyingParty.refresh(tokens))).error, 'invalid_grant');
  });

  test('an unregistered redirect URI, on a page and not by redirect', async () => {
    const { url } = await relyingParty.request({ redirect_uri: 'http://localhost:9/other' });
    const { page, callback } = await person.agent.open(url, { until: 'http://localhost:9/' });
    assert.equal(callback, undefined);
    assert.equal(page.status, 400);
    assert.ok(page.headers['content-type'].startsWith('text/html'));
  });

  test('a wrong password leads nowhere', async () => {
    const { url } = await relyingParty.request();
    const password = vestibule.secret(`not ${person.password}`);
    const { callback, page } = await person.answer(url, { until: CALLBACK, agent: person.newAgent(), password });
    assert.equal(callback, undefined);
    assert.ok(page.has('#password'), 'the page asks again');
  });
});

test('no secret of all this is in the log', async () => {
  await vestibule.stop();
  vestibule.assertDiscreet(20);
});
