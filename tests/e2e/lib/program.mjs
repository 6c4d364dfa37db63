// Programs that a test starts, and ends.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

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

/** A program that runs until it is stopped; everything it prints is kept in `output`. */
export class Program {
  output = '';

  constructor(command, args, { cwd, env }) {
    this.name = command.split('/').pop();
    this.child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text) => (this.output += text));
    }
    this.ended = new Promise((resolve) => {
      this.child.on('error', (error) => resolve(`${error}`));
      this.child.on('close', (code, signal) => resolve(`exit ${code ?? signal}`));
    });
    this.ended.then((how) => (this.end = how));
  }

  /** Throws when the program has ended by itself, with what it said. */
  assertRunning() {
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
