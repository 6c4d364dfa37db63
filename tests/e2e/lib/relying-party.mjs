// The example relying party, as a person starts it.

import { environment, freePort, Program } from './program.mjs';

/** Registers the example with the provider, and starts it; `variables` are further ones of its environment. */
export async function startRelyingParty(vestibule, variables = {}) {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const app = await vestibule.createApp({
    name: 'Example app',
    redirectUris: [`${origin}/callback`],
    postLogoutRedirectUris: [`${origin}/`],
    isPublic: true,
  });
  const program = new Program(process.env.RELYING_PARTY_BIN, [], {
    cwd: vestibule.home,
    env: environment(vestibule.home, { ISSUER: vestibule.issuer, CLIENT_ID: app.client_id, LISTEN_PORT: `${port}`, ...variables }),
  });
  await program.ready(async () => (await fetch(`${origin}/`)).ok);
  return { origin, program, stop: () => program.stop() };
}
