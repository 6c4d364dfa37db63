// A person with Chromium: the hosted pages, the example relying party, with scripts and without, by mouse and by keyboard.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';

import { launch, Window } from './lib/browser.mjs';
import { Person } from './lib/person.mjs';
import { startRelyingParty } from './lib/relying-party.mjs';
import { Vestibule } from './lib/vestibule.mjs';

let vestibule;
let relyingParty;
let browser;

before(async () => {
  vestibule = await Vestibule.start();
  relyingParty = await startRelyingParty(vestibule);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await relyingParty?.stop();
  await vestibule?.stop();
});

/** Does something in a window of its own, in which nothing may go wrong. */
async function inWindow(javaScript, work) {
  const window = await Window.open(browser, { origins: [vestibule.issuer, relyingParty.origin], javaScript });
  try {
    await work(window, window.page);
    window.assertFlawless();
    for (const cookie of await window.cookies()) if (cookie.length >= 16) vestibule.secret(cookie);
  } finally {
    await window.close();
  }
}

/** Signs in from the first page on; `lands` is what the page behind it has. */
async function signIn(window, person, lands) {
  await window.fill({ 'input#identifier': person.email });
  await window.look('sign-in');
  await window.press('#continue', '#password');
  await window.fill({ '#password': person.password });
  await window.look('sign-in-password');
  await window.press('#continue', lands);
}

for (const javaScript of [true, false]) {
  describe(javaScript ? 'with scripts' : 'without scripts', () => {
    let person;

    before(() => {
      person = new Person(vestibule, javaScript ? {} : { firstName: 'Grace', lastName: 'Hopper' });
    });

    test('a person signs up, changes their name, signs out and in again', async () => {
      await inWindow(javaScript, async (window, page) => {
        await page.goto(vestibule.url('/sign-up'));
        await window.look('sign-up');
        await window.fill({
          '#first_name': person.firstName,
          '#last_name': 'Misspelt',
          '#email': person.email,
          '#password': person.password,
        });
        await window.press('#continue', '#code');
        await window.look('verify');

        await window.fill({ '#code': await vestibule.code(person.email) });
        // With scripts, the page sends a full code by itself.
        await (javaScript ? page.waitForSelector('#sign-out') : window.press('#verify', '#sign-out'));
        await page.goto(vestibule.url('/account'));
        assert.equal(await page.inputValue('#first_name'), person.firstName);

        await window.fill({ '#last_name': person.lastName });
        await window.press('#save', '#save');
        await window.look('account-saved');
        await page.goto(vestibule.url('/account'));
        assert.equal(await page.inputValue('#last_name'), person.lastName);
        await window.look('account');

        await window.press('#sign-out');
        await window.look('signed-out');
        await page.goto(vestibule.url('/account'));
        await page.waitForSelector('input#identifier');
        await signIn(window, person, '#sign-out');
        assert.equal(await page.inputValue('#last_name'), person.lastName);
      });
    });

    test('a wrong password is refused in words, and leads nowhere', async () => {
      await inWindow(javaScript, async (window, page) => {
        await page.goto(vestibule.url('/sign-in'));
        await signIn(window, { email: person.email, password: vestibule.secret(`not ${person.password}`) }, '[aria-invalid=true]');
        assert.equal(await page.inputValue('#password'), '', 'a password is not sent back');
        const described = await page.getAttribute('#password', 'aria-describedby');
        assert.ok(described, 'the field says what is wrong with it');
        await window.look('sign-in-wrong-password');
        await page.goto(vestibule.url('/account'));
        await page.waitForSelector('input#identifier');
      });
    });

    test('the example application signs a person in and out', async () => {
      await inWindow(javaScript, async (window, page) => {
        await page.goto(relyingParty.origin);
        await window.look('example-signed-out');
        await window.press('#sign-in', 'input#identifier');
        await signIn(window, person, '#allow');
        await window.look('consent');
        await window.press('#allow', '#id-token');
        assert.equal(new URL(page.url()).origin, relyingParty.origin);
        assert.equal(await page.textContent('#name'), `${person.firstName} ${person.lastName}`);
        assert.equal(await page.textContent('#email'), person.email);
        await window.look('example-signed-in');

        await window.press('#sign-out', '#sign-in');
        assert.equal(new URL(page.url()).origin, relyingParty.origin);
        await page.goto(vestibule.url('/account'));
        await page.waitForSelector('input#identifier');
      });
    });

    test('consent can be denied', async () => {
      const other = new Person(vestibule, { firstName: javaScript ? 'Alan' : 'Barbara', lastName: 'Doubtful' });
      await other.signUp();
      await inWindow(javaScript, async (window, page) => {
        await page.goto(relyingParty.origin);
        await window.press('#sign-in', 'input#identifier');
        await signIn(window, other, '#deny');
        await window.press('#deny', '#error');
        assert.equal(new URL(page.url()).origin, relyingParty.origin);
        assert.match(await page.textContent('body'), /access_denied/);
      });
    });

    test('signing out by a bare address asks first', async () => {
      await inWindow(javaScript, async (window, page) => {
        await page.goto(vestibule.url('/sign-in'));
        await signIn(window, person, '#sign-out');
        await page.goto(vestibule.url('/oauth/logout'));
        await page.waitForSelector('#sign-out');
        await window.look('sign-out');
        await window.press('#sign-out');
        // an answer to a submit leads on by itself, which another navigation would race
        await page.waitForURL(vestibule.url('/signed-out'));
        await page.goto(vestibule.url('/account'));
        await page.waitForSelector('input#identifier');
      });
    });

    test('the inbox of a development server shows its mail', async () => {
      await inWindow(javaScript, async (window, page) => {
        await page.goto(vestibule.url('/dev/inbox'));
        await window.look('dev-inbox');
        await page.click('a[href^="/dev/inbox/"]');
        await page.waitForSelector('iframe');
        await window.look('dev-inbox-mail');
      });
    });

    test('a request that names no application gets a page that explains', async () => {
      await inWindow(javaScript, async (window, page) => {
        const answer = await page.goto(vestibule.url(`/oauth/authorize?client_id=${randomBytes(8).toString('hex')}`));
        assert.equal(answer.status(), 400);
        await window.look('error');
      });
    });
  });
}

test('a person signs in with the keyboard alone', async () => {
  const person = new Person(vestibule, { firstName: 'Katherine', lastName: 'Johnson' });
  await person.signUp();
  await inWindow(true, async (window, page) => {
    await page.goto(vestibule.url('/sign-in'));
    await tabTo(page, 'input#identifier');
    await page.keyboard.type(person.email);
    await page.keyboard.press('Enter');
    await page.waitForSelector('#password');
    await tabTo(page, '#password');
    await page.keyboard.type(person.password);
    await tabTo(page, '#continue');
    await page.keyboard.press('Space');
    await page.waitForSelector('#sign-out');
    await tabTo(page, '#sign-out');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#sign-out', { state: 'detached' });
  });
});

/** Presses Tab until an element has the focus, which can be seen. */
async function tabTo(page, selector) {
  const focused = () => page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector);
  for (let presses = 0; presses < 40; presses += 1) {
    if (await focused()) {
      const seen = await page.evaluate(() => document.activeElement.matches(':focus-visible'));
      assert.ok(seen, `${selector} shows its focus`);
      return;
    }
    await page.keyboard.press('Tab');
  }
  assert.fail(`Tab never reaches ${selector} on ${page.url()}`);
}

test('no secret of all this is in the log', async () => {
  await vestibule.stop();
  vestibule.assertDiscreet(10);
});
