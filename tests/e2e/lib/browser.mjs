// Chromium, and what must be true of every page in it.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import axe from 'axe-core';
import { chromium } from 'playwright-core';

import { until } from './until.mjs';

const DEVICES = {
  desktop: { width: 1280, height: 800 },
  phone: { width: 390, height: 844 },
};

/** Starts the system's Chromium, without its own errands on the network. */
export function launch() {
  const args = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'];
  args.push('--disable-background-networking', '--disable-component-update');
  // Chromium's sandbox refuses to work for root.
  const chromiumSandbox = process.getuid() !== 0;
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', chromiumSandbox, args });
}

/** A person's browser window, watched: whatever is wrong in it is found by `assertFlawless`. */
export class Window {
  #problems = [];
  #refused = new Set();
  #looked = new Set();

  /** `origins` are all that may be asked for anything; `options` are the browser's further ones. */
  static async open(browser, { origins, javaScript = true, ...options }) {
    const window = new Window();
    window.javaScript = javaScript;
    window.context = await browser.newContext({
      javaScriptEnabled: javaScript,
      viewport: DEVICES.desktop,
      locale: 'en',
      ...options,
    });
    window.context.setDefaultTimeout(20_000);
    window.#watch(origins);
    window.page = await window.context.newPage();
    return window;
  }

  #watch(origins) {
    const problem = (text) => this.#problems.push(text);
    this.context.on('request', (request) => {
      const url = new URL(request.url());
      if (url.protocol !== 'data:' && !origins.includes(url.origin)) problem(`request to another origin: ${url}`);
    });
    this.context.on('response', (response) => {
      if (response.status() >= 500) problem(`status ${response.status()} from ${response.url()}`);
      if (response.status() >= 400 && response.request().isNavigationRequest()) this.#refused.add(response.url());
    });
    this.context.on('requestfailed', (request) => {
      // A navigation that another one overtakes is aborted, and no failure.
      const reason = request.failure()?.errorText;
      if (reason !== 'net::ERR_ABORTED') problem(`request failed: ${request.url()} (${reason})`);
    });
    this.context.on('console', (message) => {
      if (message.type() !== 'error' && message.type() !== 'warning') return;
      // Chromium notes every page with an error's status; a page that refuses has one by right.
      const { url } = message.location();
      if (message.text().startsWith('Failed to load resource') && this.#refused.has(url)) return;
      problem(`console, on ${message.page()?.url()}: ${message.text()} (${url})`);
    });
    this.context.on('weberror', (error) => problem(`script error: ${error.error()}`));
  }

  /** Fills fields in by selector. */
  async fill(values) {
    for (const [selector, value] of Object.entries(values)) await this.page.fill(selector, value);
  }

  /** Presses a button, and waits for the page it leads to, which has `next`. */
  async press(selector, next) {
    const loaded = this.page.waitForEvent('domcontentloaded');
    await this.page.click(selector);
    await loaded;
    if (next) await this.page.waitForSelector(next);
  }

  /** Looks at the present page in light and dark: axe finds nothing. Takes its pictures where they are wanted. */
  async look(name) {
    if (!this.javaScript || this.#looked.has(name)) return;
    this.#looked.add(name);
    for (const colorScheme of ['light', 'dark']) {
      await this.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await this.#inspect(`${name}, ${colorScheme}`);
      await this.#picture(name, colorScheme);
    }
    await this.page.emulateMedia({ colorScheme: null, reducedMotion: null });
  }

  async #inspect(name) {
    await this.page.evaluate(axe.source);
    const { violations } = await this.page.evaluate(() => globalThis.axe.run());
    for (const { id, help, nodes } of violations) {
      const where = nodes.map((node) => `${node.target.join(' ')}: ${node.failureSummary}`).join('\n    ');
      this.#problems.push(`axe, ${name}: ${id}, ${help}\n    ${where}`);
    }
  }

  async #picture(name, colorScheme) {
    const folder = process.env.SCREENSHOT_DIR;
    if (!folder) return;
    mkdirSync(folder, { recursive: true });
    for (const [device, viewport] of Object.entries(DEVICES)) {
      await this.page.setViewportSize(viewport);
      // Frames inside the page are laid out anew one picture later.
      await this.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      await this.page.screenshot({ path: join(folder, `${name}-${device}-${colorScheme}.png`), fullPage: true });
    }
    await this.page.setViewportSize(DEVICES.desktop);
  }

  /** Every value of a cookie in this window. */
  async cookies() {
    return (await this.context.cookies()).map((cookie) => cookie.value);
  }

  async close() {
    await this.context.close();
  }

  /** Waits for something that is wrong by intent, such as what a policy refuses, and forgets it. */
  async expectProblem(pattern) {
    const first = () => this.#problems.findIndex((text) => pattern.test(text));
    await until(`${pattern} goes wrong:\n${this.#problems.join('\n')}`, () => first() !== -1);
    this.#problems.splice(first(), 1);
  }

  assertFlawless() {
    assert.equal(this.#problems.length, 0, `\n${this.#problems.join('\n')}`);
  }
}
