//! A provider that is measured, whichever it is: where its endpoints are, who may ask, and how somebody is signed in there.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::Failure;
use crate::browser::{Browser, Stop};
use crate::http::{Connection, Request, encode, parameter};
use crate::process::Process;

/// Where every client's answers go; nobody listens there.
pub const REDIRECT_URI: &str = "https://app.example/callback";

/// 43 to 128 unreserved characters (RFC 7636 section 4.1).
const VERIFIER: &str = "a-code-verifier-that-is-long-enough-for-the-standard";

/// A client of the provider.
#[derive(Clone)]
pub struct Client {
    /// Its client id.
    pub id: String,
    /// The value of `Authorization` (RFC 6749 section 2.3.1).
    pub basic: String,
}

impl Client {
    /// A client; neither part needs encoding.
    pub fn new(id: &str, secret: &str) -> Self {
        Self {
            id: id.to_owned(),
            basic: format!("Basic {}", STANDARD.encode(format!("{id}:{secret}"))),
        }
    }
}

/// The clients of a provider. Whoever can't have one says why.
pub struct Clients {
    /// ID tokens signed with ES256, opaque access tokens.
    pub people_es256: Client,
    /// The same with RS256.
    pub people_rs256: Client,
    /// Client credentials for an opaque access token.
    pub machine_opaque: Result<Client, Failure>,
    /// Client credentials for a JWT signed with ES256.
    pub machine_es256: Result<Client, Failure>,
    /// Client credentials for a JWT signed with RS256.
    pub machine_rs256: Result<Client, Failure>,
}

/// The endpoints' paths.
pub struct Paths {
    pub authorize: String,
    pub token: String,
    pub introspect: Result<String, Failure>,
    pub userinfo: String,
    pub jwks: String,
}

impl Paths {
    /// Read off the metadata (OpenID Connect Discovery section 3).
    pub fn discover(server: &Process) -> Result<Self, Failure> {
        let metadata = server.connect()?.send(&Request::get(DISCOVERY))?.expect(200)?.json()?;
        let path = |name: &str| -> Result<String, Failure> {
            let url = metadata[name].as_str().unwrap_or_default();
            let path = url.strip_prefix(&server.origin()).filter(|path| path.starts_with('/'));
            path.map(str::to_owned)
                .ok_or_else(|| Failure::new(format!("{name} of the metadata is {url}")))
        };
        Ok(Self {
            authorize: path("authorization_endpoint")?,
            token: path("token_endpoint")?,
            introspect: path("introspection_endpoint"),
            userinfo: path("userinfo_endpoint")?,
            jwks: path("jwks_uri")?,
        })
    }
}

/// Where the metadata are (OpenID Connect Discovery section 4).
pub const DISCOVERY: &str = "/.well-known/openid-configuration";

/// Signs somebody in from the page that the provider shows, until the browser is sent elsewhere.
pub type SignIn = fn(&mut Browser, &mut Connection, &str, Stop) -> Result<String, Failure>;

/// A running provider.
pub struct Provider {
    /// What the table calls it.
    pub name: &'static str,
    /// Its process.
    pub process: Process,
    pub paths: Paths,
    pub clients: Clients,
    /// Whose sign-ins are asked for; signed in from the first one on.
    pub browser: Browser,
    /// How its pages are passed.
    pub sign_in: SignIn,
}

/// What a token endpoint gave.
pub struct Tokens {
    pub access: String,
    pub refresh: Option<String>,
}

impl Provider {
    /// A request for a code; `offline_access` asks for a refresh token (OpenID Connect Core section 11).
    pub fn authorization_url(&self, client: &Client, offline: bool) -> String {
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, VERIFIER.as_bytes()));
        let mut query = vec![
            ("response_type", "code"),
            ("client_id", &client.id),
            ("redirect_uri", REDIRECT_URI),
            (
                "scope",
                if offline {
                    "openid email offline_access"
                } else {
                    "openid email"
                },
            ),
            ("state", "a-state"),
            ("nonce", "a-nonce"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        if offline {
            query.push(("prompt", "consent"));
        }
        format!("{}?{}", self.paths.authorize, encode(&query))
    }

    /// Signs somebody in by way of `client`, has them consent to it, and answers with the code.
    pub fn grant(&mut self, client: &Client) -> Result<String, Failure> {
        let url = self.authorization_url(client, true);
        let (origin, mut connection) = (self.process.origin(), self.process.connect()?);
        let stop = self.browser.follow(&mut connection, &origin, &url)?;
        let target = (self.sign_in)(&mut self.browser, &mut connection, &origin, stop)?;
        code(&target)
    }
}

/// The request that redeems `code` at the token endpoint.
pub fn redemption(token: &str, client: &Client, code: &str) -> Request {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", VERIFIER),
    ];
    Request::post(token, &form).with("authorization", &client.basic)
}

/// The code in a redirect to the client.
pub fn code(target: &str) -> Result<String, Failure> {
    let code = target
        .strip_prefix(REDIRECT_URI)
        .and_then(|query| parameter(query, "code"));
    code.map(str::to_owned)
        .ok_or_else(|| Failure::new(format!("no code: {target}")))
}

/// The tokens of an answer.
pub fn tokens(connection: &mut Connection, request: &Request) -> Result<Tokens, Failure> {
    let answer = connection.send(request)?.expect(200)?.json()?;
    let text = |name: &str| answer[name].as_str().map(str::to_owned);
    Ok(Tokens {
        access: text("access_token").ok_or_else(|| Failure::new(format!("no access token: {answer}")))?,
        refresh: text("refresh_token"),
    })
}
