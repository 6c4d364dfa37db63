// Where a press of a button of ours leads in the end. Chromium holds every redirect after a submit to `form-action` of the page with the
// form, so an application whose callback redirects on, to whatever origin, must still be reached.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { launch, Window } from './lib/browser.mjs';
import { Person } from './lib/person.mjs';
import { html, redirect, Site } from './lib/site.mjs';
import { Vestibule } from './lib/vestibule.mjs';

const CUSTOM_SCHEME = 'com.example.app:/callback';

let vestibule;
let application;
let elsewhere;
let app;
let native;
let browser;
let person;

before(async () => {
  vestibule = await Vestibule.start();
  application = await Site.start();
  elsewhere = await Site.start({ host: 'elsewhere.localhost' });
  application.pages['/callback'] = redirect(elsewhere.url('/home'));
  application.pages['/signed-out'] = redirect(elsewhere.url('/left'));
  elsewhere.pages['/home'] = html('<p id="home">Home</p>');
  elsewhere.pages['/left'] = html('<p id="left">Left</p>');
  app = await vestibule.createApp({
    name: 'Redirects on',
    redirectUris: [application.url('/callback')],
    postLogoutRedirectUris: [application.url('/signed-out')],
  });
  native = await vestibule.createApp({ name: 'Native', redirectUris: [CUSTOM_SCHEME], isPublic: true });
  browser = await launch();
  person = new Person(vestibule);
  await person.signUp();
});

after(async () => {
  await browser?.close();
  await application?.stop();
  await elsewhere?.stop();
  await vestibule?.stop();
});

function authorization(client, redirectUri, more = {}) {
  const params = new URLSearchParams({
    response_type: 'code',
    client_id: client.client_id,
    redirect_uri: redirectUri,
    scope: 'openid email',
    state: 'kept',
    nonce: 'once',
    // RFC 7636 appendix B
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    ...more,
  });
  return vestibule.url(`/oauth/authorize?${params}`);
}

async function signIn(page) {
  await page.fill('input#identifier', person.email);
  await page.click('#continue');
  await page.waitForSelector('#password');
  await page.fill('#password', person.password);
  await page.click('#continue');
}

/** The latest answer that arrived at the application. */
function arrived() {
  const { method, params, form } = application.at('/callback').at(-1);
  const answer = method === 'POST' ? form : params;
  vestibule.secret(answer.get('code'));
  return { method, answer };
}

for (const javaScript of [true, false]) {
  describe(javaScript ? 'with scripts' : 'without scripts', () => {
    async function inWindow(work) {
      const origins = [vestibule.issuer, application.origin, elsewhere.origin, new URL(CUSTOM_SCHEME).origin];
      const window = await Window.open(browser, { origins, javaScript });
      try {
        await work(window, window.page);
        window.assertFlawless();
        for (const cookie of await window.cookies()) if (cookie.length >= 16) vestibule.secret(cookie);
      } finally {
        await window.close();
      }
    }

    test('consent leads on through the application', async () => {
      await inWindow(async (window, page) => {
        await page.goto(authorization(app, application.url('/callback'), { prompt: 'consent' }));
        await signIn(page);
        await page.click('#allow');
        await page.waitForSelector('#home');
        assert.ok(arrived().answer.get('code'));

        await page.goto(authorization(app, application.url('/callback'), { prompt: 'consent' }));
        await page.click('#deny');
        await page.waitForSelector('#home');
        assert.equal(arrived().answer.get('error'), 'access_denied');
      });
    });

    test('a password leads on through an application that needs no consent', async () => {
      await inWindow(async (window, page) => {
        await page.goto(authorization(app, application.url('/callback')));
        await signIn(page);
        await page.waitForSelector('#home');
        const { answer } = arrived();
        assert.ok(answer.get('code'));
        assert.equal(answer.get('state'), 'kept');
      });
    });

    test('a mailed code leads a new person on through the application', async () => {
      const newcomer = new Person(vestibule, { firstName: javaScript ? 'Radia' : 'Frances', lastName: 'Newcomer' });
      await inWindow(async (window, page) => {
        await page.goto(authorization(app, application.url('/callback')));
        await page.click('a[href^="/sign-up"]');
        await page.waitForSelector('#first_name');
        await window.fill({
          '#first_name': newcomer.firstName,
          '#last_name': newcomer.lastName,
          '#email': newcomer.email,
          '#password': newcomer.password,
        });
        await window.press('#continue', '#code');
        await page.fill('#code', await vestibule.code(newcomer.email));
        if (!javaScript) await page.click('#verify');
        await page.waitForSelector('#allow');
        await page.click('#allow');
        await page.waitForSelector('#home');
      });
    });

    test('an answer by form post leads on through the application', async () => {
      await inWindow(async (window, page) => {
        await page.goto(authorization(app, application.url('/callback'), { response_mode: 'form_post', prompt: 'consent' }));
        await signIn(page);
        await page.click('#allow');
        if (!javaScript) await page.click('#onward');
        await page.waitForSelector('#home');
        const { method, answer } = arrived();
        assert.equal(method, 'POST');
        assert.ok(answer.get('code'));
        assert.equal(answer.get('state'), 'kept');
        assert.equal(answer.get('iss'), vestibule.issuer);

        await page.goto(authorization(app, application.url('/callback'), { response_mode: 'form_post', prompt: 'consent' }));
        await page.click('#deny');
        if (!javaScript) await page.click('#onward');
        await page.waitForSelector('#home');
        assert.equal(arrived().answer.get('error'), 'access_denied');
      });
    });

    test('signing out leads on through the application', async () => {
      await inWindow(async (window, page) => {
        await page.goto(vestibule.url('/sign-in'));
        await signIn(page);
        await page.waitForSelector('#sign-out');
        const params = new URLSearchParams({
          client_id: app.client_id,
          post_logout_redirect_uri: application.url('/signed-out'),
          state: 'kept',
        });
        await page.goto(vestibule.url(`/oauth/logout?${params}`));
        await page.click('#sign-out');
        await page.waitForSelector('#left');
        assert.equal(application.at('/signed-out').at(-1).params.get('state'), 'kept');
      });
    });

    test('a native application is reached by its own scheme', async () => {
      await inWindow(async (window, page) => {
        const reached = page.waitForEvent('request', (request) => request.url().startsWith(CUSTOM_SCHEME));
        await page.goto(authorization(native, CUSTOM_SCHEME));
        await signIn(page);
        await page.click('#allow', { noWaitAfter: true });
        const { searchParams } = new URL((await reached).url());
        assert.ok(vestibule.secret(searchParams.get('code')));
        assert.equal(searchParams.get('state'), 'kept');
      });
    });
  });
}

test('no secret of all this is in the log', async () => {
  await vestibule.stop();
  vestibule.assertDiscreet(10);
});
