// npm openid-client: what an application may ask for in its request, and what a person is asked then.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { basic, CALLBACK, refusal, RelyingParty } from './lib/openid-client.mjs';
import { Person } from './lib/person.mjs';
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

test('no secret of all this is in the log', async () => {
  await vestibule.stop();
  vestibule.assertDiscreet(20);
});
