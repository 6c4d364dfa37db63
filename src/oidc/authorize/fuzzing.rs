//! What must hold for any authorization request, whatever its bytes.

use std::sync::Arc;

use super::destination::Destination;
use super::params::RequestParams;
use super::request::AuthorizationRequest;
use crate::oidc::application::Application;
use crate::oidc::browser::Step;
use crate::oidc::fuzzing::assert_sendable;

const ISSUER: &str = "https://id.example";
/// Everything that is read of a request.
const READ: [&str; 20] = [
    "acr_values",
    "claims",
    "client_id",
    "code_challenge",
    "code_challenge_method",
    "id_token_hint",
    "login_hint",
    "max_age",
    "nonce",
    "prompt",
    "redirect_uri",
    "registration",
    "request",
    "request_uri",
    "response_mode",
    "response_type",
    "scope",
    "state",
    "ui_locales",
    "display",
];

/// Reads a request and follows it to where it would be answered.
///
/// # Panics
/// Where it would be answered anywhere but at an address of `application`, or an answer is not what the standards allow.
pub(in crate::oidc) fn request(application: &Arc<Application>, encoded: &[u8]) {
    let params = match RequestParams::parse(encoded) {
        Ok(params) => params,
        Err(error) => return assert_sendable(error.description()),
    };
    assert_printing_is_stable(&params);
    let destination = match Destination::check(Arc::clone(application), &params) {
        Ok(destination) => destination,
        Err(error) => return assert_sendable(error.description()),
    };
    assert!(
        application.redirect_uris.contains(&destination.redirect_uri),
        "an open redirector"
    );
    let answer = match AuthorizationRequest::check(&params, application) {
        Ok(_) => destination.success(ISSUER, "c0de"),
        Err(error) => {
            assert_sendable(error.description());
            destination.failure(ISSUER, &error)
        }
    };
    let fields = match answer {
        Step::ToClient(to) => {
            assert!(to.bytes().all(|byte| byte.is_ascii_graphic()), "no header: {to}");
            let rest = to.strip_prefix(&destination.redirect_uri);
            assert!(rest.is_some_and(|rest| rest.starts_with(['?', '&'])), "elsewhere: {to}");
            to.split_once('?')
                .map_or_else(String::new, |(_, query)| query.to_owned())
        }
        Step::PostToClient(post) => {
            assert_eq!(post.action, destination.redirect_uri);
            printed(&post.fields)
        }
        other => panic!("an answer is for the client: {other:?}"),
    };
    let answered = RequestParams::parse(fields.as_bytes()).expect("our own encoding");
    let state = params.get("state").ok().flatten();
    assert_eq!(
        answered.get("state").ok().flatten(),
        state,
        "the state comes back as it came"
    );
    assert_eq!(answered.get("iss").ok().flatten(), Some(ISSUER));
}

/// What was read means the same when it is written down and read again.
fn assert_printing_is_stable(params: &RequestParams) {
    let read = |params: &RequestParams| -> Vec<(&str, String)> {
        let values = READ
            .iter()
            .filter_map(|name| Some((*name, params.get(name).ok()??.to_owned())));
        values.collect()
    };
    let values = read(params);
    // percent-encoding may make it longer than a request may be
    if let Ok(again) = RequestParams::parse(printed(&values).as_bytes()) {
        assert_eq!(read(&again), values);
    }
}

fn printed(pairs: &[(&str, String)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}
