// A small web site on an origin of its own: an application's, a stranger's, or one that somebody else redirects to.

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json' };

/** An answer of a site. */
export function html(body, headers = {}) {
  return { headers: { 'content-type': TYPES['.html'], ...headers }, body: `<!doctype html><html lang="en"><title>Site</title>${body}` };
}

export function json(value) {
  return { headers: { 'content-type': TYPES['.json'] }, body: JSON.stringify(value) };
}

export function redirect(location) {
  return { status: 302, headers: { location } };
}

/** A file beside the tests, or one of a package that they depend on. */
export async function file(path, headers = {}) {
  const body = await readFile(fileURLToPath(new URL(`../${path}`, import.meta.url)));
  return { headers: { 'content-type': TYPES[extname(path)], ...headers }, body };
}

export class Site {
  /** What was asked of the site: `{ method, path, params, headers, form }`, the oldest first. */
  asked = [];
  /** Answers by path; each is an answer, or a function that makes one of what was asked. Browsers ask for an icon by themselves. */
  pages = { '/favicon.ico': { status: 204 } };

  /**
   * Starts a site. By default its host is not that of the daemons, so that to a browser it is another *site* too: cookies of one are
   * third-party cookies to the other.
   */
  static async start({ host = '127.0.0.1' } = {}) {
    const site = new Site();
    site.server = createServer((request, response) => site.#answer(request, response));
    site.server.listen(0, '127.0.0.1');
    await once(site.server, 'listening');
    site.origin = `http://${host}:${site.server.address().port}`;
    return site;
  }

  url(path) {
    return `${this.origin}${path}`;
  }

  /** What was asked of one path. */
  at(path) {
    return this.asked.filter((asked) => asked.path === path);
  }

  async #answer(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const url = new URL(request.url, this.origin);
    const asked = {
      method: request.method,
      path: url.pathname,
      params: url.searchParams,
      headers: request.headers,
      form: new URLSearchParams(Buffer.concat(chunks).toString()),
    };
    this.asked.push(asked);
    const page = this.pages[asked.path];
    const { status, headers, body } = (await (typeof page === 'function' ? page(asked) : page)) ?? { status: 404 };
    response.writeHead(status ?? 200, headers ?? {}).end(body);
  }

  async stop() {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
