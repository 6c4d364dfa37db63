// server.mjs PORT DIRECTORY: oidc-provider as a small installation would run it, with its database in the directory. Whoever asks is
// signed in at once, and every client is consented to: only the protocol is measured.
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';

import { Provider } from 'oidc-provider';

import { adapters } from './adapter.mjs';

const [port, directory] = process.argv.slice(2);
const issuer = `http://localhost:${port}`;
const secret = 'a-secret-of-the-peer-that-is-long-enough';

const jwk = (type, options, alg) => ({
  ...generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }), alg, use: 'sig', kid: alg,
});
const people = (alg) => ({
  client_id: `people-${alg.toLowerCase()}`, client_secret: secret, redirect_uris: ['https://app.example/callback'],
  grant_types: ['authorization_code', 'refresh_token'], id_token_signed_response_alg: alg,
});
const machine = (name) => ({
  client_id: `machine-${name}`, client_secret: secret, redirect_uris: [], response_types: [], grant_types: ['client_credentials'],
  scope: 'reports',
});
const formats = {
  'machine-opaque': { accessTokenFormat: 'opaque' },
  'machine-es256': { accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } },
  'machine-rs256': { accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } },
};

const provider = new Provider(issuer, {
  adapter: adapters(join(directory, 'peer.db')),
  clients: [people('ES256'), people('RS256'), ...Object.keys(formats).map((name) => machine(name.slice('machine-'.length)))],
  jwks: { keys: [jwk('rsa', { modulusLength: 2048 }, 'RS256'), jwk('ec', { namedCurve: 'P-256' }, 'ES256')] },
  cookies: { keys: ['a key that signs cookies'] },
  scopes: ['openid', 'offline_access', 'email', 'reports'],
  claims: { openid: ['sub'], email: ['email', 'email_verified'] },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: (ctx, client) => (client.clientId in formats ? 'https://api.example' : undefined),
      useGrantedResource: () => true,
      getResourceServerInfo: (ctx, resource, client) => ({
        scope: 'reports', audience: 'https://api.example', accessTokenTTL: 3600, ...formats[client.clientId],
      }),
    },
  },
  rotateRefreshToken: true,
  issueRefreshToken: (ctx, client, code) => client.grantTypeAllowed('refresh_token') && code.scopes.has('offline_access'),
  findAccount: (ctx, sub) => ({ accountId: sub, claims: () => ({ sub, email: 'ada@example.com', email_verified: true }) }),
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  loadExistingGrant: async (ctx) => {
    const { client, session } = ctx.oidc;
    const known = session.grantIdFor(client.clientId);
    if (known) {
      return ctx.oidc.provider.Grant.find(known);
    }
    const grant = new ctx.oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope('openid email offline_access');
    await grant.save();
    return grant;
  },
  ttl: { AccessToken: 3600, AuthorizationCode: 60, ClientCredentials: 3600, Grant: 86400, IdToken: 3600, Interaction: 3600, RefreshToken: 86400, Session: 86400 },
});

provider.use(async (ctx, next) => {
  if (!ctx.path.startsWith('/interaction/')) {
    return next();
  }
  const { prompt } = await provider.interactionDetails(ctx.req, ctx.res);
  const result = prompt.name === 'login' ? { login: { accountId: 'somebody' } } : { consent: {} };
  await provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: true });
  ctx.respond = false;
});

provider.listen(Number(port), '127.0.0.1');
