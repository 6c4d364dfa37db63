// npm openid-client, a certified relying party library, against the daemon.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import * as client from 'openid-client';

import { Person } from './lib/person.mjs';
import { Vestibule } from './lib/vestibule.mjs';

// Nobody listens there: the agent stops in front of it.
const CALLBACK = 'http://localhost:9/callback';
const SIGNED_OUT = 'http://localhost:9/signed-out';
const SCOPE = 'openid profile email offline_access';

let vestibule;
let person;

before(async () => {
  vestibule = await Vestibule.start();
  person = new Person(vestibule);
  await person.signUp();
});

after(() => vestibule?.stop());

function register(name, { isPublic = false } = {}) {
  return vestibule.createApp({ name, redirectUris: [CALLBACK], postLogoutRedirectUris: [SIGNED_OUT], isPublic });
}

/** What the library knows of the provider and of the application, all of its checks on. */
async function configure(app, authentication) {
  const config = await client.discovery(
    new URL(vestibule.issuer),
    app.client_id,
    { client_secret: app.client_secret ?? undefined },
    authentication,
    { execute: [client.allowInsecureRequests] },
  );
  // Signatures of ID tokens are checked too, not TLS alone trusted.
  client.enableNonRepudiationChecks(config);
  return config;
}

/** A request to sign in, and what is needed to check its answer; a parameter given as null is left out. */
async function authorization(config, parameters = {}) {
  const verifier = client.randomPKCECodeVerifier();
  const expectedState = client.randomState();
  const expectedNonce = client.randomNonce();
  const all = {
    redirect_uri: CALLBACK,
    scope: SCOPE,
    prompt: 'consent',
    state: expectedState,
    nonce: expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...parameters,
  };
  const sent = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
  const url = client.buildAuthorizationUrl(config, sent);
  return { url, checks: { pkceCodeVerifier: verifier, expectedState, expectedNonce, idTokenExpected: true } };
}

function keepSecret(tokens) {
  for (const token of [tokens.access_token, tokens.refresh_token, tokens.id_token]) vestibule.secret(token);
  return tokens;
}

/** Signs the person in to an application: the answer's address and the tokens. */
async function signIn(config, { agent, ...parameters } = {}) {
  const { url, checks } = await authorization(config, parameters);
  const { callback, page, asked } = await person.answer(url, { until: CALLBACK, agent });
  assert.ok(callback, `the way leads back to the application: ${page?.status} ${page?.text()}`);
  const tokens = keepSecret(await client.authorizationCodeGrant(config, callback, checks));
  return { callback, checks, tokens, asked };
}

/** How the provider refuses: the `error` of its answer, and the status. */
async function refusal(promise) {
  const reason = await promise.then(
    () => assert.fail('this is refused'),
    (rejection) => rejection,
  );
  // The library reports a challenge (WWW-Authenticate) without reading the body.
  const error = reason.error ?? (await reason.response.json()).error;
  return { error, status: reason.status };
}

const CLIENTS = [
  ['a confidential client with client_secret_basic', (app) => client.ClientSecretBasic(app.client_secret), {}],
  ['a confidential client with client_secret_post', (app) => client.ClientSecretPost(app.client_secret), {}],
  ['a public client', () => client.None(), { isPublic: true }],
];

for (const [name, authentication, options] of CLIENTS) {
  describe(name, () => {
    let config;
    let tokens;

    before(async () => {
      const app = await register(name, options);
      config = await configure(app, authentication(app));
    });

    test('signs a person in', async () => {
      const agent = person.newAgent();
      const signedIn = await signIn(config, { agent });
      ({ tokens } = signedIn);
      assert.deepEqual(signedIn.asked, ['identifier', 'password', 'consent']);
      assert.equal(signedIn.callback.searchParams.get('iss'), vestibule.issuer);
      const claims = tokens.claims();
      assert.equal(claims.iss, vestibule.issuer);
      assert.equal(claims.aud, config.clientMetadata().client_id);
      assert.ok(claims.sub && claims.sid && claims.exp > claims.iat);
      assert.equal(tokens.token_type, 'bearer');
      assert.deepEqual(tokens.scope?.split(' ').sort() ?? SCOPE.split(' ').sort(), SCOPE.split(' ').sort());
    });

    test('reads the claims of the scopes', async () => {
      const userinfo = await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
      assert.equal(userinfo.email, person.email);
      assert.equal(userinfo.email_verified, true);
      assert.equal(userinfo.name, `${person.firstName} ${person.lastName}`);
      assert.equal(userinfo.given_name, person.firstName);
      assert.equal(userinfo.family_name, person.lastName);
      assert.equal(typeof userinfo.updated_at, 'number');
    });

    test('refreshes, and gets another refresh token', async () => {
      const refreshed = keepSecret(await client.refreshTokenGrant(config, tokens.refresh_token));
      assert.ok(refreshed.refresh_token);
      assert.notEqual(refreshed.refresh_token, tokens.refresh_token);
      assert.notEqual(refreshed.access_token, tokens.access_token);
      assert.equal(refreshed.claims().sub, tokens.claims().sub);
      assert.equal(refreshed.claims().auth_time, tokens.claims().auth_time);
      const userinfo = await client.fetchUserInfo(config, refreshed.access_token, tokens.claims().sub);
      assert.equal(userinfo.email, person.email);
    });

    test('signs out by ID token hint', async () => {
      const agent = person.newAgent();
      const signedIn = await signIn(config, { agent });
      const url = client.buildEndSessionUrl(config, {
        id_token_hint: signedIn.tokens.id_token,
        post_logout_redirect_uri: SIGNED_OUT,
        state: 'as it was',
      });
      const { callback, page } = await agent.open(url, { until: SIGNED_OUT });
      assert.ok(callback, `signing out leads back to the application: ${page?.status} ${page?.text()}`);
      assert.equal(callback.searchParams.get('state'), 'as it was');
      const { url: again } = await authorization(config, { prompt: 'none' });
      const refused = await agent.open(again, { until: CALLBACK });
      assert.equal(refused.callback.searchParams.get('error'), 'login_required');
    });
  });
}

