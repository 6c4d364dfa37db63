//! The provider on a real database: SQLite, and PostgreSQL where `VESTIBULE_TEST_POSTGRES_URL` names a server.

mod access_tokens;
mod applications;
mod basis;
mod client_auth;
mod consent;
mod grants;
mod http;
mod introspection;
mod logout;
mod machines;
mod memory;
mod redeem;
mod refresh;
mod requests;
mod revocation;
mod userinfo;
mod world;

use std::collections::HashMap;
use std::sync::Mutex;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use url::Url;
use url::form_urlencoded::Serializer;

use self::world::World;
use super::presented_token::PresentedToken;
use super::*;
use crate::kernel::clock::Timestamp;
use crate::kernel::digest::sha256;
use crate::kernel::event::Actor;
use crate::kernel::id::{DeviceId, SessionId, UserId};
use crate::kernel::rng::Rng;
use crate::kernel::token::{PlainToken, TokenHash};
use crate::keys::Algorithm;
use crate::platform::http::Params;
use crate::session::{Proof, Session, Strategy};

const ISSUER: &str = "http://localhost:4000";
const CALLBACK: &str = "https://notes.example/cb?fixed=1";
const SIGNED_OUT: &str = "https://notes.example/out";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// An application with its secret in plain.
struct App {
    application: Application,
    secret: Option<String>,
}

/// A browser with its device cookie.
struct Device {
    secret: Mutex<PlainToken>,
    is_known: bool,
}

impl Device {
    /// What it is known by.
    fn hash(&self) -> TokenHash {
        self.secret.lock().expect("no test panicked").hash()
    }

    /// Takes the secret that it is given.
    fn take(&self, secret: PlainToken) {
        *self.secret.lock().expect("no test panicked") = secret;
    }

    /// Goes where a logout sends it, with the secret that it is given.
    fn follow(&self, out: LoggedOut) -> Step {
        out.device_secret.into_iter().for_each(|secret| self.take(secret));
        out.step
    }

    fn browser(&self) -> Browser<'_> {
        Browser {
            secret: self.hash(),
            is_known: self.is_known,
            user_agent: Some("test"),
            limit_key: "192.0.2.1",
        }
    }
}

/// A session of somebody who proved it then, for the tests of rules.
pub(in crate::oidc) fn session(rng: &Rng, proven_at: Timestamp) -> Session {
    Session {
        id: SessionId::draw(proven_at, rng),
        device_id: DeviceId::draw(proven_at, rng),
        user_id: UserId::draw(proven_at, rng),
        created_at: Timestamp::from_secs(0),
        ip: None,
        last_active_at: proven_at,
        idle_expires_at: proven_at,
        expires_at: proven_at,
        proofs: vec![Proof {
            strategy: Strategy::Password,
            identification_id: None,
            proven_at,
        }],
    }
}

fn notes() -> Registration {
    Registration {
        post_logout_redirect_uris: vec![SIGNED_OUT.to_owned()],
        ..Registration::new("Notes", vec![CALLBACK.to_owned()])
    }
}

/// An application that acts on its own.
fn robot() -> Registration {
    Registration {
        grant_types: GrantTypes::of([GrantType::ClientCredentials]),
        scopes: ScopeTokens::parse("openid jobs:read jobs:write").expect("scopes"),
        ..Registration::new("Robot", Vec::new())
    }
}

/// With access tokens that are JWTs.
fn readable(registration: Registration) -> Registration {
    Registration {
        access_token_format: AccessTokenFormat::Jwt,
        access_token_algorithm: Algorithm::Es256,
        ..registration
    }
}

fn encode(pairs: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(pairs).finish()
}

fn params(query: &str) -> RequestParams {
    RequestParams::parse(query.as_bytes()).expect("parameters")
}

/// A request with everything that is demanded; `more` replaces parts of it.
fn query(app: &App, more: &[(&str, &str)]) -> String {
    let challenge = URL_SAFE_NO_PAD.encode(sha256(VERIFIER.as_bytes()));
    let mut pairs = vec![
        ("response_type", "code"),
        ("client_id", app.application.client_id.as_str()),
        ("redirect_uri", CALLBACK),
        ("scope", "openid email"),
        ("state", "as it was & is"),
        ("nonce", "n-0S6"),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    pairs.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    pairs.extend(more.iter().filter(|(_, value)| !value.is_empty()));
    encode(&pairs)
}

fn redemption(code: &str) -> [(&str, &str); 4] {
    [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ]
}

/// The parameters of an answer to the client.
#[track_caller]
fn answer(step: Step) -> HashMap<String, String> {
    let Step::ToClient(url) = step else {
        panic!("not to the client: {step:?}");
    };
    assert!(url.starts_with(CALLBACK), "{url}");
    Url::parse(&url).expect("a URL").query_pairs().into_owned().collect()
}

#[track_caller]
fn error_of(step: Result<Step, PageError>) -> String {
    answer(step.expect("a step")).get("error").expect("an error").clone()
}

/// The handle that a page is opened with.
#[track_caller]
fn handle(step: Step, page: &str) -> String {
    let Step::ToPage(path) = step else {
        panic!("not to a page: {step:?}");
    };
    let url = Url::parse(ISSUER).expect("a URL").join(&path).expect("a path");
    assert_eq!(url.path(), page);
    let (_, handle) = url
        .query_pairs()
        .find(|(name, _)| name == "continue")
        .expect("a handle");
    handle.into_owned()
}

fn text(json: &Value, name: &str) -> String {
    json[name].as_str().expect(name).to_owned()
}

/// The claims of an ID token, unchecked.
fn claims(tokens: &Value) -> Value {
    let token = text(tokens, "id_token");
    let part = token.split('.').nth(1).expect("claims");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
}
