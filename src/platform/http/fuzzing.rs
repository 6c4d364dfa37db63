//! What must hold for any cookie and any parameters.

use actix_web::http::header::{COOKIE, HeaderValue};
use actix_web::test::TestRequest;

use super::{DeviceCookie, Params};

/// The name of a target, and what panics where something does not hold.
pub type FuzzTarget = (&'static str, fn(&[u8]));

/// What is fuzzed.
pub const TARGETS: [FuzzTarget; 2] = [("cookies", cookies), ("params", params)];

/// The header `Cookie`, where `$` stands for the name of the device cookie.
fn cookies(data: &[u8]) {
    let cookie = DeviceCookie::new(&"https://id.example".parse().expect("an origin"));
    let header: Vec<u8> = data
        .iter()
        .flat_map(|byte| match byte {
            b'$' => cookie.name().as_bytes(),
            other => std::slice::from_ref(other),
        })
        .copied()
        .collect();
    let Ok(value) = HeaderValue::from_bytes(&header) else {
        return;
    };
    let request = TestRequest::get().append_header((COOKIE, value)).to_http_request();
    if let Some(secret) = cookie.read(&request) {
        let secret = secret.expose();
        assert!(secret.len() == 43 && secret.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        let given = format!("{}={secret}", cookie.name());
        assert!(String::from_utf8_lossy(&header).contains(&given), "made up");
    }
}

/// A form, or a query.
fn params(data: &[u8]) {
    match Params::from_body(data) {
        Ok(mut params) => {
            let shown = format!("{params:?}");
            assert!(shown.len() <= 8 * data.len() + 16, "names alone are shown");
            assert!(
                params
                    .take("name")
                    .is_none_or(|value| !value.is_empty() && !value.chars().any(char::is_control))
            );
            assert!(params.take("name").is_none(), "taken once");
        }
        Err(error) => assert!(error.public().is_ascii(), "{}", error.public()),
    }
}
