// Programs that a test starts, and ends.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

import { until } from './until.mjs';

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort() {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** What a program inherits from us: enough to be found and to find, and no setting of the person who runs the tests. */
export function environment(home, variables = {}) {
  return { PATH: process.env.PATH, HOME: home, ...variables };
}

const running = new Set();
process.on('exit', () => {
  for (const child of running) {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has just ended by itself.
    }
  }
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

/** A program that runs until it is stopped, or until we end; everything it prints is kept in `output`. */
export class Program {
  output = '';

  constructor(command, args, { cwd, env }) {
    this.name = command.split('/').pop();
    // A process group of its own: Apache ends its whole group with itself.
    this.child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    if (this.child.pid) running.add(this.child);
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text) => (this.output += text));
    }
    this.ended = new Promise((resolve) => {
      this.child.on('error', (error) => resolve(`${error}`));
      this.child.on('close', (code, signal) => resolve(`exit ${code ?? signal}`));
    });
    this.ended.then((how) => {
      this.end = how;
      running.delete(this.child);
    });
  }

  /** Waits until `ask` has a truthy answer; throws at once when the program ends before, with what it said. */
  async ready(ask) {
    await until(`${this.name} is ready`, () => this.end ?? ask());
    if (this.end) throw new Error(`${this.name} ended (${this.end}):\n${this.output}`);
  }

  /** Ends the program, kindly first; says how it ended. */
  async stop() {
    this.child.kill('SIGTERM');
    const forced = setTimeout(() => this.child.kill('SIGKILL'), 20_000);
    const how = await this.ended;
    clearTimeout(forced);
    return how;
  }
}
