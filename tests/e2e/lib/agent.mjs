// A browser without scripts or pictures: it keeps cookies, follows redirects, and fills in forms by the ids of their fields.

import { request } from 'node:http';
import { request as requestByTls } from 'node:https';

import { parse } from 'node-html-parser';
import { CookieJar } from 'tough-cookie';

const REDIRECTS = 20;

/** What an address answered. */
class Page {
  constructor({ url, status, headers, body }) {
    Object.assign(this, { url, status, headers, body });
    this.root = parse(body);
  }

  has(selector) {
    return this.root.querySelector(selector) !== null;
  }

  text(selector = 'body') {
    return this.root.querySelector(selector)?.structuredText ?? '';
  }
}

export class Agent {
  jar = new CookieJar(undefined, { rejectPublicSuffixes: false });

  /** `onSecret` is told every cookie and every authorization code that passes. */
  constructor({ onSecret = () => {} } = {}) {
    this.onSecret = onSecret;
  }

  /**
   * Opens an address and follows where it leads: `{ page }`, or `{ callback }` when the way leads to an address that starts with
   * `until`, which is not asked; `form` is what would be posted there.
   */
  async open(address, { until } = {}) {
    return this.#navigate({ method: 'GET', url: new URL(address) }, until);
  }

  /** Presses a button: submits its form with `fill`, which maps fields' selectors to values. */
  async press(page, button, { fill = {}, until } = {}) {
    const pressed = page.root.querySelector(button);
    if (!pressed) throw new Error(`no ${button} on ${page.url}:\n${page.text()}`);
    const id = pressed.getAttribute('form');
    const form = id ? page.root.querySelector(`form#${id}`) : pressed.closest('form');
    const fields = fieldsOf(page.root, form, pressed);
    for (const [selector, value] of Object.entries(fill)) {
      const field = page.root.querySelector(selector);
      if (!field) throw new Error(`no ${selector} on ${page.url}:\n${page.text()}`);
      fields.set(field.getAttribute('name'), value);
    }
    const action = pressed.getAttribute('formaction') ?? form.getAttribute('action') ?? '';
    const method = (pressed.getAttribute('formmethod') ?? form.getAttribute('method') ?? 'get').toUpperCase();
    const url = new URL(action || page.url, page.url);
    if (method === 'GET') {
      url.search = fields.toString();
      return this.#navigate({ method, url, from: page.url }, until);
    }
    return this.#navigate({ method, url, body: fields.toString(), from: page.url }, until);
  }

  async #navigate(start, until) {
    let next = start;
    for (let hops = 0; hops < REDIRECTS; hops += 1) {
      if (until && next.url.href.startsWith(until)) {
        const form = next.method === 'POST' ? new URLSearchParams(next.body) : undefined;
        this.onSecret((form ?? next.url.searchParams).get('code'));
        return { callback: next.url, form };
      }
      const answer = await this.#send(next);
      const onwards = leadsTo(answer);
      if (!onwards) return { page: new Page(answer) };
      const url = new URL(onwards, next.url);
      const keeps = answer.status === 307 || answer.status === 308;
      next = keeps ? { ...next, url } : { method: 'GET', url, from: next.from };
    }
    throw new Error(`more than ${REDIRECTS} redirects from ${start.url}`);
  }

  async #send({ method, url, body, from }) {
    const headers = {
      accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8',
      'accept-language': 'en',
      'sec-fetch-dest': 'document',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-site': from ? relation(from, url) : 'none',
      'user-agent': 'vestibule-e2e',
    };
    const cookie = await this.jar.getCookieString(url.href);
    if (cookie) headers.cookie = cookie;
    if (from) headers.referer = new URL(from).origin === url.origin ? `${from}` : `${new URL(from).origin}/`;
    if (method === 'POST') {
      headers.origin = new URL(from).origin;
      headers['content-type'] = 'application/x-www-form-urlencoded';
      headers['content-length'] = Buffer.byteLength(body);
    }
    const answer = await send(url, { method, headers }, body);
    for (const line of answer.headers['set-cookie'] ?? []) {
      const kept = await this.jar.setCookie(line, url.href);
      // A short value is a flag, such as a language or an emptied cookie.
      if (kept.value.length >= 16) this.onSecret(kept.value);
    }
    return { ...answer, url };
  }
}

/** Where an answer sends a browser at once: by redirect, or by `Refresh`. */
function leadsTo({ status, headers }) {
  if (status >= 300 && status <= 399) return headers.location;
  return headers.refresh?.match(/^0; *url=(.+)$/i)?.[1];
}

function relation(from, to) {
  const origin = new URL(from);
  if (origin.origin === to.origin) return 'same-origin';
  return origin.hostname === to.hostname ? 'same-site' : 'cross-site';
}

function fieldsOf(root, form, pressed) {
  const fields = new URLSearchParams();
  for (const field of root.querySelectorAll('input, select, textarea')) {
    const name = field.getAttribute('name');
    const owner = field.getAttribute('form');
    const belongs = owner ? owner === form.id : field.closest('form') === form;
    if (!name || !belongs || field.hasAttribute('disabled')) continue;
    const type = field.getAttribute('type');
    if (['submit', 'button', 'image', 'reset', 'file'].includes(type)) continue;
    if (['checkbox', 'radio'].includes(type) && !field.hasAttribute('checked')) continue;
    fields.append(name, valueOf(field));
  }
  if (pressed.getAttribute('name')) fields.append(pressed.getAttribute('name'), pressed.getAttribute('value') ?? '');
  return fields;
}

function valueOf(field) {
  if (field.rawTagName.toLowerCase() === 'textarea') return field.text;
  if (field.rawTagName.toLowerCase() !== 'select') return field.getAttribute('value') ?? '';
  const chosen = field.querySelector('option[selected]') ?? field.querySelector('option');
  return chosen?.getAttribute('value') ?? chosen?.text ?? '';
}

function send(url, options, body) {
  return new Promise((resolve, reject) => {
    const ask = url.protocol === 'https:' ? requestByTls : request;
    const outgoing = ask(url, options, (incoming) => {
      const chunks = [];
      incoming.on('data', (chunk) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        resolve({ status: incoming.statusCode, headers: incoming.headers, body: Buffer.concat(chunks).toString() });
      });
    });
    outgoing.on('error', reject);
    outgoing.setTimeout(20_000, () => outgoing.destroy(new Error(`no answer from ${url}`)));
    outgoing.end(body);
  });
}
