// npm openid-client: refresh tokens, and ID tokens by each algorithm.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import * as jose from 'jose';
import * as client from 'openid-client';

import { basic, refusal, RelyingParty, SIGNED_OUT } from './lib/openid-client.mjs';
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

describe('refresh tokens', () => {
  test('with offline_access they outlive the session', async () => {
    const relyingParty = await RelyingParty.register(vestibule, 'Refreshes', basic);
    const agent = person.newAgent();
    const { tokens } = await relyingParty.signIn(person, { agent, scope: 'openid email offline_access' });
    const refreshed = await relyingParty.refresh(tokens);
    assert.equal(refreshed.claims().auth_time, tokens.claims().auth_time);
    const url = client.buildEndSessionUrl(relyingParty.config, {
      id_token_hint: refreshed.id_token,
      post_logout_redirect_uri: SIGNED_OUT,
    });
    assert.ok((await agent.open(url, { until: SIGNED_OUT })).callback);
    const later = await relyingParty.refresh(refreshed);
    assert.equal((await relyingParty.userinfo(later)).email, person.email);
  });

  test('a refresh may ask for less, and never for more', async () => {
    const relyingParty = await RelyingParty.register(vestibule, 'Asks for less', basic);
    const { tokens } = await relyingParty.signIn(person, { agent: person.newAgent(), scope: 'openid email offline_access' });
    assert.equal((await refusal(relyingParty.refresh(tokens, { scope: 'openid profile' }))).error, 'invalid_scope');
    const narrowed = await relyingParty.refresh(tokens, { scope: 'openid' });
    assert.equal((await relyingParty.userinfo(narrowed)).email, undefined);
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

test('no secret of all this is in the log', async () => {
  await vestibule.stop();
  vestibule.assertDiscreet(15);
});
