//! What must hold for anything that strangers send to the provider.

mod tokens;

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use url::Url;

use super::application::fuzzing::client_keys;
use super::application::{Application, AuthMethod, CreatedApplication, Registration};
use super::authorize::fuzzing as authorize;
use super::claims::{AskedClaims, ClaimsRequest};
use super::client_auth::fuzzing::assertion;
use super::token::TokenRequest;
use crate::kernel::clock::Timestamp;
use crate::kernel::rng::Rng;
use crate::platform::http::{FuzzTarget, Params};

/// What is fuzzed.
pub const TARGETS: [FuzzTarget; 9] = [
    ("assertion", assertion),
    ("authorization_request", authorization_request),
    ("basic", basic),
    ("claims", claims),
    ("client_keys", client_keys),
    ("redirect_uri", redirect_uri),
    ("sealed_token", tokens::sealed_token),
    ("token_content", tokens::token_content),
    ("token_request", token_request),
];

/// An authorization request, as a query string.
fn authorization_request(data: &[u8]) {
    let addresses = [
        "https://app.example/cb",
        "https://app.example/cb?tenant=1",
        "com.example.app:/cb",
    ];
    for authentication in [AuthMethod::ClientSecret, AuthMethod::None] {
        if let Some(application) = application(&addresses, authentication) {
            authorize::request(&application, data);
        }
    }
}

/// A token request: the header `Authorization` in the first line, the body after it.
fn token_request(data: &[u8]) {
    let (head, body) = lines(data);
    let Ok(head) = std::str::from_utf8(head) else { return };
    let refused = match Params::from_body(body) {
        Ok(params) => TokenRequest::read(Some(head).filter(|head| !head.is_empty()), params).err(),
        Err(error) => Some(error.into()),
    };
    if let Some(error) = refused {
        assert_sendable(error.description());
    }
}

/// The credentials of the scheme Basic, before they are encoded.
fn basic(data: &[u8]) {
    let read = |header: &str| {
        let body = b"grant_type=authorization_code&code=c&redirect_uri=https%3A%2F%2Fapp.example%2Fcb";
        TokenRequest::read(Some(header), Params::from_body(body).expect("a form"))
    };
    if let Err(error) = read(&format!("Basic {}", String::from_utf8_lossy(data))) {
        assert_sendable(error.description());
    }
    match read(&format!("Basic {}", STANDARD.encode(data))) {
        Ok(request) => {
            let client = data.split(|byte| *byte == b':').next().unwrap_or_default();
            let other = STANDARD.encode([client, b":another-secret"].concat());
            let other = read(&format!("Basic {other}")).expect("the same client");
            assert_eq!(
                format!("{request:?}"),
                format!("{other:?}"),
                "a secret is shown, or what tells of it"
            );
        }
        Err(error) => assert_sendable(error.description()),
    }
}

/// An address to register in the first line, one that is asked for after it.
fn redirect_uri(data: &[u8]) {
    let (registered, requested) = lines(data);
    let (Ok(registered), Ok(requested)) = (std::str::from_utf8(registered), std::str::from_utf8(requested)) else {
        return;
    };
    for authentication in [AuthMethod::ClientSecret, AuthMethod::None] {
        let Some(application) = application(&[registered], authentication) else {
            return;
        };
        assert!(
            application.has_redirect_uri(registered),
            "a registered address is itself"
        );
        if requested == registered || !application.has_redirect_uri(requested) {
            continue;
        }
        assert!(application.is_public(), "only a native app chooses its port");
        let mut urls = [registered, requested].map(|uri| Url::parse(uri).expect("an address"));
        for url in &mut urls {
            assert_eq!(url.scheme(), "http");
            assert!(matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]")));
            url.set_port(None).expect("http has ports");
        }
        assert_eq!(urls[0], urls[1], "they differ in more than the port");
    }
}

/// The parameter `claims`.
fn claims(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match ClaimsRequest::parse(text) {
        Ok(request) => {
            let printed = serde_json::to_string(&request.asked).expect("it is kept with the grant");
            let again: AskedClaims = serde_json::from_str(&printed).expect("it is read again");
            assert_eq!(again, request.asked);
        }
        Err(error) => assert_sendable(error.description()),
    }
}

/// Only the characters that a description may have (RFC 6749 section 5.2).
pub(super) fn assert_sendable(description: &str) {
    let allowed = |byte: u8| matches!(byte, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e);
    assert!(description.bytes().all(allowed), "{description:?}");
}

fn application(addresses: &[&str], authentication: AuthMethod) -> Option<Arc<Application>> {
    let mut registration = Registration::new("Notes", addresses.iter().map(|uri| (*uri).to_owned()).collect());
    registration.authentication = authentication;
    let drawn = CreatedApplication::draw(None, registration, Timestamp::from_secs(1), &Rng::seeded(1));
    Some(Arc::new(drawn.ok()?.application))
}

/// The first line, and what comes after it.
fn lines(data: &[u8]) -> (&[u8], &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    (&data[..end], data.get(end + 1..).unwrap_or_default())
}
