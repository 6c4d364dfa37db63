// npm openid-client: machines, introspection, revocation, refresh tokens, JWT access tokens, ID tokens by each algorithm.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import * as jose from 'jose';
import * as client from 'openid-client';

import { basic, none, post, refusal, RelyingParty, SIGNED_OUT } from './lib/openid-client.mjs';
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

const MACHINE = { redirectUris: [], flags: { 'grant-type': 'client_credentials', scope: 'reports:read reports:write' } };

describe('client_credentials', () => {
  for (const [how, authentication] of Object.entries({ basic, post })) {
    test(`a machine gets a token for itself, by ${how}`, async () => {
      const machine = await RelyingParty.register(vestibule, `Machine by ${how}`, authentication, MACHINE);
      const tokens = machine.keep(await client.clientCredentialsGrant(machine.config, { scope: 'reports:read' }));
      assert.equal(tokens.scope, 'reports:read');
      assert.ok(tokens.expires_in > 0);
      assert.deepEqual([tokens.refresh_token, tokens.id_token], [undefined, undefined]);
      const told = await machine.introspect(tokens.access_token);
      assert.equal(told.active, true);
      assert.equal(told.client_id, machine.app.client_id);
      assert.equal(told.sub, machine.app.client_id);
      assert.equal(told.scope, 'reports:read');
    });
  }

  test('a machine gets no scope that it is not registered for, and no person\'s', async () => {
    const machine = await RelyingParty.register(vestibule, 'Machine that asks for more', basic, MACHINE);
    for (const scope of ['reports:delete', 'openid', 'reports:read offline_access']) {
      assert.equal((await refusal(client.clientCredentialsGrant(machine.config, { scope }))).error, 'invalid_scope', scope);
    }
  });

  test('an application that is not registered for it gets nothing', async () => {
    const application = await RelyingParty.register(vestibule, 'No machine', basic);
    assert.equal((await refusal(client.clientCredentialsGrant(application.config))).error, 'unauthorized_client');
  });
});

describe('introspection', () => {
  let relyingParty;
  let tokens;

  before(async () => {
    relyingParty = await RelyingParty.register(vestibule, 'Introspects', basic);
    ({ tokens } = await relyingParty.signIn(person, { agent: person.newAgent() }));
  });

  test('tells what an access token is good for', async () => {
    const told = await relyingParty.introspect(tokens.access_token, { token_type_hint: 'access_token' });
    assert.equal(told.active, true);
    assert.equal(told.sub, tokens.claims().sub);
    assert.equal(told.client_id, relyingParty.app.client_id);
    assert.equal(told.iss, vestibule.issuer);
    assert.equal(told.token_type, 'Bearer');
    assert.ok(told.exp > told.iat);
    assert.deepEqual(told.scope.split(' ').sort(), ['email', 'offline_access', 'openid', 'profile']);
  });

  test('tells of a refresh token to its owner alone', async () => {
    const other = await RelyingParty.register(vestibule, 'Somebody else', basic);
    assert.equal((await relyingParty.introspect(tokens.refresh_token)).active, true);
    assert.deepEqual(await other.introspect(tokens.refresh_token), { active: false });
    assert.equal((await other.introspect(tokens.access_token)).active, true, 'an API asks about tokens of other applications');
  });

  test('tells nothing of what is no token of this kind', async () => {
    for (const token of ['made-up', tokens.id_token, relyingParty.app.client_secret]) {
      assert.deepEqual(await relyingParty.introspect(token), { active: false });
    }
  });

  test('a public client is not told', async () => {
    const open = await RelyingParty.register(vestibule, 'Public', none, { isPublic: true });
    assert.equal((await refusal(open.introspect(tokens.access_token))).error, 'invalid_client');
  });
});

