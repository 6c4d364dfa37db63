//! What must hold for any cookie and any parameters.

use std::net::IpAddr;

use actix_web::http::header::{COOKIE, HeaderMap, HeaderValue, X_FORWARDED_FOR};
use actix_web::test::TestRequest;

use super::{ClientIp, DeviceCookie, JsonFields, Params};
use crate::platform::i18n::Lang;

/// The name of a target, and what panics where something does not hold.
pub type FuzzTarget = (&'static str, fn(&[u8]));

/// What is fuzzed.
pub const TARGETS: [FuzzTarget; 5] = [
    ("cookies", cookies),
    ("forwarded", forwarded),
    ("json_fields", json_fields),
    ("languages", languages),
    ("params", params),
];

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

/// Lines of the header `X-Forwarded-For`.
fn forwarded(data: &[u8]) {
    let mut headers = HeaderMap::new();
    for line in data.split(|byte| *byte == b'\n') {
        let Ok(line) = HeaderValue::from_bytes(line) else {
            return;
        };
        headers.append(X_FORWARDED_FOR, line);
    }
    let trusted = ["10.0.0.0/8", "fd00::/8"].map(|net| net.parse().expect("a network"));
    let [stranger, proxy]: [IpAddr; 2] = ["198.51.100.7", "10.0.0.1"].map(|ip| ip.parse().expect("an address"));
    let found = |peer| ClientIp::resolve(Some(peer), &headers, &trusted).ip();
    assert_eq!(found(stranger), stranger, "a stranger names another");
    // who stands last was named by our proxy itself, and nobody can go behind that
    let last = headers
        .get_all(X_FORWARDED_FOR)
        .last()
        .and_then(|line| line.to_str().ok());
    let last = last.and_then(|line| line.rsplit(',').next()).map(str::trim);
    if let Some(last) = last
        .and_then(|last| last.parse::<IpAddr>().ok())
        .map(|ip| ip.to_canonical())
        && !trusted.iter().any(|net: &ipnet::IpNet| net.contains(&last))
    {
        assert_eq!(found(proxy), last, "somebody behind our proxy's word");
    }
}

/// A body of the Backend API.
fn json_fields(data: &[u8]) {
    let Ok(mut fields) = JsonFields::parse(data) else {
        return;
    };
    let read = serde_json::from_slice::<serde_json::Value>(data).ok();
    let object = read.as_ref().and_then(serde_json::Value::as_object);
    assert!(object.is_some() || data.is_empty(), "no object");
    let given = |name: &str| {
        object
            .and_then(|object| object.get(name))
            .filter(|value| !value.is_null())
    };
    if let Ok(text) = fields.text("name") {
        assert_eq!(text.as_deref(), given("name").and_then(serde_json::Value::as_str));
        assert!(text.is_none_or(|text| !text.chars().any(char::is_control)));
    }
    if let Ok(texts) = fields.texts("redirect_uris") {
        let given = given("redirect_uris").and_then(serde_json::Value::as_array);
        assert_eq!(texts.map(|texts| texts.len()), given.map(Vec::len));
    }
    if let Ok(flag) = fields.flag("public") {
        assert_eq!(flag, given("public").and_then(serde_json::Value::as_bool));
    }
    if let Ok(number) = fields.number("overlap_seconds") {
        assert_eq!(number, given("overlap_seconds").and_then(serde_json::Value::as_u64));
    }
    let known = ["name", "redirect_uris", "public", "overlap_seconds"];
    let are_known = object.is_none_or(|object| object.keys().all(|name| known.contains(&name.as_str())));
    assert_eq!(fields.finish().is_ok(), are_known, "what is not known is refused");
}

/// The header `Accept-Language`.
fn languages(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let lang = Lang::from_accept_language(Some(text));
    let is_named = text.to_ascii_lowercase().contains(lang.tag());
    assert!(is_named || lang == Lang::default(), "nobody asked for it");
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
