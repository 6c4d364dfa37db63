//! Applications, and the rules for registering one.

use std::fmt;

use super::redirect_uri;
use crate::kernel::clock::Timestamp;
use crate::kernel::digest::constant_time_eq;
use crate::kernel::error::{Error, Result};
use crate::kernel::id::ApplicationId;
use crate::kernel::rng::Rng;
use crate::kernel::token::{PlainToken, TokenHash};
use crate::keys::Algorithm;

/// The most addresses of one kind.
const MAX_URIS: usize = 50;
const MAX_NAME: usize = 256;
/// The width of the column.
const MAX_CLIENT_ID: usize = 64;
/// About 143 bits: a name that is not used twice, not a secret.
const DRAWN_CLIENT_ID: usize = 24;

/// An OAuth client (RFC 6749 section 2).
#[derive(Clone, Debug)]
pub struct Application {
    /// Our own id.
    pub id: ApplicationId,
    /// What it calls itself in requests.
    pub client_id: String,
    /// What people are shown.
    pub name: String,
    /// Whether it can't keep a secret (RFC 6749 section 2.1): an app on people's devices, or a page without a server.
    pub public: bool,
    /// What its ID tokens are signed with (`id_token_signed_response_alg`).
    pub id_token_algorithm: Algorithm,
    /// Where browsers may be sent with an answer.
    pub redirect_uris: Vec<String>,
    /// Where browsers may be sent after signing out.
    pub post_logout_redirect_uris: Vec<String>,
    /// When it was registered.
    pub created_at: Timestamp,
    /// When anything of it last changed.
    pub updated_at: Timestamp,
    pub(super) secret_hash: Option<SecretHash>,
}

impl Application {
    /// Whether `presented` is the client secret, in a time that does not depend on it.
    pub fn admits_secret(&self, presented: &str) -> bool {
        let hash = TokenHash::of(presented);
        self.secret_hash
            .as_ref()
            .is_some_and(|stored| constant_time_eq(&stored.0, hash.as_bytes()))
    }

    /// Whether browsers may be sent to `requested` with an answer.
    pub fn has_redirect_uri(&self, requested: &str) -> bool {
        self.redirect_uris
            .iter()
            .any(|registered| redirect_uri::is_same(registered, requested, self.public))
    }

    /// Whether browsers may be sent to `requested` after signing out: it is registered to the letter (OpenID Connect RP-Initiated
    /// Logout section 3).
    pub fn has_post_logout_redirect_uri(&self, requested: &str) -> bool {
        self.post_logout_redirect_uris
            .iter()
            .any(|registered| registered == requested)
    }

    /// Whether an answer to `redirect_uri` can only reach this application, because only it can redeem the code or be reached
    /// there. Otherwise what a person allowed before does not speak for the one who asks now (RFC 8252 section 8.6).
    pub fn is_assured_at(&self, redirect_uri: &str) -> bool {
        !self.public || redirect_uri::assures_identity(redirect_uri)
    }
}

/// SHA-256 of a client secret, which has 256 random bits.
#[derive(Clone)]
pub(super) struct SecretHash(pub(super) Vec<u8>);

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret hash]")
    }
}

/// An application to be registered.
#[derive(Clone, Debug)]
pub struct NewApplication {
    /// What people are shown.
    pub name: String,
    /// What it calls itself in requests; drawn where there is none.
    pub client_id: Option<String>,
    /// Whether it can't keep a secret.
    pub public: bool,
    /// What its ID tokens are signed with.
    pub id_token_algorithm: Algorithm,
    /// Where browsers may be sent with an answer; at least one.
    pub redirect_uris: Vec<String>,
    /// Where browsers may be sent after signing out.
    pub post_logout_redirect_uris: Vec<String>,
}

impl NewApplication {
    /// An application with the defaults of the standards: ID tokens by RS256 (OpenID Connect Core section 15.1).
    pub fn new(name: impl Into<String>, redirect_uris: Vec<String>) -> Self {
        Self {
            name: name.into(),
            client_id: None,
            public: false,
            id_token_algorithm: Algorithm::Rs256,
            redirect_uris,
            post_logout_redirect_uris: Vec::new(),
        }
    }

    /// Checks the rules and draws what is missing; the secret is the only copy in plain.
    pub(in crate::oidc) fn draw(self, now: Timestamp, rng: &Rng) -> Result<CreatedApplication> {
        let name = self.name.trim();
        if name.is_empty() || name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
            return Err(refused("the name must have 1 to 256 characters on one line"));
        }
        if self.redirect_uris.is_empty() {
            return Err(refused("there must be at least one redirect URI"));
        }
        check_uris("redirect URI", &self.redirect_uris)?;
        check_uris("post-logout redirect URI", &self.post_logout_redirect_uris)?;
        let client_id = match self.client_id {
            Some(given) => check_client_id(given)?,
            None => draw_client_id(rng),
        };
        let client_secret = (!self.public).then(|| draw_secret(rng));
        Ok(CreatedApplication {
            application: Application {
                id: ApplicationId::draw(now, rng),
                client_id,
                name: name.to_owned(),
                public: self.public,
                id_token_algorithm: self.id_token_algorithm,
                redirect_uris: self.redirect_uris,
                post_logout_redirect_uris: self.post_logout_redirect_uris,
                created_at: now,
                updated_at: now,
                secret_hash: client_secret.as_ref().map(|secret| SecretHash(secret.hash().to_vec())),
            },
            client_secret,
        })
    }
}

