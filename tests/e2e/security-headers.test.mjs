// What our headers forbid, as Chromium enforces it: being framed, scripts of somebody else, documents taken for scripts, and more.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { launch } from './lib/browser.mjs';
import { Person } from './lib/person.mjs';
import { html, json, Site } from './lib/site.mjs';
import { Vestibule } from './lib/vestibule.mjs';

let vestibule;
let stranger;
let neighbour;
let browser;
let person;

before(async () => {
  vestibule = await Vestibule.start();
  stranger = await Site.start();
  neighbour = await Site.start({ host: 'localhost' });
  browser = await launch();
  person = new Person(vestibule);
  await person.signUp();
});

after(async () => {
  await browser?.close();
  await stranger?.stop();
  await neighbour?.stop();
  await vestibule?.stop();
});

/** A page in a browser of its own, with or without the person's session. */
async function inPage(work, { storageState } = {}) {
  const context = await browser.newContext({ storageState, locale: 'en' });
  context.setDefaultTimeout(20_000);
  try {
    await work(await context.newPage(), context);
  } finally {
    await context.close();
  }
}

async function signIn(page) {
  await page.goto(vestibule.url('/sign-in'));
  await page.fill('input#identifier', person.email);
  await page.click('#continue');
  await page.fill('#password', person.password);
  await page.click('#continue');
  await page.waitForSelector('#sign-out');
}

describe('no page of ours is shown inside a page of somebody else', () => {
  let storageState;

  before(() =>
    inPage(async (page, context) => {
      await signIn(page);
      storageState = await context.storageState();
    }),
  );

  const PAGES = ['/sign-in', '/sign-up', '/account', '/oauth/logout', '/oauth/authorize?client_id=none', '/dev/inbox', '/nowhere'];
  for (const path of [...PAGES, '/.well-known/openid-configuration']) {
    test(path, async () => {
      for (const site of [stranger, neighbour]) {
        await inPage(
          async (page) => {
            site.pages['/'] = html(`<iframe src="${vestibule.url(path)}"></iframe>`);
            const refused = page.waitForEvent('requestfailed', (request) => request.frame().parentFrame() !== null);
            await page.goto(site.origin);
            assert.equal((await refused).failure().errorText, 'net::ERR_BLOCKED_BY_RESPONSE', `in a frame of ${site.origin}`);
          },
          { storageState },
        );
      }
    });
  }

  test('which would be seen if it were', async () => {
    await inPage(async (page) => {
      stranger.pages['/framed'] = html('<p id="framed">Framed</p>');
      neighbour.pages['/'] = html(`<iframe src="${stranger.url('/framed')}"></iframe>`);
      await page.goto(neighbour.origin);
      await page.frameLocator('iframe').locator('#framed').waitFor();
    });
  });
});

describe('a page of ours runs no script but its own', () => {
  /** What the page's policy says of an element that an attacker slipped in; the element tries to say `ran`. */
  async function injected(page, markup) {
    await watchPolicy(page);
    await page.evaluate((slipped) => {
      const template = document.createElement('template');
      template.innerHTML = slipped;
      for (const old of template.content.querySelectorAll('script')) {
        // A script that was parsed into a template never runs; one that is made does.
        const made = document.createElement('script');
        for (const { name, value } of old.attributes) made.setAttribute(name, value);
        made.textContent = old.textContent;
        old.replaceWith(made);
      }
      document.body.append(template.content);
    }, markup);
    return { directive: await violated(page), ran: await page.evaluate(() => globalThis.ran ?? false) };
  }

  /** Keeps the directive of the first violation of the page's policy, for `violated` to wait for. */
  function watchPolicy(page) {
    return page.evaluate(() => {
      const keep = (event) => (globalThis.violated = event.effectiveDirective);
      document.addEventListener('securitypolicyviolation', keep, { once: true });
    });
  }

  async function violated(page) {
    return (await page.waitForFunction(() => globalThis.violated)).jsonValue();
  }

  const SCRIPT = 'globalThis.ran = true';
  const ATTACKS = [
    ['an inline script', () => `<script>${SCRIPT}</script>`, 'script-src-elem'],
    ['an event handler', () => `<img src="data:," onerror="${SCRIPT}" alt="">`, 'script-src-attr'],
    ['a script from elsewhere', () => `<script src="${stranger.url('/script.js')}"></script>`, 'script-src-elem'],
    ['a style from elsewhere', () => `<link rel="stylesheet" href="${stranger.url('/style.css')}">`, 'style-src-elem'],
    ['an inline style', () => '<style>body { display: none }</style>', 'style-src-elem'],
    ['a picture from elsewhere', () => `<img src="${stranger.url('/picture')}" alt="">`, 'img-src'],
    ['a frame from elsewhere', () => `<iframe src="${stranger.url('/frame')}"></iframe>`, 'frame-src'],
    ['a plug-in', () => `<object data="${stranger.url('/object')}"></object>`, 'object-src'],
    ['another base', () => `<base href="${stranger.origin}/">`, 'base-uri'],
  ];
  for (const [name, markup, directive] of ATTACKS) {
    test(name, async () => {
      const before = stranger.asked.length;
      await inPage(async (page) => {
        await page.goto(vestibule.url('/sign-in'));
        assert.deepEqual(await injected(page, markup()), { directive, ran: false });
      });
      assert.equal(stranger.asked.length, before, 'nothing is asked of the stranger');
    });
  }

  test('a form that leads elsewhere is not sent', async () => {
    await inPage(async (page) => {
      await page.goto(vestibule.url('/sign-in'));
      await page.evaluate((action) => (document.querySelector('form').action = action), stranger.url('/phish'));
      await page.fill('input#identifier', person.email);
      await watchPolicy(page);
      await page.click('#continue', { noWaitAfter: true });
      assert.equal(await violated(page), 'form-action');
      assert.equal(stranger.at('/phish').length, 0);
    });
  });

  test('text that is made into a program', async () => {
    await inPage(async (page) => {
      await page.goto(vestibule.url('/sign-in'));
      // The page's own world, where its policy is in force: a handler that the page itself calls.
      const refused = await page.evaluate(
        () =>
          new Promise((resolve) => {
            addEventListener('message', () => {
              try {
                resolve(`ran: ${new Function('return 1')()}`);
              } catch (error) {
                resolve(error.name);
              }
            });
            postMessage('now');
          }),
      );
      assert.equal(refused, 'EvalError');
    });
  });
});

