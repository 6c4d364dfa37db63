// The Backend API under an SDK that others wrote: npm @clerk/backend, unmodified, with nothing but `secretKey` and `apiUrl`.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { createClerkClient } from '@clerk/backend';
import { verifyMachineAuthToken } from '@clerk/backend/internal';

import { basic, CALLBACK, RelyingParty } from './lib/openid-client.mjs';
import { Person } from './lib/person.mjs';
import { until } from './lib/until.mjs';
import { Vestibule } from './lib/vestibule.mjs';

let vestibule;
let person;
let key;
let sdk;

const options = (secretKey) => ({ secretKey, apiUrl: vestibule.url('/api') });

before(async () => {
  vestibule = await Vestibule.start();
  person = new Person(vestibule);
  await person.signUp();
  key = JSON.parse(await vestibule.cli('secret-keys', 'create', '--name', 'Tests', '--json'));
  vestibule.secret(key.secret);
  sdk = createClerkClient(options(key.secret));
});

after(() => vestibule?.stop());

/** The error that the SDK makes of a refusal. */
async function refusal(promise) {
  const error = await promise.then(
    () => assert.fail('this is refused'),
    (rejection) => rejection,
  );
  assert.equal(error.name, 'ClerkAPIResponseError', error.stack);
  assert.match(error.clerkTraceId, /^[0-9a-f]{16}$/);
  const [{ code, meta }] = error.errors;
  return { status: error.status, code, param: meta?.paramName };
}

describe('applications', () => {
  test('are made, read, changed, given another secret and deleted', async () => {
    const made = await sdk.oauthApplications.create({ name: 'Notes', redirectUris: [CALLBACK], scopes: 'profile email' });
    vestibule.secret(made.clientSecret);
    assert.match(made.id, /^oauthapp_/);
    assert.equal(made.isPublic, false);
    assert.deepEqual(made.redirectUris, [CALLBACK]);
    assert.equal(made.discoveryUrl, vestibule.url('/.well-known/openid-configuration'));
    assert.ok(Math.abs(made.createdAt - Date.now()) < 60_000, 'times are in milliseconds');

    const read = await sdk.oauthApplications.get(made.id);
    assert.equal(read.clientId, made.clientId);
    assert.equal(read.clientSecret, undefined);

    const changed = await sdk.oauthApplications.update({ oauthApplicationId: made.id, name: 'Jottings', consentScreenEnabled: false });
    assert.deepEqual([changed.name, changed.consentScreenEnabled, changed.scopes], ['Jottings', false, 'profile email']);

    const rotated = await sdk.oauthApplications.rotateSecret(made.id);
    vestibule.secret(rotated.clientSecret);
    assert.ok(rotated.clientSecret && rotated.clientSecret !== made.clientSecret);

    const deleted = await sdk.oauthApplications.delete(made.id);
    assert.deepEqual([deleted.id, deleted.deleted], [made.id, true]);
    assert.deepEqual(await refusal(sdk.oauthApplications.get(made.id)), { status: 404, code: 'resource_not_found', param: undefined });
  });

  test('are listed in parts, ordered and searched', async () => {
    const made = [];
    for (const name of ['List A', 'List B', 'List C']) {
      made.push(await sdk.oauthApplications.create({ name, redirectUris: [CALLBACK] }));
    }
    const names = ({ data }) => data.map((one) => one.name);
    const newest = await sdk.oauthApplications.list({ nameQuery: 'list' });
    assert.deepEqual(names(newest), ['List C', 'List B', 'List A']);
    assert.equal(newest.totalCount, 3);
    const part = await sdk.oauthApplications.list({ nameQuery: 'list', orderBy: '+name', limit: 1, offset: 1 });
    assert.deepEqual([names(part), part.totalCount], [['List B'], 3]);
    const one = await sdk.oauthApplications.list({ nameQuery: made[0].clientId });
    assert.deepEqual(names(one), ['List A']);
    for (const { id, clientSecret } of made) {
      vestibule.secret(clientSecret);
      await sdk.oauthApplications.delete(id);
    }
  });

  test('that break a rule are refused with the name of the parameter', async () => {
    const bad = sdk.oauthApplications.create({ name: 'Bad', redirectUris: ['http://app.example/cb'] });
    assert.deepEqual(await refusal(bad), { status: 422, code: 'form_param_value_invalid', param: 'redirect_uris' });
    const unknown = sdk.oauthApplications.create({ name: 'Bad', redirectUris: [CALLBACK], colour: 'red' });
    assert.deepEqual(await refusal(unknown), { status: 422, code: 'form_param_unknown', param: 'colour' });
  });

  test('made here sign people in', async () => {
    const made = await sdk.oauthApplications.create({ name: 'Signs in', redirectUris: [CALLBACK], scopes: 'profile email' });
    vestibule.secret(made.clientSecret);
    const app = { client_id: made.clientId, client_secret: made.clientSecret, id_token_signed_response_alg: 'RS256' };
    const relyingParty = await RelyingParty.configure(vestibule, app, basic);
    const { tokens } = await relyingParty.signIn(person, { agent: person.newAgent(), scope: 'openid email' });
    assert.ok(tokens.claims().sub.startsWith('user_'));
  });
});

