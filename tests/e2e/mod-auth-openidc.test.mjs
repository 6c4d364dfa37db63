// mod_auth_openidc, in a real Apache, against the daemon.

import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';

import { Apache } from './lib/apache.mjs';
import { Person } from './lib/person.mjs';
import { freePort } from './lib/program.mjs';
import { Vestibule } from './lib/vestibule.mjs';

let vestibule;
let apache;
let person;
let site;
let wrongSite;
let postingSite;
let keySite;

/** One protected site: its addresses, and what the module is told. */
function siteAt(port, app, directives) {
  const origin = `http://localhost:${port}`;
  return {
    port,
    app: `${origin}/protected/app`,
    endpoint: `${origin}/protected/oidc`,
    directives: {
      OIDCProviderMetadataURL: `${vestibule.issuer}/.well-known/openid-configuration`,
      OIDCClientID: app.client_id,
      OIDCRedirectURI: `${origin}/protected/oidc`,
      OIDCCryptoPassphrase: vestibule.secret(randomBytes(24).toString('hex')),
      OIDCScope: 'openid profile email offline_access',
      OIDCAuthRequestParams: 'prompt=consent',
      OIDCPKCEMethod: 'S256',
      OIDCPassRefreshToken: 'On',
      ...directives,
    },
  };
}

before(async () => {
  vestibule = await Vestibule.start();
  const ports = [await freePort(), await freePort(), await freePort(), await freePort()];
  const redirectUris = ports.map((port) => `http://localhost:${port}/protected/oidc`);
  const app = await vestibule.createApp({
    name: 'Behind Apache',
    redirectUris,
    postLogoutRedirectUris: [`http://localhost:${ports[0]}/`],
  });
  site = siteAt(ports[0], app, { OIDCClientSecret: app.client_secret });
  wrongSite = siteAt(ports[1], app, { OIDCClientSecret: vestibule.secret(`${app.client_secret}x`) });

  // A site that is answered by form posts, and shows its access token in the body of a post.
  postingSite = siteAt(ports[2], app, {
    OIDCClientSecret: app.client_secret,
    OIDCProviderTokenEndpointAuth: 'client_secret_post',
    OIDCResponseMode: 'form_post',
    OIDCUserInfoTokenMethod: 'post_param',
  });

  // A site that proves itself by its key. The module addresses assertions to the token endpoint, as OpenID Connect Core has it.
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'apache', use: 'sig', alg: 'RS256' };
  const files = {
    'public.pem': publicKey.export({ type: 'spki', format: 'pem' }),
    'private.pem': privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };
  const keyApp = await vestibule.createApp({
    name: 'Behind Apache, with a key',
    redirectUris,
    flags: { 'auth-method': 'private_key_jwt', profile: 'oidc-core', jwks: JSON.stringify({ keys: [jwk] }) },
  });
  keySite = siteAt(ports[3], keyApp, {
    OIDCPublicKeyFiles: 'apache#@/public.pem',
    OIDCPrivateKeyFiles: 'apache#@/private.pem',
    // read after the keys, without which the module knows no such method
    OIDCProviderTokenEndpointAuth: 'private_key_jwt',
  });
  apache = await Apache.start([site, wrongSite, postingSite, keySite], files);
  person = new Person(vestibule);
  await person.signUp();
});

after(async () => {
  await apache?.stop();
  await vestibule?.stop();
});

/** What the application behind the module was told. */
async function told(page) {
  assert.equal(page.status, 200, `${page.url}: ${page.body}\n${await apache.log()}`);
  const lines = page.body.trim().split('\n');
  const variables = Object.fromEntries(lines.map((line) => [line.split('=')[0], line.slice(line.indexOf('=') + 1)]));
  for (const name of ['OIDC_access_token', 'OIDC_refresh_token']) vestibule.secret(variables[name]);
  return variables;
}

async function signIn(agent, { app } = site) {
  const { page, asked } = await person.answer(app, { agent });
  return { variables: await told(page), asked };
}

test('a person signs in, and the application is told who it is', async () => {
  const { variables, asked } = await signIn(person.newAgent());
  assert.deepEqual(asked, ['identifier', 'password', 'consent']);
  assert.ok(variables.REMOTE_USER.startsWith(variables.OIDC_CLAIM_sub), 'the module knows a person by `sub`');
  assert.ok(variables.OIDC_CLAIM_sid);
  // From the userinfo endpoint: claims of scopes are not in the ID token.
  assert.equal(variables.OIDC_CLAIM_email, person.email);
  assert.equal(variables.OIDC_CLAIM_name, `${person.firstName} ${person.lastName}`);
});

test('the module refreshes, and the session goes on with the new tokens', async () => {
  const agent = person.newAgent();
  const { variables: first } = await signIn(agent);
  const refresh = new URL(site.endpoint);
  refresh.search = new URLSearchParams({ refresh: site.app, access_token: first.OIDC_access_token });
  const { page } = await agent.open(refresh);
  const second = await told(page);
  assert.equal(new URL(page.url).searchParams.get('error_code'), null);
  assert.equal(second.OIDC_CLAIM_sub, first.OIDC_CLAIM_sub);
  assert.notEqual(second.OIDC_access_token, first.OIDC_access_token);
  assert.notEqual(second.OIDC_refresh_token, first.OIDC_refresh_token);
});

test('signing out through the module ends the session at the provider', async () => {
  const agent = person.newAgent();
  const { variables } = await signIn(agent);
  const home = `http://localhost:${site.port}/`;
  const logout = new URL(site.endpoint);
  logout.search = new URLSearchParams({ logout: home });
  const { page } = await agent.open(logout);
  assert.equal(page.url.href, home, `signing out leads home: ${page.text()}`);
  // The scope offline_access lets tokens outlive the session, so that only revocation ends them.
  const userinfo = await fetch(vestibule.url('/oauth/userinfo'), { headers: { authorization: `Bearer ${variables.OIDC_access_token}` } });
  assert.equal(userinfo.status, 401, 'the module revokes its tokens when it signs out');
  const { asked } = await signIn(agent);
  assert.deepEqual(asked, ['identifier', 'password', 'consent']);
});

test('a site signs a person in with everything by post: its secret, the answer, its access token', async () => {
  const { variables } = await signIn(person.newAgent(), postingSite);
  assert.equal(variables.OIDC_CLAIM_email, person.email);
});

test('a wrong client secret lets nobody in', async () => {
  const agent = person.newAgent();
  const { page } = await person.answer(wrongSite.app, { agent });
  assert.match(page.text(), /OpenID Connect Provider error/);
  assert.match(await apache.log(), /invalid_client/);
  const again = await agent.open(wrongSite.app);
  assert.equal(again.page.url.origin, vestibule.issuer, 'there is no session at the application');
});

test('a site signs a person in and refreshes by private_key_jwt', async () => {
  const agent = person.newAgent();
  const { variables: first } = await signIn(agent, keySite);
  assert.equal(first.OIDC_CLAIM_email, person.email);
  const refresh = new URL(keySite.endpoint);
  refresh.search = new URLSearchParams({ refresh: keySite.app, access_token: first.OIDC_access_token });
  const second = await told((await agent.open(refresh)).page);
  assert.notEqual(second.OIDC_access_token, first.OIDC_access_token, 'each call has an assertion of its own');
});

test('no secret of all this is in the log', async () => {
  await vestibule.stop();
  vestibule.assertDiscreet(10);
});
