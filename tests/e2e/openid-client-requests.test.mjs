// npm openid-client: what an application may ask for in its request, and what a person is asked then.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import * as client from 'openid-client';

import { basic, CALLBACK, refusal, RelyingParty, SIGNED_OUT } from './lib/openid-client.mjs';
import { Person } from './lib/person.mjs';
import { until } from './lib/until.mjs';
import { Vestibule } from './lib/vestibule.mjs';

let vestibule;
let person;
let relyingParty;

before(async () => {
  vestibule = await Vestibule.start();
  person = new Person(vestibule);
  await person.signUp();
  relyingParty = await RelyingParty.register(vestibule, 'Asks', basic);
});

after(() => vestibule?.stop());

describe('what a person is asked', () => {
  test('nothing is asked twice: a session and a remembered consent are enough', async () => {
    const agent = person.newAgent();
    const first = await relyingParty.signIn(person, { agent, prompt: null, scope: 'openid email' });
    assert.deepEqual(first.asked, ['identifier', 'password', 'consent']);
    const second = await relyingParty.signIn(person, { agent, prompt: null, scope: 'openid email' });
    assert.deepEqual(second.asked, []);
    assert.equal(second.tokens.claims().sid, first.tokens.claims().sid);
    const silent = await relyingParty.signIn(person, { agent, prompt: 'none', scope: 'openid email' });
    assert.deepEqual(silent.asked, []);
  });

  test('prompt=login asks for the password again, and tells of the new authentication', async () => {
    const agent = person.newAgent();
    const { tokens: first } = await relyingParty.signIn(person, { agent, scope: 'openid' });
    const again = await relyingParty.signIn(person, { agent, prompt: 'login', scope: 'openid', max_age: '3600' });
    assert.ok(again.asked.includes('password'), `asked for ${again.asked}`);
    assert.equal(again.tokens.claims().sid, first.claims().sid, 'the session goes on');
    assert.equal(again.tokens.claims().sub, first.claims().sub);
  });

  test('max_age that the session is too old for asks again, any other does not', async () => {
    const agent = person.newAgent();
    const first = await relyingParty.signIn(person, { agent, prompt: null, scope: 'openid', max_age: '3600' });
    assert.ok(first.tokens.claims().auth_time, 'auth_time is there whenever max_age was sent');
    const young = await relyingParty.signIn(person, { agent, prompt: null, scope: 'openid', max_age: '3600' });
    assert.deepEqual(young.asked, []);
    assert.equal(young.tokens.claims().auth_time, first.tokens.claims().auth_time);
    const old = await relyingParty.signIn(person, { agent, prompt: null, scope: 'openid', max_age: '0' });
    assert.ok(old.asked.includes('password'), `asked for ${old.asked}`);
  });

  test('a login hint is filled in', async () => {
    const { url } = await relyingParty.request({ login_hint: person.email });
    const { page } = await person.newAgent().open(url, { until: CALLBACK });
    assert.equal(page.root.querySelector('input#identifier').getAttribute('value'), person.email);
  });

  test('an ID token hint stands for the session it came from', async () => {
    const agent = person.newAgent();
    const { tokens } = await relyingParty.signIn(person, { agent, scope: 'openid' });
    const silent = await relyingParty.signIn(person, { agent, prompt: 'none', scope: 'openid', id_token_hint: tokens.id_token });
    assert.equal(silent.tokens.claims().sub, tokens.claims().sub);
    const answer = await relyingParty.silently(person.newAgent(), { scope: 'openid', id_token_hint: tokens.id_token });
    assert.equal(answer.get('error'), 'login_required');
  });

  test('with two sessions and no hint the person chooses, and a hint chooses for them', async () => {
    const agent = person.newAgent();
    const other = new Person(vestibule, { firstName: 'Charles', lastName: 'Babbage' });
    await other.signUp();
    const { tokens: first } = await relyingParty.signIn(person, { agent, scope: 'openid email' });
    const { tokens: second } = await relyingParty.signIn(other, { agent, scope: 'openid email', prompt: 'select_account' });
    assert.notEqual(second.claims().sub, first.claims().sub);

    const chosen = await relyingParty.signIn(person, { agent, scope: 'openid email', prompt: null });
    assert.deepEqual(chosen.asked, ['account']);
    assert.equal(chosen.tokens.claims().sub, first.claims().sub);
    const unsaid = await relyingParty.silently(agent, { scope: 'openid email' });
    assert.equal(unsaid.get('error'), 'account_selection_required');
    for (const tokens of [first, second]) {
      const silent = await relyingParty.signIn(person, { agent, scope: 'openid email', prompt: 'none', id_token_hint: tokens.id_token });
      assert.equal(silent.tokens.claims().sub, tokens.claims().sub);
    }

    // Signing out by one's hint leaves the other's session alone.
    const url = client.buildEndSessionUrl(relyingParty.config, { id_token_hint: first.id_token, post_logout_redirect_uri: SIGNED_OUT });
    assert.ok((await agent.open(url, { until: SIGNED_OUT })).callback);
    const left = await relyingParty.signIn(other, { agent, scope: 'openid email', prompt: 'none' });
    assert.equal(left.tokens.claims().sub, second.claims().sub);
  });

  test('prompt=create leads to the page for a new account', async () => {
    const { url } = await relyingParty.request({ prompt: 'create' });
    const { page } = await person.newAgent().open(url, { until: CALLBACK });
    assert.ok(page.has('#first_name'));
  });

  test('a denied consent leads back with access_denied', async () => {
    const { url, checks } = await relyingParty.request();
    const answer = await person.answer(url, { until: CALLBACK, agent: person.newAgent(), consent: '#deny' });
    assert.equal((await refusal(relyingParty.redeem(answer, checks))).error, 'access_denied');
    assert.equal(answer.callback.searchParams.get('iss'), vestibule.issuer);
  });

  test('prompt=none shows no page: login_required, then consent_required', async () => {
    const agent = person.newAgent();
    assert.equal((await relyingParty.silently(agent)).get('error'), 'login_required');
    const stranger = await RelyingParty.register(vestibule, 'Not known yet', basic);
    await relyingParty.signIn(person, { agent, scope: 'openid' });
    assert.equal((await stranger.silently(agent, { scope: 'openid email' })).get('error'), 'consent_required');
  });
});