describe('access tokens', () => {
  test('are verified, and not once they are revoked', async () => {
    const relyingParty = await RelyingParty.register(vestibule, 'Verified', basic);
    const { tokens } = await relyingParty.signIn(person, { agent: person.newAgent() });
    const token = tokens.access_token;
    assert.match(token, /^oat_/);
    const verified = await sdk.idPOAuthAccessToken.verify(token);
    assert.deepEqual([verified.subject, verified.clientId, verified.expired], [tokens.claims().sub, relyingParty.app.client_id, false]);
    assert.ok(verified.expiration > Date.now() && verified.expiration < Date.now() + 3_700_000, 'times are in milliseconds');
    const machine = await verifyMachineAuthToken(token, options(key.secret));
    assert.deepEqual([machine.errors, machine.data.id], [undefined, verified.id]);

    const { data } = await sdk.oauthApplications.list({ nameQuery: relyingParty.app.client_id });
    await sdk.oauthApplications.revokeToken({ oauthApplicationId: data[0].id, token });
    assert.equal((await refusal(sdk.idPOAuthAccessToken.verify(token))).status, 404);
    const gone = await verifyMachineAuthToken(token, options(key.secret));
    assert.equal(gone.errors[0].code, 'token-invalid');
  });
});

describe('secret keys', () => {
  test('that are wrong are refused, and a revoked one within a second', async () => {
    const other = JSON.parse(await vestibule.cli('secret-keys', 'create', '--name', 'Revoked', '--json'));
    vestibule.secret(other.secret);
    const client = createClerkClient(options(other.secret));
    await client.oauthApplications.list();
    await vestibule.cli('secret-keys', 'revoke', other.id);
    const revokedAt = Date.now();
    await until('the key is refused', async () => {
      const refused = await client.oauthApplications.list().then(
        () => undefined,
        (error) => error.status,
      );
      return refused === 401;
    });
    assert.ok(Date.now() - revokedAt < 1_000, 'within a second');
    const wrong = createClerkClient(options('sk_live_wrong'));
    assert.deepEqual(await refusal(wrong.oauthApplications.list()), { status: 401, code: 'secret_key_invalid', param: undefined });
    const checked = await verifyMachineAuthToken('oat_x', options('sk_live_wrong'));
    assert.equal(checked.errors[0].code, 'secret-key-invalid');
  });

  test('are noted when they are used, and no secret is in the log', async () => {
    const listed = await until('the use is noted', async () => {
      const { data } = JSON.parse(await vestibule.cli('secret-keys', 'list', '--json'));
      return data.find((one) => one.id === key.id && one.last_used_at);
    });
    assert.equal(listed.name, 'Tests');
    vestibule.assertDiscreet(8);
  });
});
