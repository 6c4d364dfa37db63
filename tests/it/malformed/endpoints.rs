//! Every address that answers, with a request to it that is as it should be.

use crate::support::{AFTER_LOGOUT, CALLBACK, VERIFIER};

/// In which format an address refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    /// A page.
    Page,
    /// RFC 6749 section 5.2, RFC 6750 section 3.
    OAuth,
    /// The errors of the Backend API, which is asked with a secret key.
    Backend,
    /// Plain text: what orchestrators and browsers fetch by themselves.
    Plain,
}

/// Where an address looks for parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    Nothing,
    Query,
    Form,
    /// The parameters are then JSON.
    Json,
}

/// A method of an address.
#[derive(Clone, Debug)]
pub struct Endpoint {
    pub method: &'static str,
    pub path: &'static str,
    pub surface: Surface,
    pub reads: Reads,
    pub params: Vec<(&'static str, String)>,
}

/// What is valid at the time: ids and secrets of what was set up.
pub struct Known {
    pub client_id: String,
    pub client_secret: String,
    pub csrf: String,
    pub challenge: String,
    /// The path of an application of the Backend API, for requests to change.
    pub application: &'static str,
}

impl Endpoint {
    fn new(method: &'static str, path: &'static str, surface: Surface, reads: Reads) -> Self {
        Self {
            method,
            path,
            surface,
            reads,
            params: Vec::new(),
        }
    }

