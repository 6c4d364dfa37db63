// The Backend API under the Python package clerk-backend-api, unmodified: it refuses answers that are not as they are described.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { basic, RelyingParty } from './lib/openid-client.mjs';
import { Person } from './lib/person.mjs';
import { environment } from './lib/program.mjs';
import { Vestibule } from './lib/vestibule.mjs';

const PROGRAM = fileURLToPath(new URL('lib/backend_sdk.py', import.meta.url));

/** What the program printed. */
async function python(key, ...args) {
  const child = spawn(process.env.E2E_PYTHON, [PROGRAM, ...args], { env: environment('/nonexistent') });
  child.stdin.end(`${key}\n`);
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  assert.equal(code, 0, err);
  return JSON.parse(out);
}

test('applications and tokens', async () => {
  const vestibule = await Vestibule.start();
  try {
    const person = new Person(vestibule);
    await person.signUp();
    const { secret } = JSON.parse(await vestibule.cli('secret-keys', 'create', '--name', 'Python', '--json'));
    vestibule.secret(secret);
    const relyingParty = await RelyingParty.register(vestibule, 'Verified', basic);
    const { tokens } = await relyingParty.signIn(person, { agent: person.newAgent() });
    const { secrets, ...told } = await python(secret, vestibule.issuer, vestibule.secret(tokens.access_token));
    assert.deepEqual(told, {
      made: 'Python',
      changed: ['Snake', false],
      read: 'Snake',
      listed: [[true], 1],
      deleted: true,
      subject: tokens.claims().sub,
      missing: { status: 404, code: 'resource_not_found' },
      wrong: { status: 422, code: 'form_param_value_invalid' },
    });
    assert.notEqual(...secrets);
    secrets.forEach((one) => vestibule.secret(one));
  } finally {
    await vestibule.stop();
  }
  vestibule.assertDiscreet(5);
});
