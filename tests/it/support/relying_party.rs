//! A relying party without a library, so that a test can break one rule at a time.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use vestibule::kernel::digest::sha256;
use vestibule::kernel::event::Actor;
use vestibule::oidc::{AuthMethod, Registration};

use super::{Browser, Page, TestServer};

/// A PKCE verifier (RFC 7636 section 4.1).
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub const CALLBACK: &str = "https://app.example/cb";
pub const AFTER_LOGOUT: &str = "https://app.example/bye";

/// An application that is registered.
pub struct RelyingParty {
    pub client_id: String,
    pub secret: Option<String>,
}

impl RelyingParty {
    /// A confidential one.
    pub async fn register(server: &TestServer) -> Self {
        Self::register_as(server, false).await
    }

    pub async fn register_as(server: &TestServer, public: bool) -> Self {
        Self::register_with(server, |new| {
            if public {
                new.authentication = AuthMethod::None;
            }
        })
        .await
    }

    /// One of which `change` registers something else than is usual.
    pub async fn register_with(server: &TestServer, change: impl FnOnce(&mut Registration)) -> Self {
        let mut new = Registration::new("Acme Notes", vec![CALLBACK.to_owned()]);
        change(&mut new);
        new.post_logout_redirect_uris = vec![AFTER_LOGOUT.to_owned()];
        let created = server
            .app
            .applications
            .create(new, Actor::Operator)
            .await
            .expect("registers");
        Self {
            client_id: created.application.client_id.clone(),
            secret: created.client_secret.map(|secret| secret.expose().to_owned()),
        }
    }

    /// An authorization request with some parameters changed; an empty value leaves one out.
    pub fn authorize(&self, changes: &[(&str, &str)]) -> String {
        let challenge = URL_SAFE_NO_PAD.encode(sha256(VERIFIER.as_bytes()));
        let mut params = vec![
            ("response_type", "code"),
            ("client_id", self.client_id.as_str()),
            ("redirect_uri", CALLBACK),
            ("scope", "openid profile email"),
            ("state", "st4te"),
            ("nonce", "n0nce"),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ];
        for change in changes {
            params.retain(|(name, _)| name != &change.0);
            if !change.1.is_empty() {
                params.push(*change);
            }
        }
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(params)
            .finish();
        format!("/oauth/authorize?{query}")
    }

    /// Asks for a code as a person who is signed in, and allows what is asked; the parameters of the answer.
    pub async fn ask(&self, browser: &mut Browser, changes: &[(&str, &str)]) -> Vec<(String, String)> {
        let (at, page) = browser.follow(&self.authorize(changes)).await;
        if let Some(location) = page.location() {
            return answer(location);
        }
        assert!(at.contains("/consent?"), "{at}: {}", page.body);
        let allowed = browser.submit_shown(&page, "/consent", &[("decision", "allow")]).await;
        answer(allowed.location().expect("a redirect"))
    }

    /// The same, down to the code.
    pub async fn code(&self, browser: &mut Browser, changes: &[(&str, &str)]) -> String {
        let answer = self.ask(browser, changes).await;
        value(&answer, "code").unwrap_or_else(|| panic!("no code: {answer:?}"))
    }

    /// POSTs to the token endpoint with client_secret_basic, or as a public client.
    pub async fn token(&self, browser: &mut Browser, fields: &[(&str, &str)]) -> Page {
        let request = self.token_request(browser, fields);
        browser.send(request).await
    }

    /// The same, not yet sent.
    pub fn token_request(&self, browser: &Browser, fields: &[(&str, &str)]) -> RequestBuilder {
        let mut fields = fields.to_vec();
        let mut request = browser.request(Method::POST, "/oauth/token");
        match &self.secret {
            Some(secret) => {
                let basic = STANDARD.encode(format!("{}:{secret}", self.client_id));
                request = request.header("authorization", format!("Basic {basic}"));
            }
            None => fields.push(("client_id", &self.client_id)),
        }
        request.form(&fields)
    }

    /// Redeems a code.
    pub async fn redeem(&self, browser: &mut Browser, code: &str) -> Page {
        self.token(browser, &redemption(code)).await
    }

    /// Uses a refresh token.
    pub async fn refresh(&self, browser: &mut Browser, token: &str) -> Page {
        self.token(browser, &[("grant_type", "refresh_token"), ("refresh_token", token)])
            .await
    }

    /// Tokens for a person who is signed in.
    pub async fn tokens(&self, browser: &mut Browser, changes: &[(&str, &str)]) -> Value {
        let code = self.code(browser, changes).await;
        let page = self.redeem(browser, &code).await;
        assert_eq!(page.status, 200, "{}", page.body);
        page.json()
    }

    /// GET userinfo.
    pub async fn userinfo(&self, browser: &mut Browser, access_token: &str) -> Page {
        let request = browser
            .request(Method::GET, "/oauth/userinfo")
            .header("authorization", format!("Bearer {access_token}"));
        browser.send(request).await
    }
}

/// What redeems a code that [`RelyingParty::authorize`] asked for.
pub fn redemption(code: &str) -> [(&str, &str); 4] {
    [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ]
}

/// The parameters of an answer to the callback.
pub fn answer(location: &str) -> Vec<(String, String)> {
    assert!(location.starts_with(CALLBACK), "not to the client: {location}");
    let url = url::Url::parse(location).expect("a URL");
    url.query_pairs().into_owned().collect()
}

/// One parameter of an answer.
pub fn value(answer: &[(String, String)], name: &str) -> Option<String> {
    answer
        .iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.clone())
}

/// The claims of a JWT, unverified.
pub fn claims(token: &str) -> Value {
    part(token, 1)
}

/// The header of a JWT.
pub fn header(token: &str) -> Value {
    part(token, 0)
}

fn part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).expect("a JWT");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
}
