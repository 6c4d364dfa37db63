//! What is registered of an application, and the rules of registering it.

use serde::Serialize;
use url::Url;

use super::client_keys::ClientKeys;
use super::kinds::{AccessTokenFormat, AuthMethod, GrantType, GrantTypes, Profile};
use super::redirect_uri;
use super::scope_tokens::ScopeTokens;
use crate::kernel::error::{Error, Result};
use crate::kernel::rng::Rng;
use crate::kernel::web_url::is_loopback;
use crate::keys::Algorithm;
use crate::platform::fetch::Fetch;

/// The most addresses of one kind.
const MAX_URIS: usize = 50;
const MAX_NAME: usize = 256;
/// The width of the column.
const MAX_URL: usize = 2048;
/// In bytes.
const MAX_JWKS: usize = 16 * 1024;
/// The width of the column.
const MAX_CLIENT_ID: usize = 64;
/// About 143 bits: a name that is not used twice, not a secret.
const DRAWN_CLIENT_ID: usize = 24;

/// What is registered of an application (client metadata, RFC 7591 section 2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Registration {
    /// What people are shown.
    pub name: String,
    /// The set of rules it is held to.
    pub profile: Profile,
    /// How it proves who it is.
    pub authentication: AuthMethod,
    /// What it may exchange for tokens.
    pub grant_types: GrantTypes,
    /// What it may ask for.
    pub scopes: ScopeTokens,
    /// What its access tokens look like.
    pub access_token_format: AccessTokenFormat,
    /// What its access tokens are signed with, where they are JWTs.
    pub access_token_algorithm: Algorithm,
    /// What its ID tokens are signed with (`id_token_signed_response_alg`).
    pub id_token_algorithm: Algorithm,
    /// Whether people are asked for their consent; not of an application of the operator's own.
    pub consent_screen_enabled: bool,
    /// Whether it must use PKCE even where its profile does not say so.
    pub pkce_required: bool,
    /// Where people read about it (`client_uri`).
    pub client_uri: Option<String>,
    /// Its picture (`logo_uri`).
    pub client_image_url: Option<String>,
    /// Its public keys, as the JSON of a JWK set (RFC 7517 section 5).
    pub jwks: Option<String>,
    /// Where its public keys are.
    pub jwks_uri: Option<String>,
    /// Where browsers may be sent with an answer.
    pub redirect_uris: Vec<String>,
    /// Where browsers may be sent after signing out.
    pub post_logout_redirect_uris: Vec<String>,
}

impl Registration {
    /// An application that signs people in, with a secret: OAuth 2.1, codes and refresh tokens, opaque access tokens, ID tokens by
    /// RS256 (the default of OpenID Connect Core section 15.1).
    pub fn new(name: impl Into<String>, redirect_uris: Vec<String>) -> Self {
        Self {
            name: name.into(),
            profile: Profile::OAuth21,
            authentication: AuthMethod::ClientSecret,
            grant_types: GrantTypes::SIGN_IN,
            scopes: ScopeTokens::for_people(),
            access_token_format: AccessTokenFormat::Opaque,
            access_token_algorithm: Algorithm::Rs256,
            id_token_algorithm: Algorithm::Rs256,
            consent_screen_enabled: true,
            pkce_required: false,
            client_uri: None,
            client_image_url: None,
            jwks: None,
            jwks_uri: None,
            redirect_uris,
            post_logout_redirect_uris: Vec::new(),
        }
    }

    /// Whether it can't keep a secret (RFC 6749 section 2.1): an app on people's devices, or a page without a server.
    pub fn is_public(&self) -> bool {
        self.authentication == AuthMethod::None
    }

