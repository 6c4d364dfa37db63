// A person with an agent: creates an account, and answers whatever page stands between them and an application.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';

import { Agent } from './agent.mjs';

const STEPS = 10;

export class Person {
  constructor(vestibule, { firstName = 'Ada', lastName = 'Lovelace' } = {}) {
    this.vestibule = vestibule;
    this.firstName = firstName;
    this.lastName = lastName;
    this.email = `${firstName}.${lastName}@example.com`.toLowerCase();
    this.password = vestibule.secret(randomBytes(16).toString('base64url'));
    this.agent = this.newAgent();
  }

  /** A browser that nobody has signed in with. */
  newAgent() {
    return new Agent({ onSecret: (value) => this.vestibule.secret(value) });
  }

  /** Creates the account; `readCode` finds the code that was mailed. Leaves the person signed in. */
  async signUp(readCode = () => this.vestibule.code(this.email)) {
    let { page } = await this.agent.open(this.vestibule.url('/sign-up'));
    ({ page } = await this.agent.press(page, '#continue', {
      fill: {
        '#first_name': this.firstName,
        '#last_name': this.lastName,
        '#email': this.email,
        '#password': this.password,
      },
    }));
    assert.ok(page.has('#code'), `sign-up asks for the code: ${page.status} ${page.text()}`);
    ({ page } = await this.agent.press(page, '#verify', { fill: { '#code': await readCode() } }));
    return page;
  }

  /**
   * Answers the pages from `address` on: which account, identifier, password, consent. Gives `{ callback }` when the way leads to an
   * address that starts with `until`, else the `{ page }` that asks for nothing more. `asked` lists what was asked.
   */
  async answer(address, { until, agent = this.agent, password = this.password, consent = '#allow' } = {}) {
    const asked = [];
    let step = await agent.open(address, { until });
    while (!step.callback && asked.length < STEPS) {
      const { page } = step;
      if (page.has('input#identifier')) {
        asked.push('identifier');
        step = await agent.press(page, '#continue', { fill: { 'input#identifier': this.email }, until });
      } else if (page.has('#password') && asked.at(-1) !== 'password') {
        asked.push('password');
        step = await agent.press(page, '#continue', { fill: { '#password': password }, until });
      } else if (page.has('.account-choice')) {
        asked.push('account');
        step = await this.#choose(page, agent, until);
      } else if (page.has('form #onward')) {
        // An answer by form post, in a browser without scripts.
        step = await agent.press(page, '#onward', { until });
      } else if (page.has(consent)) {
        asked.push('consent');
        step = await agent.press(page, consent, { until });
      } else {
        break;
      }
    }
    return { ...step, asked };
  }

  /** Chooses this person's account, or another one where it is not offered. */
  async #choose(page, agent, until) {
    const own = page.root.querySelectorAll('button.account-choice').find((button) => button.structuredText.includes(this.email));
    if (own) return agent.press(page, `#${own.id}`, { until });
    return agent.open(new URL(page.root.querySelector('#another').getAttribute('href'), page.url), { until });
  }
}