describe('nothing is taken for a script that does not say it is one', () => {
  /** Loads a document as a script on a page of its own origin; whether the browser took it for one. */
  async function isTaken(page, src) {
    return page.evaluate(
      (address) =>
        new Promise((resolve) => {
          const made = Object.assign(document.createElement('script'), { src: address });
          made.onload = () => resolve(true);
          made.onerror = () => resolve(false);
          document.head.append(made);
        }),
      src,
    );
  }

  for (const path of ['/.well-known/openid-configuration', '/oauth/jwks', '/sign-up', '/dev/inbox.json']) {
    test(path, async () => {
      await inPage(async (page) => {
        await page.goto(vestibule.url('/sign-in'));
        assert.equal(await isTaken(page, vestibule.url(path)), false);
      });
    });
  }

  test('which others are taken for', async () => {
    await inPage(async (page) => {
      neighbour.pages['/'] = html('<p>Neighbour</p>');
      neighbour.pages['/data.json'] = json({});
      await page.goto(neighbour.origin);
      assert.equal(await isTaken(page, neighbour.url('/data.json')), true);
    });
  });
});

test('a window that opened our page, or that our page opened, has no hold of it', async () => {
  await inPage(async (page) => {
    stranger.pages['/'] = html(`<a id="open" href="${vestibule.url('/sign-in')}" target="ours" rel="opener">Open</a>`);
    await page.goto(stranger.origin);
    const opened = page.waitForEvent('popup');
    await page.click('#open');
    const ours = await opened;
    await ours.waitForSelector('input#identifier');
    assert.equal(await ours.evaluate(() => globalThis.opener), null);
  });
});

test('no device of the machine is offered to a page of ours', async () => {
  await inPage(async (page) => {
    await page.goto(vestibule.url('/sign-in'));
    const allowed = await page.evaluate(() =>
      ['camera', 'microphone', 'geolocation', 'usb', 'payment'].filter((feature) => document.featurePolicy.allowsFeature(feature)),
    );
    assert.deepEqual(allowed, []);
  });
});

test('an address of ours is not told to anybody', async () => {
  await inPage(async (page) => {
    await page.goto(vestibule.url('/sign-in'));
    await page.evaluate((href) => {
      const link = Object.assign(document.createElement('a'), { href, id: 'elsewhere', textContent: 'Elsewhere' });
      document.body.append(link);
    }, stranger.url('/elsewhere'));
    stranger.pages['/elsewhere'] = html('<p id="elsewhere">Elsewhere</p>');
    await page.click('#elsewhere');
    await page.waitForURL(stranger.url('/elsewhere'));
    assert.equal(stranger.at('/elsewhere').at(-1).headers.referer, undefined);
  });
});

test('nothing of an account is shown after signing out, not even by the way back', async () => {
  await inPage(async (page) => {
    await signIn(page);
    await page.goto(vestibule.url('/account'));
    await page.click('#sign-out');
    await page.waitForSelector('#sign-out', { state: 'detached' });
    await page.goBack();
    await page.waitForSelector('input#identifier');
    assert.ok(!(await page.content()).includes(person.email), 'the page is asked for again, not kept');
  });
});