    /// Checks the rules; the name loses blanks around it.
    pub(super) fn check(mut self) -> Result<Self> {
        let name = self.name.trim();
        if name.is_empty() || name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
            return Err(refused("name", "the name must have 1 to 256 characters on one line"));
        }
        self.name = name.to_owned();
        self.check_grant_types()?;
        self.check_keys()?;
        check_uris("redirect_uris", "redirect URI", &self.redirect_uris)?;
        check_uris(
            "post_logout_redirect_uris",
            "post-logout redirect URI",
            &self.post_logout_redirect_uris,
        )?;
        check_url("client_uri", "client URI", self.client_uri.as_deref())?;
        check_url("client_image_url", "client image URL", self.client_image_url.as_deref())?;
        Ok(self)
    }

    fn check_grant_types(&self) -> Result<()> {
        let has = |one| self.grant_types.has(one);
        if self.grant_types.is_empty() {
            return Err(refused("grant_types", "there must be at least one grant type"));
        }
        if has(GrantType::RefreshToken) && !has(GrantType::AuthorizationCode) {
            return Err(refused(
                "grant_types",
                "refresh_token goes with authorization_code: nothing else gives refresh tokens",
            ));
        }
        if has(GrantType::ClientCredentials) && self.is_public() {
            // RFC 6749 section 4.4
            return Err(refused(
                "grant_types",
                "client_credentials is for applications that authenticate",
            ));
        }
        if has(GrantType::AuthorizationCode) && self.redirect_uris.is_empty() {
            return Err(refused("redirect_uris", "there must be at least one redirect URI"));
        }
        Ok(())
    }

    /// The two ways to name keys exclude each other (RFC 7591 section 2), and an assertion can't be checked without one.
    fn check_keys(&self) -> Result<()> {
        if let Some(jwks) = &self.jwks {
            if jwks.len() > MAX_JWKS {
                return Err(refused("jwks", "the jwks must have at most 16384 bytes"));
            }
            ClientKeys::parse(jwks.as_bytes()).map_err(|why| refused("jwks", format!("the jwks {why}")))?;
        }
        match (&self.jwks, &self.jwks_uri) {
            (Some(_), Some(_)) => Err(refused("jwks_uri", "give jwks or jwks_uri, not both")),
            (None, None) if self.authentication == AuthMethod::PrivateKeyJwt => Err(refused(
                "jwks",
                "private_key_jwt needs the application's public keys: give jwks or jwks_uri",
            )),
            _ => check_url("jwks_uri", "jwks_uri", self.jwks_uri.as_deref()),
        }
    }
}

/// Whether keys at `jwks_uri` can ever be read: outside development nothing on this machine and on private addresses is.
///
/// # Errors
/// `BadInput` where they can't.
pub(super) fn check_reach(jwks_uri: Option<&str>, fetch: &Fetch) -> Result<()> {
    let Some(url) = jwks_uri.and_then(|text| Url::parse(text).ok()) else {
        return Ok(());
    };
    match fetch.refuses(&url) {
        true => Err(refused(
            "jwks_uri",
            "the jwks_uri must be on the public internet: no other host is asked for keys",
        )),
        false => Ok(()),
    }
}

/// The client id that was asked for, or a drawn one.
pub(super) fn client_id(given: Option<String>, rng: &Rng) -> Result<String> {
    let Some(given) = given else {
        return Ok(draw_client_id(rng));
    };
    let unreserved = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    if given.is_empty() || given.len() > MAX_CLIENT_ID || !given.bytes().all(unreserved) {
        return Err(refused(
            "client_id",
            "a client id must have 1 to 64 letters, digits, or - . _ ~",
        ));
    }
    Ok(given)
}

fn draw_client_id(rng: &Rng) -> String {
    const LETTERS: [char; 62] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L',
        'M', 'N', 'O', 'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h',
        'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z',
    ];
    (0..DRAWN_CLIENT_ID).map(|_| LETTERS[rng.below(62) as usize]).collect()
}

fn check_uris(field: &'static str, what: &str, uris: &[String]) -> Result<()> {
    if uris.len() > MAX_URIS {
        return Err(refused(
            field,
            format!("there must be at most {MAX_URIS} addresses of a kind"),
        ));
    }
    for (index, uri) in uris.iter().enumerate() {
        redirect_uri::check(uri).map_err(|why| refused(field, format!("the {what} {uri} {why}")))?;
        if uris[..index].contains(uri) {
            return Err(refused(field, format!("the {what} {uri} is given twice")));
        }
    }
    Ok(())
}

/// An address of a page, a picture or a document: https, or http on this machine.
fn check_url(field: &'static str, what: &str, url: Option<&str>) -> Result<()> {
    let Some(text) = url else {
        return Ok(());
    };
    let good = Url::parse(text).is_ok_and(|url| {
        let scheme = url.scheme() == "https" || url.scheme() == "http" && is_loopback(&url);
        scheme && url.username().is_empty() && url.password().is_none()
    });
    if good && text.len() <= MAX_URL && text.is_ascii() {
        return Ok(());
    }
    Err(refused(
        field,
        format!(
            "the {what} {text} must be an https address of at most 2048 characters, or an http one on this machine"
        ),
    ))
}