describe('what a person is asked', () => {
  let config;

  before(async () => {
    const app = await register('Asks');
    config = await configure(app, client.ClientSecretBasic(app.client_secret));
  });

  test('nothing is asked twice: a session and a remembered consent are enough', async () => {
    const agent = person.newAgent();
    const first = await signIn(config, { agent, prompt: null, scope: 'openid email' });
    assert.deepEqual(first.asked, ['identifier', 'password', 'consent']);
    const second = await signIn(config, { agent, prompt: null, scope: 'openid email' });
    assert.deepEqual(second.asked, []);
    assert.equal(second.tokens.claims().sid, first.tokens.claims().sid);
    assert.equal(second.tokens.refresh_token, undefined, 'without offline_access there is no refresh token');
    const silent = await signIn(config, { agent, prompt: 'none', scope: 'openid email' });
    assert.deepEqual(silent.asked, []);
  });

  test('prompt=login asks for the password again', async () => {
    const agent = person.newAgent();
    await signIn(config, { agent, scope: 'openid' });
    const again = await signIn(config, { agent, prompt: 'login', scope: 'openid', max_age: '3600' });
    assert.ok(again.asked.includes('password'), `asked for ${again.asked}`);
  });

  test('a denied consent leads back with access_denied', async () => {
    const { url, checks } = await authorization(config);
    const { callback } = await person.answer(url, { until: CALLBACK, agent: person.newAgent(), consent: '#deny' });
    const { error } = await refusal(client.authorizationCodeGrant(config, callback, checks));
    assert.equal(error, 'access_denied');
    assert.equal(callback.searchParams.get('iss'), vestibule.issuer);
  });
});

describe('refusals', () => {
  let app;
  let config;

  before(async () => {
    app = await register('Refusals');
    config = await configure(app, client.ClientSecretBasic(app.client_secret));
  });

  test('a wrong client secret', async () => {
    const { url, checks } = await authorization(config);
    const { callback } = await person.answer(url, { until: CALLBACK });
    const wrong = await configure(app, client.ClientSecretBasic(vestibule.secret(`${app.client_secret}x`)));
    assert.deepEqual(await refusal(client.authorizationCodeGrant(wrong, callback, checks)), {
      error: 'invalid_client',
      status: 401,
    });
  });

  test('a wrong PKCE verifier', async () => {
    const { url, checks } = await authorization(config);
    const { callback } = await person.answer(url, { until: CALLBACK });
    const pkceCodeVerifier = client.randomPKCECodeVerifier();
    const { error } = await refusal(client.authorizationCodeGrant(config, callback, { ...checks, pkceCodeVerifier }));
    assert.equal(error, 'invalid_grant');
  });

  test('a code used twice, which ends what the first use gave', async () => {
    const { callback, checks, tokens } = await signIn(config);
    const { error } = await refusal(client.authorizationCodeGrant(config, callback, checks));
    assert.equal(error, 'invalid_grant');
    const { status } = await refusal(client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub));
    assert.equal(status, 401);
  });

  test('an unregistered redirect URI, on a page and not by redirect', async () => {
    const { url } = await authorization(config, { redirect_uri: 'http://localhost:9/other' });
    const { page, callback } = await person.agent.open(url, { until: 'http://localhost:9/' });
    assert.equal(callback, undefined);
    assert.equal(page.status, 400);
    assert.ok(page.headers['content-type'].startsWith('text/html'));
  });

  test('prompt=none without a session', async () => {
    const { url, checks } = await authorization(config, { prompt: 'none' });
    const { callback } = await person.newAgent().open(url, { until: CALLBACK });
    const { error } = await refusal(client.authorizationCodeGrant(config, callback, checks));
    assert.equal(error, 'login_required');
  });

  test('a wrong password leads nowhere', async () => {
    const { url } = await authorization(config);
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