describe('what an application may send', () => {
  test('a nonce instead of PKCE, with the profile oidc-core', async () => {
    const classic = await RelyingParty.register(vestibule, 'Classic', basic, { flags: { profile: 'oidc-core' } });
    const { tokens } = await classic.signIn(person, { code_challenge: null, code_challenge_method: null });
    assert.ok(tokens.claims().nonce);
    await classic.signIn(person, { code_challenge: null, code_challenge_method: null, nonce: null });
    // With the profile oauth2.1 there is no way round PKCE.
    const answer = await relyingParty.silently(person.agent, { code_challenge: null, code_challenge_method: null });
    assert.equal(answer.get('error'), 'invalid_request');
  });

  test('response_mode=form_post, answers and errors', async () => {
    const { form, tokens } = await relyingParty.signIn(person, { response_mode: 'form_post' });
    assert.equal(form.get('iss'), vestibule.issuer);
    assert.ok(tokens.id_token);
    const { url, checks } = await relyingParty.request({ response_mode: 'form_post' });
    const answer = await person.answer(url, { until: CALLBACK, consent: '#deny' });
    assert.equal((await refusal(relyingParty.redeem(answer, checks))).error, 'access_denied');
  });

  test('claims one by one, for userinfo and for the ID token', async () => {
    const claims = { userinfo: { email: null, nickname: { essential: true } }, id_token: { given_name: { essential: true }, email: null } };
    const { tokens } = await relyingParty.signIn(person, { scope: 'openid', claims: JSON.stringify(claims) });
    assert.equal(tokens.claims().given_name, person.firstName);
    assert.equal(tokens.claims().email, person.email);
    const userinfo = await relyingParty.userinfo(tokens);
    assert.equal(userinfo.email, person.email);
    assert.equal(userinfo.given_name, undefined, 'what was not asked for there is not told there');
    const refreshed = await relyingParty.refresh(tokens);
    assert.equal((await relyingParty.userinfo(refreshed)).email, person.email);
  });

  test('parameters that mean nothing to us, or are only wishes', async () => {
    const wishes = { display: 'popup', ui_locales: 'se de', claims_locales: 'se', acr_values: 'unknown 1', unknown: 'anything' };
    await relyingParty.signIn(person, wishes);
  });

  test('the language of the pages', async () => {
    const { url } = await relyingParty.request({ ui_locales: 'de' });
    const { page } = await person.newAgent().open(url, { until: CALLBACK });
    assert.equal(page.root.querySelector('html').getAttribute('lang'), 'de');
  });

  for (const parameter of ['request', 'request_uri']) {
    test(`${parameter} is refused in its own words`, async () => {
      const value = parameter === 'request' ? 'e30.e30.' : 'https://application.example/request';
      const answer = await relyingParty.silently(person.agent, { [parameter]: value });
      assert.equal(answer.get('error'), `${parameter}_not_supported`);
    });
  }

  test('userinfo by POST, with the token in the header', async () => {
    const { tokens } = await relyingParty.signIn(person);
    const url = new URL(relyingParty.config.serverMetadata().userinfo_endpoint);
    const answer = await client.fetchProtectedResource(relyingParty.config, tokens.access_token, url, 'POST');
    assert.equal((await answer.json()).email, person.email);
  });

  test('phone, address and every claim of profile, in their types', async () => {
    const flags = ['--phone', '+4930123456', '--phone-verified'];
    flags.push('--address-locality', 'London', '--address-country', 'GB', '--claim', 'nickname=Countess', '--claim', 'birthdate=1815-12-10');
    await vestibule.cli('users', 'set', person.email, ...flags);
    const { tokens } = await relyingParty.signIn(person, { scope: 'openid profile phone address' });
    // A running server knows within a second what the command line has changed.
    const userinfo = await until('the claims to be known', async () => {
      const answer = await relyingParty.userinfo(tokens);
      return answer.phone_number && answer;
    });
    assert.equal(userinfo.phone_number, '+4930123456');
    assert.equal(userinfo.phone_number_verified, true);
    assert.deepEqual(userinfo.address, { locality: 'London', country: 'GB' });
    assert.equal(userinfo.nickname, 'Countess');
    assert.equal(userinfo.birthdate, '1815-12-10');
  });
});

test('no secret of all this is in the log', async () => {
  await vestibule.stop();
  vestibule.assertDiscreet(20);
});
