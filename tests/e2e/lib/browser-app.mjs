// The browser application of `browser-app/`, served from an origin of its own, and a person's clicks in it.

import { file, json, Site } from './site.mjs';

const LIBRARY = 'node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js';

/** Registers the application as a public client, and serves it; `settings` are the library's. */
export async function startBrowserApp(vestibule, settings = {}) {
  const site = await Site.start();
  const app = await vestibule.createApp({
    name: 'Browser application',
    redirectUris: ['/callback', '/popup', '/silent'].map((path) => site.url(path)),
    postLogoutRedirectUris: [site.url('/signed-out')],
    isPublic: true,
  });
  // What such an application must allow itself: the provider's answers, its frame, and nothing else from elsewhere.
  const page = await file('browser-app/index.html', {
    'content-security-policy': `default-src 'self'; connect-src 'self' ${vestibule.issuer}; frame-src 'self' ${vestibule.issuer}`,
  });
  site.pages['/oidc-client-ts.js'] = await file(LIBRARY);
  site.pages['/app.js'] = await file('browser-app/app.js');
  site.pages['/settings.json'] = json({
    settings: { authority: vestibule.issuer, client_id: app.client_id, scope: 'openid profile email', ...settings },
  });
  for (const path of ['/', '/callback', '/popup', '/silent', '/signed-out']) site.pages[path] = page;
  return site;
}

/** What the application shows once it is done with `name`. */
export async function shown(page, name) {
  await page.waitForSelector(`#result[data-done="${name}"]`, { state: 'attached' });
  return JSON.parse(await page.textContent('#result'));
}

/** Presses one of the application's buttons, and reads what it shows afterwards. */
export async function act(page, name) {
  await page.evaluate(() => delete document.querySelector('#result').dataset.done);
  await page.click(`#${name}`);
  return shown(page, name);
}
