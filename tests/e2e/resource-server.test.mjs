// An API behind Apache: mod_auth_openidc as a resource server, which asks our introspection endpoint about opaque access tokens and
// checks JWT ones by our key set.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import * as client from 'openid-client';

import { Apache } from './lib/apache.mjs';
import { basic, RelyingParty } from './lib/openid-client.mjs';
import { Person } from './lib/person.mjs';
import { freePort } from './lib/program.mjs';
import { Vestibule } from './lib/vestibule.mjs';

// The module speaks https alone, and the certificate is made when the daemon starts.
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';

let vestibule;
let apache;
let person;
let introspecting;
let verifying;

before(async () => {
  vestibule = await Vestibule.start({}, { tls: true });
  person = new Person(vestibule);
  await person.signUp();
  const api = await vestibule.createApp({ name: 'API', flags: { 'grant-type': 'client_credentials' } });
  introspecting = {
    port: await freePort(),
    authType: 'oauth20',
    directives: {
      OIDCOAuthIntrospectionEndpoint: vestibule.url('/oauth/introspect'),
      OIDCOAuthClientID: api.client_id,
      OIDCOAuthClientSecret: api.client_secret,
      OIDCOAuthRemoteUserClaim: 'sub',
      OIDCOAuthSSLValidateServer: 'Off',
      // Asks each time, so that what is revoked is refused at once.
      OIDCOAuthTokenIntrospectionInterval: '-1',
      OIDCCryptoPassphrase: vestibule.secret(client.randomState()),
    },
  };
  verifying = {
    port: await freePort(),
    authType: 'oauth20',
    directives: {
      OIDCOAuthVerifyJwksUri: vestibule.url('/oauth/jwks'),
      OIDCOAuthRemoteUserClaim: 'sub',
      OIDCOAuthSSLValidateServer: 'Off',
      OIDCCryptoPassphrase: vestibule.secret(client.randomState()),
    },
  };
  apache = await Apache.start([introspecting, verifying]);
});

after(async () => {
  await apache?.stop();
  await vestibule?.stop();
});

async function call({ port }, token) {
  const answer = await fetch(`http://localhost:${port}/protected/app`, { headers: token ? { authorization: `Bearer ${token}` } : {} });
  const text = await answer.text();
  const user = text.match(/^REMOTE_USER=(.*)$/m)?.[1];
  return { status: answer.status, user, log: answer.ok ? undefined : await apache.log() };
}

describe('by introspection', () => {
  for (const format of ['opaque', 'jwt']) {
    test(`an access token in the format ${format} opens the API for a person, until it is revoked`, async () => {
      const relyingParty = await RelyingParty.register(vestibule, `Calls with ${format}`, basic, { flags: { 'access-token-format': format } });
      const { tokens } = await relyingParty.signIn(person, { agent: person.newAgent() });
      const { status, user, log } = await call(introspecting, tokens.access_token);
      assert.equal(status, 200, log);
      assert.equal(user, tokens.claims().sub);
      await relyingParty.revoke(tokens.access_token);
      assert.equal((await call(introspecting, tokens.access_token)).status, 401);
    });
  }

  test('an application opens the API for itself', async () => {
    const machine = await RelyingParty.register(vestibule, 'Machine', basic, {
      redirectUris: [],
      flags: { 'grant-type': 'client_credentials', scope: 'reports:read' },
    });
    const tokens = machine.keep(await client.clientCredentialsGrant(machine.config, { scope: 'reports:read' }));
    const { status, user, log } = await call(introspecting, tokens.access_token);
    assert.equal(status, 200, log);
    assert.equal(user, machine.app.client_id);
  });

  test('no token, a made up one, and a token of another kind do not', async () => {
    const relyingParty = await RelyingParty.register(vestibule, 'Mistakes', basic);
    const { tokens } = await relyingParty.signIn(person, { agent: person.newAgent() });
    for (const token of [undefined, 'made-up', tokens.id_token]) assert.equal((await call(introspecting, token)).status, 401);
  });
});

describe('by the key set', () => {
  for (const algorithm of ['RS256', 'ES256']) {
    test(`a JWT access token signed with ${algorithm} opens the API`, async () => {
      const flags = { 'access-token-format': 'jwt', 'access-token-alg': algorithm };
      const relyingParty = await RelyingParty.register(vestibule, `Calls with ${algorithm}`, basic, { flags });
      const { tokens } = await relyingParty.signIn(person, { agent: person.newAgent() });
      const { status, user, log } = await call(verifying, tokens.access_token);
      assert.equal(status, 200, log);
      assert.equal(user, tokens.claims().sub);
    });
  }

  test('a JWT that was changed does not', async () => {
    const relyingParty = await RelyingParty.register(vestibule, 'Changes', basic, { flags: { 'access-token-format': 'jwt' } });
    const { tokens } = await relyingParty.signIn(person, { agent: person.newAgent() });
    const [head, body, signature] = tokens.access_token.split('.');
    const claims = { ...JSON.parse(Buffer.from(body, 'base64url')), sub: 'somebody else' };
    const changed = [head, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
    assert.equal((await call(verifying, changed)).status, 401);
  });
});

test('no secret of all this is in the log', async () => {
  await vestibule.stop();
  vestibule.assertDiscreet(10);
});