describe('revocation', () => {
  for (const [kind, options, authentication] of [
    ['confidential', {}, basic],
    ['public', { isPublic: true }, none],
  ]) {
    test(`a ${kind} client ends an access token, and the rest goes on`, async () => {
      const relyingParty = await RelyingParty.register(vestibule, `Revokes, ${kind}`, authentication, options);
      const { tokens } = await relyingParty.signIn(person, { agent: person.newAgent() });
      await relyingParty.revoke(tokens.access_token);
      assert.equal((await refusal(relyingParty.userinfo(tokens))).status, 401);
      const refreshed = await relyingParty.refresh(tokens);
      assert.equal((await relyingParty.userinfo(refreshed)).email, person.email);
    });

    test(`a ${kind} client ends everything by its refresh token`, async () => {
      const relyingParty = await RelyingParty.register(vestibule, `Revokes all, ${kind}`, authentication, options);
      const { tokens } = await relyingParty.signIn(person, { agent: person.newAgent() });
      await relyingParty.revoke(tokens.refresh_token, { token_type_hint: 'refresh_token' });
      assert.equal((await refusal(relyingParty.userinfo(tokens))).status, 401);
      assert.equal((await refusal(relyingParty.refresh(tokens))).error, 'invalid_grant');
    });
  }

  test('what is unknown or another\'s is answered alike, and changes nothing', async () => {
    const owner = await RelyingParty.register(vestibule, 'Owner', basic);
    const other = await RelyingParty.register(vestibule, 'Other', basic);
    const { tokens } = await owner.signIn(person, { agent: person.newAgent() });
    for (const token of ['made-up', tokens.access_token, tokens.refresh_token]) await other.revoke(token);
    assert.equal((await owner.userinfo(tokens)).email, person.email);
    await owner.refresh(tokens);
  });
});

describe('refresh tokens', () => {
  for (const [scope, outlives] of [
    ['openid email', false],
    ['openid email offline_access', true],
  ]) {
    test(`with the scope "${scope}" they ${outlives ? 'outlive' : 'end with'} the session`, async () => {
      const relyingParty = await RelyingParty.register(vestibule, `Refreshes, ${scope}`, basic);
      const agent = person.newAgent();
      const { tokens } = await relyingParty.signIn(person, { agent, scope });
      const refreshed = await relyingParty.refresh(tokens);
      assert.equal(refreshed.claims().auth_time, tokens.claims().auth_time);
      const url = client.buildEndSessionUrl(relyingParty.config, {
        id_token_hint: refreshed.id_token,
        post_logout_redirect_uri: SIGNED_OUT,
      });
      assert.ok((await agent.open(url, { until: SIGNED_OUT })).callback);
      if (outlives) {
        const later = await relyingParty.refresh(refreshed);
        assert.equal((await relyingParty.userinfo(later)).email, person.email);
      } else {
        assert.equal((await refusal(relyingParty.refresh(refreshed))).error, 'invalid_grant');
        assert.equal((await refusal(relyingParty.userinfo(refreshed))).status, 401);
      }
    });
  }

  test('a refresh may ask for less, and never for more', async () => {
    const relyingParty = await RelyingParty.register(vestibule, 'Asks for less', basic);
    const { tokens } = await relyingParty.signIn(person, { agent: person.newAgent(), scope: 'openid email' });
    assert.equal((await refusal(relyingParty.refresh(tokens, { scope: 'openid profile' }))).error, 'invalid_scope');
    const narrowed = await relyingParty.refresh(tokens, { scope: 'openid' });
    assert.equal((await relyingParty.userinfo(narrowed)).email, undefined);
  });
});

describe('JWT access tokens (RFC 9068)', () => {
  for (const algorithm of ['RS256', 'ES256', 'EdDSA']) {
    test(`jose verifies one signed with ${algorithm} by the key set alone`, async () => {
      const flags = { 'access-token-format': 'jwt', 'access-token-alg': algorithm };
      const relyingParty = await RelyingParty.register(vestibule, `JWT, ${algorithm}`, basic, { flags });
      const { tokens } = await relyingParty.signIn(person, { agent: person.newAgent() });
      const keys = jose.createRemoteJWKSet(new URL(relyingParty.config.serverMetadata().jwks_uri));
      const { payload } = await jose.jwtVerify(tokens.access_token, keys, {
        issuer: vestibule.issuer,
        audience: vestibule.issuer,
        typ: 'at+jwt',
        algorithms: [algorithm],
        requiredClaims: ['sub', 'client_id', 'iat', 'exp', 'jti', 'auth_time'],
      });
      assert.equal(payload.sub, tokens.claims().sub);
      assert.equal(payload.client_id, relyingParty.app.client_id);
      assert.ok(payload.scope.split(' ').includes('email'));
      assert.notEqual(
        jose.decodeProtectedHeader(tokens.access_token).kid,
        jose.decodeProtectedHeader(tokens.id_token).kid,
        'keys have one purpose',
      );
      assert.equal((await relyingParty.userinfo(tokens)).email, person.email);
      await relyingParty.revoke(tokens.access_token);
      assert.deepEqual(await relyingParty.introspect(tokens.access_token), { active: false });
      assert.equal((await refusal(relyingParty.userinfo(tokens))).status, 401);
    });
  }

  test('a machine gets one too', async () => {
    const flags = { ...MACHINE.flags, 'access-token-format': 'jwt' };
    const machine = await RelyingParty.register(vestibule, 'Machine with JWT', basic, { ...MACHINE, flags });
    const tokens = machine.keep(await client.clientCredentialsGrant(machine.config, { scope: 'reports:read' }));
    const keys = jose.createRemoteJWKSet(new URL(machine.config.serverMetadata().jwks_uri));
    const { payload } = await jose.jwtVerify(tokens.access_token, keys, { issuer: vestibule.issuer, typ: 'at+jwt' });
    assert.equal(payload.sub, machine.app.client_id);
    assert.equal(payload.scope, 'reports:read');
  });
});