    fn with(mut self, params: &[(&'static str, &str)]) -> Self {
        self.params = params
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect();
        self
    }
}

/// The table.
pub fn all(known: &Known) -> Vec<Endpoint> {
    let mut all = documents();
    all.extend(protocol(known));
    all.extend(pages(known));
    all.extend(backend(known));
    all
}

fn backend(known: &Known) -> Vec<Endpoint> {
    let get = |path| Endpoint::new("GET", path, Surface::Backend, Reads::Query);
    let send = |method, path| Endpoint::new(method, path, Surface::Backend, Reads::Json);
    // below one that is not there: what is deleted is deleted once
    let delete = |path| Endpoint::new("DELETE", path, Surface::Backend, Reads::Nothing);
    let below = |path: &str| -> &'static str { Box::leak(format!("{}/{path}", known.application).into_boxed_str()) };
    let part = [("limit", "5"), ("offset", "0")];
    let application = [
        ("name", "\"Jottings\""),
        ("redirect_uris", "[\"https://app.example/cb\"]"),
        ("scopes", "\"profile email\""),
        ("consent_screen_enabled", "true"),
        ("pkce_required", "true"),
        ("profile", "\"oauth2.1\""),
        ("public", "false"),
    ];
    let ordered = [("order_by", "-name"), ("name_query", "o")];
    let filter = [("user_id", ""), ("oauth_application_id", "")];
    let token = [("token", "\"oat_none\"")];
    let verified = [("access_token", "\"oat_none\""), ("secret", "")];
    vec![
        get("/api/v1/oauth_applications").with(&[&part[..], &ordered].concat()),
        send("POST", "/api/v1/oauth_applications").with(&application),
        Endpoint::new("GET", known.application, Surface::Backend, Reads::Nothing),
        send("PATCH", known.application).with(&application),
        delete("/api/v1/oauth_applications/oauthapp_000000000000000000000000000"),
        send("POST", below("rotate_secret")).with(&[("overlap_seconds", "0")]),
        send("POST", below("revoke_token")).with(&token),
        send("POST", "/api/v1/oauth_applications/access_tokens/verify").with(&verified),
        send("POST", "/api/oauth_applications/access_tokens/verify").with(&verified),
        get("/api/v1/oauth_grants").with(&[&part[..], &filter].concat()),
        delete("/api/v1/oauth_grants/grant_000000000000000000000000000"),
        Endpoint::new("GET", "/api/v1/nowhere", Surface::Backend, Reads::Nothing),
    ]
}

fn documents() -> Vec<Endpoint> {
    let of = |path, surface| Endpoint::new("GET", path, surface, Reads::Nothing);
    vec![
        of("/.well-known/openid-configuration", Surface::OAuth),
        of("/.well-known/oauth-authorization-server", Surface::OAuth),
        of("/oauth/jwks", Surface::OAuth),
        of("/livez", Surface::Plain),
        of("/readyz", Surface::Plain),
        of("/assets/none.css", Surface::Page),
        of("/favicon.ico", Surface::Page),
        of("/", Surface::Page),
        of("/signed-out", Surface::Page),
        of("/nowhere/at/all", Surface::Page),
        of("/dev/inbox", Surface::Page),
        of("/dev/inbox.json", Surface::Page),
        of("/dev/inbox/none", Surface::Page),
    ]
}

fn protocol(known: &Known) -> Vec<Endpoint> {
    let authorization = [
        ("response_type", "code"),
        ("client_id", known.client_id.as_str()),
        ("redirect_uri", CALLBACK),
        ("scope", "openid email"),
        ("state", "st4te"),
        ("nonce", "n0nce"),
        ("code_challenge", known.challenge.as_str()),
        ("code_challenge_method", "S256"),
        ("response_mode", "query"),
        ("prompt", "none"),
        ("max_age", "1000"),
        ("display", "page"),
        ("ui_locales", "en"),
        ("claims_locales", "en"),
        ("acr_values", "none"),
        ("login_hint", "ada@example.com"),
        ("id_token_hint", ""),
        ("claims", "{}"),
        ("request", ""),
        ("request_uri", ""),
        ("registration", ""),
    ];
    let logout = [
        ("id_token_hint", ""),
        ("client_id", known.client_id.as_str()),
        ("post_logout_redirect_uri", AFTER_LOGOUT),
        ("state", "st4te"),
        ("logout_hint", ""),
        ("ui_locales", "en"),
    ];
    let client = [
        ("client_id", known.client_id.as_str()),
        ("client_secret", known.client_secret.as_str()),
    ];
    let token = [
        ("grant_type", "authorization_code"),
        ("code", "none"),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
        ("scope", ""),
        ("refresh_token", ""),
        ("client_assertion", ""),
        ("client_assertion_type", ""),
    ];
    let shown = [("token", "oat_none"), ("token_type_hint", "access_token")];
    let asked = |path| Endpoint::new("GET", path, Surface::Page, Reads::Query);
    let posted = |path, surface| Endpoint::new("POST", path, surface, Reads::Form);
    vec![
        asked("/oauth/authorize").with(&authorization),
        posted("/oauth/authorize", Surface::Page).with(&authorization),
        asked("/oauth/authorize/resume").with(&[("continue", "none")]),
        asked("/oauth/logout").with(&logout),
        posted("/oauth/logout", Surface::Page).with(&logout),
        asked("/oauth/logout/resume").with(&[("continue", "none")]),
        posted("/oauth/token", Surface::OAuth).with(&[&client[..], &token].concat()),
        Endpoint::new("GET", "/oauth/userinfo", Surface::OAuth, Reads::Query).with(&[("access_token", "")]),
        posted("/oauth/introspect", Surface::OAuth).with(&[&client[..], &shown].concat()),
        posted("/oauth/token_info", Surface::OAuth).with(&[&client[..], &shown].concat()),
        posted("/oauth/revoke", Surface::OAuth).with(&[&client[..], &shown].concat()),
        posted("/oauth/token/revoke", Surface::OAuth).with(&[&client[..], &shown].concat()),
        // the body counts only where it is a form, for a token in the header needs none
        posted("/oauth/userinfo", Surface::OAuth).with(&[("access_token", "oat_none")]),
    ]
}

fn pages(known: &Known) -> Vec<Endpoint> {
    let csrf = ("csrf", known.csrf.as_str());
    let show =
        |path, params: &[(&'static str, &str)]| Endpoint::new("GET", path, Surface::Page, Reads::Query).with(params);
    let submit = |path, params: &[(&'static str, &str)]| {
        let params = [&[csrf], params].concat();
        Endpoint::new("POST", path, Surface::Page, Reads::Form).with(&params)
    };
    let handle = ("continue", "none");
    let attempt = ("attempt", "sia_000000000000000000000000000");
    vec![
        show("/sign-in", &[handle, ("expired", "1"), ("switch", "1")]),
        submit("/sign-in", &[handle, ("identifier", "ada@example.com")]),
        show("/sign-in/password", &[attempt]),
        submit("/sign-in/password", &[attempt, ("password", "wrong")]),
        show("/sign-up", &[handle]),
        submit(
            "/sign-up",
            &[
                handle,
                ("first_name", "A"),
                ("last_name", "B"),
                ("email", "b@example.com"),
                ("password", "short"),
            ],
        ),
        show("/sign-up/verify", &[attempt, ("notice", "sent")]),
        submit("/sign-up/verify", &[attempt, ("code", "000000")]),
        submit("/sign-up/verify/resend", &[attempt]),
        show("/choose-account", &[handle]),
        submit(
            "/choose-account",
            &[handle, ("session", "sess_000000000000000000000000000")],
        ),
        show("/consent", &[handle]),
        submit(
            "/consent",
            &[
                handle,
                ("session", "sess_000000000000000000000000000"),
                ("decision", "allow"),
            ],
        ),
        show("/account", &[("saved", "1")]),
        submit("/account", &[("first_name", "Ada"), ("last_name", "L")]),
        show(
            "/account/applications",
            &[("after", "oauthapp_000000000000000000000000000")],
        ),
        submit(
            "/account/applications",
            &[("application", "oauthapp_000000000000000000000000000")],
        ),
        // without the token, or it would sign out whoever asks
        Endpoint::new("POST", "/sign-out", Surface::Page, Reads::Form),
        show("/oauth/logout/confirm", &[handle]),
        submit("/oauth/logout/confirm", &[handle, ("decision", "stay")]),
    ]
}
