// An application that uses npm openid-client, a certified relying party library, with all of its checks on.

import assert from 'node:assert/strict';

import * as client from 'openid-client';

// Nobody listens there: the agent stops in front of it.
export const CALLBACK = 'http://localhost:9/callback';
export const SIGNED_OUT = 'http://localhost:9/signed-out';
export const SCOPE = 'openid profile email offline_access';

/** How the provider refuses: the `error` of its answer, and the status. */
export async function refusal(promise) {
  const reason = await promise.then(
    () => assert.fail('this is refused'),
    (rejection) => rejection,
  );
  // The library reports a challenge (WWW-Authenticate) without reading the body.
  const error = reason.error ?? (await reason.response?.json())?.error;
  if (!error) throw reason;
  return { error, status: reason.status };
}

export class RelyingParty {
  /**
   * Registers an application with the provider and lets the library discover the provider. `authentication` is called with the
   * application and says how it authenticates; `options` are those of `createApp`.
   */
  static async register(vestibule, name, authentication, { redirectUris = [CALLBACK], ...options } = {}) {
    const app = await vestibule.createApp({ name, redirectUris, postLogoutRedirectUris: [SIGNED_OUT], ...options });
    return RelyingParty.configure(vestibule, app, authentication);
  }

  /** The same for an application that is registered already. */
  static async configure(vestibule, app, authentication = basic) {
    const relyingParty = new RelyingParty();
    const metadata = { client_secret: app.client_secret ?? undefined, id_token_signed_response_alg: app.id_token_signed_response_alg };
    const options = { execute: [client.allowInsecureRequests] };
    const config = await client.discovery(new URL(vestibule.issuer), app.client_id, metadata, authentication(app), options);
    // Signatures of ID tokens are checked too, not TLS alone trusted.
    client.enableNonRepudiationChecks(config);
    return Object.assign(relyingParty, { vestibule, app, config });
  }

  /** A request to sign in, and what is needed to check its answer; a parameter given as null is left out. */
  async request(parameters = {}) {
    const verifier = client.randomPKCECodeVerifier();
    const all = {
      redirect_uri: CALLBACK,
      scope: SCOPE,
      prompt: 'consent',
      state: client.randomState(),
      nonce: client.randomNonce(),
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...parameters,
    };
    const sent = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
    const checks = { expectedState: sent.state, expectedNonce: sent.nonce, idTokenExpected: sent.scope.split(' ').includes('openid') };
    if (sent.code_challenge) checks.pkceCodeVerifier = verifier;
    if (sent.max_age !== undefined) checks.maxAge = Number(sent.max_age);
    return { url: client.buildAuthorizationUrl(this.config, sent), checks };
  }

  /** Exchanges the code of an answer that `Person.answer` or `Agent.open` ended with. */
  async redeem({ callback, form }, checks) {
    const posted = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: `${form}` };
    const answer = form ? new Request(callback, posted) : callback;
    return this.keep(await client.authorizationCodeGrant(this.config, answer, checks));
  }

  /** Signs a person in: the answer's address, the tokens, and what was asked. */
  async signIn(person, { agent, answers, ...parameters } = {}) {
    const { url, checks } = await this.request(parameters);
    const answer = await person.answer(url, { until: CALLBACK, agent, ...answers });
    assert.ok(answer.callback, `the way leads back to the application: ${answer.page?.status} ${answer.page?.text()}`);
    return { ...answer, checks, tokens: await this.redeem(answer, checks) };
  }

  /** How the provider answers a request without asking anybody: the parameters of its answer. */
  async silently(agent, parameters = {}) {
    const { url } = await this.request({ prompt: 'none', ...parameters });
    const { callback, page } = await agent.open(url, { until: CALLBACK });
    assert.ok(callback, `the way leads back to the application: ${page?.status} ${page?.text()}`);
    return callback.searchParams;
  }

  async refresh(tokens, parameters) {
    return this.keep(await client.refreshTokenGrant(this.config, tokens.refresh_token, parameters));
  }

  userinfo(tokens) {
    return client.fetchUserInfo(this.config, tokens.access_token, tokens.claims().sub);
  }

  introspect(token, parameters) {
    return client.tokenIntrospection(this.config, token, parameters);
  }

  revoke(token, parameters) {
    return client.tokenRevocation(this.config, token, parameters);
  }

  /** Remembers tokens as what the log may never show, and gives them back. */
  keep(tokens) {
    for (const token of [tokens.access_token, tokens.refresh_token, tokens.id_token]) this.vestibule.secret(token);
    return tokens;
  }
}

/** By a secret in the Authorization header. */
export function basic(app) {
  return client.ClientSecretBasic(app.client_secret);
}

/** By a secret in the body. */
export function post(app) {
  return client.ClientSecretPost(app.client_secret);
}

/** Not at all: a public client. */
export function none() {
  return client.None();
}
