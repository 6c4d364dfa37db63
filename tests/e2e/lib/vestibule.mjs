// The daemon under test: the real binary, with a data directory of its own.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { environment, freePort, Program } from './program.mjs';
import { until } from './until.mjs';

const run = promisify(execFile);

export class Vestibule {
  #secrets = new Set();
  #read = new Set();

  /**
   * Starts a daemon, ready to be asked. `settings` are environment variables beside the ones every test needs; with `tls` it answers
   * by https alone, under a certificate that it makes in `certs`.
   */
  static async start(settings = {}, { tls = false } = {}) {
    const vestibule = new Vestibule();
    vestibule.home = await mkdtemp(join(tmpdir(), 'vestibule-e2e-'));
    const port = await freePort();
    vestibule.issuer = `${tls ? 'https' : 'http'}://localhost:${port}`;
    vestibule.env = environment(vestibule.home, {
      VESTIBULE_ENV: 'development',
      VESTIBULE__SERVER__PUBLIC_URL: vestibule.issuer,
      VESTIBULE__SERVER__LISTEN: `127.0.0.1:${port}`,
      VESTIBULE__DATA__DIR: join(vestibule.home, 'data'),
      VESTIBULE__METRICS__LISTEN: '',
      VESTIBULE__LOG__LEVEL: 'trace',
      VESTIBULE__SERVER__TLS__MODE: tls ? 'development' : 'off',
      ...settings,
    });
    vestibule.program = new Program(process.env.VESTIBULE_BIN, ['serve', '--env', 'development'], {
      cwd: vestibule.home,
      env: vestibule.env,
    });
    try {
      await vestibule.program.ready(async () => (await fetch(vestibule.url('/readyz'))).ok);
    } catch (error) {
      await vestibule.stop();
      throw error;
    }
    return vestibule;
  }

  url(path) {
    return `${this.issuer}${path}`;
  }

  /** Runs the command line on the same installation; gives back what it printed. */
  async cli(...args) {
    const { stdout } = await run(process.env.VESTIBULE_BIN, args, { cwd: this.home, env: this.env });
    return stdout;
  }

  /**
   * Registers an application: `{ client_id, client_secret, … }`. `flags` are further flags of the command line, by name; one whose
   * value is a list is given several times, one that is `true` stands alone.
   */
  async createApp({ name, redirectUris = [], postLogoutRedirectUris = [], isPublic = false, flags = {} }) {
    const all = { name, 'redirect-uri': redirectUris, 'post-logout-redirect-uri': postLogoutRedirectUris, public: isPublic, ...flags };
    const args = ['apps', 'create', '--json'];
    for (const [flag, value] of Object.entries(all)) {
      for (const one of [value].flat()) {
        if (one === true) args.push(`--${flag}`);
        else if (one !== false) args.push(`--${flag}`, one);
      }
    }
    const app = JSON.parse(await this.cli(...args));
    this.secret(app.client_secret);
    return app;
  }

  /** The next mail to an address that no caller was given before. */
  async mail(to) {
    return until(`mail to ${to}`, async () => {
      const inbox = await (await fetch(this.url('/dev/inbox.json'))).json();
      const mail = inbox.reverse().find((one) => one.to === to && !this.#read.has(one.id));
      if (mail) this.#read.add(mail.id);
      return mail;
    });
  }

  /** The code in the next mail to an address. */
  async code(to) {
    return this.secret(codeIn((await this.mail(to)).text));
  }

  /** Remembers what the log may never show, and gives it back. */
  secret(value) {
    if (value) this.#secrets.add(value);
    return value;
  }

  /** Holds that no line of the log has a secret; `used` is how many secrets there were at least. */
  assertDiscreet(used) {
    // The fractions of seconds are six digits, as codes are.
    const lines = this.program.output.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z?/g, '').split('\n');
    const secrets = [...this.#secrets];
    assert.ok(secrets.length >= used, `only ${secrets.length} secrets were used`);
    assert.ok(lines.some((line) => line.includes('/sign-up/verify')), 'the log tells of what was done');
    assert.deepEqual(
      lines.filter((line) => secrets.some((secret) => line.includes(secret))),
      [],
      'no line of the log has a secret',
    );
  }

  async stop() {
    const how = await this.program.stop();
    await rm(this.home, { recursive: true, force: true });
    return how;
  }
}

/** The six digits that a mail's text offers. */
export function codeIn(text) {
  const found = text.match(/(?<!\d)\d{6}(?!\d)/);
  if (!found) throw new Error(`no code in this mail:\n${text}`);
  return found[0];
}
