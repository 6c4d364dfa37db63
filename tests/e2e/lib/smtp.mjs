// A real SMTP server, and one that is broken.

import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

import { environment, Program } from './program.mjs';
import { until } from './until.mjs';

const SERVER = fileURLToPath(new URL('smtp_server.py', import.meta.url));

/** aiosmtpd, which takes every mail. */
export class SmtpServer {
  static async start(port) {
    const server = new SmtpServer();
    server.program = new Program(process.env.E2E_PYTHON, [SERVER, `${port}`], { env: environment('/nonexistent') });
    await server.program.ready(() => listens(port));
    return server;
  }

  /** The mails that arrived for an address. */
  mails(to) {
    return this.program.output
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line))
      .filter((mail) => mail.to.includes(to));
  }

  /** The first mail for an address, waited for. */
  async mail(to, seconds) {
    return until(`mail to ${to} arrives by SMTP`, () => this.mails(to)[0], seconds);
  }

  stop() {
    return this.program.stop();
  }
}

/** Listens where a mail server should, and hangs up on everybody; `calls` counts them. */
export async function brokenServer(port) {
  const server = createServer((socket) => {
    broken.calls += 1;
    socket.on('error', () => {});
    socket.destroy();
  });
  const broken = {
    calls: 0,
    async stop() {
      server.close();
      await once(server, 'close');
    },
  };
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return broken;
}

function listens(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => resolve(false));
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