/// An application just registered.
#[derive(Debug)]
pub struct CreatedApplication {
    /// The application.
    pub application: Application,
    /// Its secret, which can't be shown again; none for a public client.
    pub client_secret: Option<PlainToken>,
}

/// A part of the list of applications, the oldest first.
#[derive(Debug)]
pub struct ApplicationPage {
    /// The applications.
    pub applications: Vec<Application>,
    /// Where the next part begins; `None` at the end.
    pub next: Option<ApplicationId>,
}

/// A client secret of unreserved characters, so that the form-urlencoding of `client_secret_basic` (RFC 6749 section 2.3.1), which
/// many clients forget, changes nothing.
pub(super) fn draw_secret(rng: &Rng) -> PlainToken {
    PlainToken::draw("", rng)
}

fn draw_client_id(rng: &Rng) -> String {
    const LETTERS: [char; 62] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L',
        'M', 'N', 'O', 'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h',
        'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z',
    ];
    (0..DRAWN_CLIENT_ID).map(|_| LETTERS[rng.below(62) as usize]).collect()
}

fn check_client_id(given: String) -> Result<String> {
    let unreserved = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    if given.is_empty() || given.len() > MAX_CLIENT_ID || !given.bytes().all(unreserved) {
        return Err(refused("a client id must have 1 to 64 letters, digits, or - . _ ~"));
    }
    Ok(given)
}

fn check_uris(what: &str, uris: &[String]) -> Result<()> {
    if uris.len() > MAX_URIS {
        return Err(refused(format!("there must be at most {MAX_URIS} addresses of a kind")));
    }
    for (index, uri) in uris.iter().enumerate() {
        redirect_uri::check(uri).map_err(|why| refused(format!("the {what} {uri} {why}")))?;
        if uris[..index].contains(uri) {
            return Err(refused(format!("the {what} {uri} is given twice")));
        }
    }
    Ok(())
}

fn refused(why: impl Into<String>) -> Error {
    Error::bad_input("invalid_application", why.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(new: NewApplication) -> Result<CreatedApplication> {
        new.draw(Timestamp::from_secs(1), &Rng::seeded(1))
    }

    fn new() -> NewApplication {
        NewApplication::new(" Notes ", vec!["https://notes.example/cb".to_owned()])
    }

    #[test]
    fn a_confidential_application_has_a_secret_of_unreserved_characters() {
        let made = draw(new()).expect("registered");
        assert_eq!(made.application.name, "Notes");
        assert_eq!(made.application.client_id.len(), DRAWN_CLIENT_ID);
        let secret = made.client_secret.expect("a secret");
        assert!(secret.expose().bytes().all(|b| b.is_ascii_alphanumeric()));
        assert!(made.application.admits_secret(secret.expose()));
        assert!(!made.application.admits_secret(""));
        assert!(!made.application.admits_secret(&secret.expose()[1..]));
        assert!(format!("{:?}", made.application).contains("secret_hash: Some([secret hash])"));
    }

    #[test]
    fn a_public_application_has_none() {
        let made = draw(NewApplication { public: true, ..new() }).expect("registered");
        assert!(made.client_secret.is_none());
        assert!(!made.application.admits_secret(""));
    }

    #[test]
    fn what_breaks_a_rule_is_not_registered() {
        let uri = || "https://notes.example/cb".to_owned();
        let bad = [
            NewApplication {
                name: " ".into(),
                ..new()
            },
            NewApplication {
                name: "a\nb".into(),
                ..new()
            },
            NewApplication {
                redirect_uris: vec![],
                ..new()
            },
            NewApplication {
                redirect_uris: vec![uri(), uri()],
                ..new()
            },
            NewApplication {
                redirect_uris: vec!["http://notes.example/cb".into()],
                ..new()
            },
            NewApplication {
                post_logout_redirect_uris: vec!["notes".into()],
                ..new()
            },
            NewApplication {
                client_id: Some("a b".into()),
                ..new()
            },
            NewApplication {
                client_id: Some(String::new()),
                ..new()
            },
        ];
        for new in bad {
            let shown = format!("{new:?}");
            assert!(draw(new).is_err(), "{shown}");
        }
    }

    #[test]
    fn who_listens_on_a_port_is_not_assured_unless_it_keeps_a_secret() {
        let public = draw(NewApplication { public: true, ..new() })
            .expect("registered")
            .application;
        let confidential = draw(new()).expect("registered").application;
        assert!(public.is_assured_at("https://notes.example/cb"));
        assert!(!public.is_assured_at("http://127.0.0.1:1/cb"));
        assert!(!public.is_assured_at("com.example.notes:/cb"));
        assert!(confidential.is_assured_at("http://127.0.0.1:1/cb"));
    }
}
