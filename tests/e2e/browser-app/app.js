// An application without a server of its own: oidc-client-ts does the protocol, this file only presses its buttons.

const { UserManager, WebStorageStateStore } = globalThis.oidc;
const here = location.origin;
const { settings } = await (await fetch('/settings.json')).json();
const manager = new UserManager({
  redirect_uri: `${here}/callback`,
  popup_redirect_uri: `${here}/popup`,
  silent_redirect_uri: `${here}/silent`,
  post_logout_redirect_uri: `${here}/signed-out`,
  loadUserInfo: true,
  automaticSilentRenew: false,
  silentRequestTimeoutInSeconds: 10,
  userStore: new WebStorageStateStore({ store: sessionStorage }),
  ...settings,
});

/** Shows what came of something: `{ done }` with what is known of the person, or with an error's name. */
function show(done, user, more = {}) {
  const { access_token, refresh_token, id_token, profile, scope } = user ?? {};
  const result = document.querySelector('#result');
  result.textContent = JSON.stringify({ access_token, refresh_token, id_token, profile, scope, ...more });
  result.dataset.done = done;
}

async function act(name, work) {
  try {
    await work();
  } catch (error) {
    show(name, undefined, { error: error.error ?? error.name, message: error.message });
  }
}

/** How the userinfo endpoint answers a token. */
async function userinfo() {
  const user = await manager.getUser();
  const { userinfo_endpoint } = await manager.metadataService.getMetadata();
  const answer = await fetch(userinfo_endpoint, { headers: { authorization: `Bearer ${user.access_token}` } });
  show('userinfo', user, {
    status: answer.status,
    challenge: answer.headers.get('www-authenticate'),
    claims: answer.ok ? await answer.json() : null,
  });
}

const actions = {
  'sign-in': () => manager.signinRedirect(),
  'sign-in-popup': async () => show('sign-in-popup', await manager.signinPopup()),
  'sign-in-frame': async () => show('sign-in-frame', await manager.signinSilent({ forceIframeAuth: true })),
  renew: async () => show('renew', await manager.signinSilent()),
  userinfo,
  revoke: async () => {
    const before = await manager.getUser();
    await manager.revokeTokens(['access_token', 'refresh_token']);
    show('revoke', before);
  },
  'sign-out': () => manager.signoutRedirect({ state: 'as it was' }),
};
for (const [id, action] of Object.entries(actions)) {
  document.querySelector(`#${id}`).addEventListener('click', () => act(id, action));
}

const arrivals = {
  '/callback': async () => show('callback', await manager.signinCallback()),
  '/popup': () => manager.signinPopupCallback(),
  '/silent': () => manager.signinSilentCallback(),
  '/signed-out': async () => {
    const { userState } = await manager.signoutCallback();
    show('signed-out', undefined, { state: userState });
  },
};
manager.events.addUserLoaded((user) => {
  if (settings.automaticSilentRenew) document.body.dataset.accessToken = user.access_token;
});
const arrival = arrivals[location.pathname] ?? (async () => show('ready', await manager.getUser()));
await act('arrival', arrival);