describe('ID tokens', () => {
  for (const algorithm of ['ES256', 'EdDSA']) {
    test(`are signed with ${algorithm} where an application asks for it`, async () => {
      const relyingParty = await RelyingParty.register(vestibule, `ID token, ${algorithm}`, basic, { flags: { 'id-token-alg': algorithm } });
      // The library checks signature and algorithm against what the application is registered for.
      const { tokens } = await relyingParty.signIn(person, { agent: person.newAgent() });
      assert.equal(jose.decodeProtectedHeader(tokens.id_token).alg, algorithm);
      const refreshed = await relyingParty.refresh(tokens);
      assert.equal(jose.decodeProtectedHeader(refreshed.id_token).alg, algorithm);
    });
  }
});

describe('private_key_jwt', () => {
  /** An application whose key only the test has; the library makes an assertion for each call. */
  async function withKey(name, algorithm, flags = {}) {
    const { publicKey, privateKey } = await jose.generateKeyPair(algorithm, { extractable: true });
    const jwk = { ...(await jose.exportJWK(publicKey)), kid: name, use: 'sig' };
    const authentication = () => client.PrivateKeyJwt({ key: privateKey, kid: name });
    return RelyingParty.register(vestibule, name, authentication, {
      flags: { 'auth-method': 'private_key_jwt', jwks: JSON.stringify({ keys: [jwk] }), ...flags },
    });
  }

  for (const algorithm of ['RS256', 'PS256', 'ES256', 'Ed25519']) {
    for (const profile of ['oauth2.1', 'oidc-core']) {
      test(`a key for ${algorithm} is as good as a secret at every endpoint, profile ${profile}`, async () => {
        const relyingParty = await withKey(`${algorithm} ${profile}`, algorithm, { profile });
        const { tokens } = await relyingParty.signIn(person, { agent: person.newAgent() });
        const refreshed = await relyingParty.refresh(tokens);
        assert.equal((await relyingParty.introspect(refreshed.access_token)).active, true);
        await relyingParty.revoke(refreshed.refresh_token);
        assert.deepEqual(await relyingParty.introspect(refreshed.access_token), { active: false });
      });
    }
  }

  test('an assertion counts once', async () => {
    const relyingParty = await withKey('Once', 'ES256', { 'grant-type': ['authorization_code', 'client_credentials'], scope: 'openid jobs' });
    const bodies = [];
    relyingParty.config[client.customFetch] = (url, options) => {
      bodies.push(`${options.body}`);
      return fetch(url, options);
    };
    relyingParty.keep(await client.clientCredentialsGrant(relyingParty.config, { scope: 'jobs' }));
    const again = await fetch(vestibule.url('/oauth/token'), {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: bodies[0],
    });
    assert.equal(again.status, 401);
    assert.equal((await again.json()).error, 'invalid_client');
  });

  test('another key does not count, whatever it calls itself', async () => {
    const { app } = await withKey('Right', 'ES256', { 'grant-type': ['authorization_code', 'client_credentials'] });
    const { privateKey } = await jose.generateKeyPair('ES256');
    const wrong = await RelyingParty.configure(vestibule, app, () => client.PrivateKeyJwt({ key: privateKey, kid: 'Right' }));
    assert.equal((await refusal(client.clientCredentialsGrant(wrong.config))).error, 'invalid_client');
  });
});

test('no secret of all this is in the log', async () => {
  await vestibule.stop();
  vestibule.assertDiscreet(60);
});