fn refused(field: &'static str, why: impl Into<String>) -> Error {
    Error::bad_input("invalid_application", why.into()).of_field(field)
}

#[cfg(test)]
mod tests {
    use super::*;

    const URI: &str = "https://notes.example/cb";

    fn notes() -> Registration {
        Registration::new(" Notes ", vec![URI.to_owned()])
    }

    fn with(change: impl FnOnce(&mut Registration)) -> Result<Registration> {
        let mut registration = notes();
        change(&mut registration);
        registration.check()
    }

    #[test]
    fn what_keeps_the_rules_is_registered() {
        assert_eq!(notes().check().expect("registered").name, "Notes");
        let machine = with(|new| {
            new.grant_types = GrantTypes::of([GrantType::ClientCredentials]);
            new.redirect_uris.clear();
        });
        assert!(machine.is_ok(), "without people there is nowhere to send browsers");
        let with_keys = with(|new| {
            new.authentication = AuthMethod::PrivateKeyJwt;
            new.jwks_uri = Some("https://notes.example/jwks".to_owned());
            new.client_uri = Some("http://localhost:3000/about".to_owned());
        });
        assert!(with_keys.is_ok());
    }

    #[test]
    fn what_breaks_a_rule_is_not() {
        type Change = fn(&mut Registration);
        let bad: [(&str, Change); 17] = [
            ("name", |new| new.name = " ".into()),
            ("name", |new| new.name = "a\nb".into()),
            ("name", |new| new.name = "n".repeat(257)),
            ("redirect URI", |new| new.redirect_uris.clear()),
            ("twice", |new| new.redirect_uris.push(URI.into())),
            ("https", |new| {
                new.redirect_uris = vec!["http://notes.example/cb".into()]
            }),
            ("absolute", |new| new.post_logout_redirect_uris = vec!["notes".into()]),
            ("grant type", |new| new.grant_types = GrantTypes::of([])),
            ("refresh_token", |new| {
                new.grant_types = GrantTypes::of([GrantType::RefreshToken])
            }),
            ("client_credentials", |new| {
                new.authentication = AuthMethod::None;
                new.grant_types = GrantTypes::of(GrantType::ALL.iter().copied());
            }),
            ("jwks", |new| new.authentication = AuthMethod::PrivateKeyJwt),
            ("not both", |new| {
                new.jwks = Some(
                    r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#
                        .into(),
                );
                new.jwks_uri = Some("https://notes.example/jwks".into());
            }),
            ("the jwks is not", |new| new.jwks = Some("[]".into())),
            ("jwks_uri", |new| {
                new.jwks_uri = Some("http://notes.example/jwks".into())
            }),
            ("client URI", |new| new.client_uri = Some("javascript:alert(1)".into())),
            ("client URI", |new| {
                new.client_uri = Some("https://a:b@notes.example/".into())
            }),
            ("client image URL", |new| {
                new.client_image_url = Some(format!("https://a.example/{}", "x".repeat(2048)))
            }),
        ];
        for (word, change) in bad {
            let error = with(change).expect_err(word);
            assert!(error.public().contains(word), "{word}: {}", error.public());
        }
    }

    #[test]
    fn keys_are_registered_where_they_can_be_read() {
        let fetch = Fetch::new(Vec::new()).expect("a client");
        let here = [
            "http://localhost:3000/jwks",
            "https://127.0.0.1/jwks",
            "http://[::1]/jwks",
        ];
        for uri in here {
            let error = check_reach(Some(uri), &fetch).expect_err(uri);
            assert_eq!(error.field(), Some("jwks_uri"), "{uri}");
            let developing = fetch.clone().with_loopback();
            assert!(check_reach(Some(uri), &developing).is_ok(), "{uri} in development");
        }
        assert!(check_reach(Some("https://10.0.0.1/jwks"), &fetch.clone().with_loopback()).is_err());
        assert!(check_reach(Some("https://notes.example/jwks"), &fetch).is_ok());
        assert!(check_reach(None, &fetch).is_ok());
    }

    #[test]
    fn a_client_id_is_of_unreserved_characters() {
        let rng = Rng::seeded(1);
        assert_eq!(client_id(None, &rng).expect("drawn").len(), DRAWN_CLIENT_ID);
        assert_eq!(client_id(Some("a-1".into()), &rng).expect("taken"), "a-1");
        for bad in ["", "a b", &"x".repeat(65)] {
            assert!(client_id(Some(bad.to_owned()), &rng).is_err(), "{bad}");
        }
    }
}
