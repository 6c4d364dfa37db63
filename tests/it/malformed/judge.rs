//! What every answer must be, whatever was sent.

use super::endpoints::{Endpoint, Surface};
use super::hostile::Grade;
use super::wire::Answer;
use crate::support::{AFTER_LOGOUT, CALLBACK};

/// Why an answer is not as it must be; none where it is.
pub fn complaint(
    base: &str,
    endpoint: &Endpoint,
    refused: bool,
    grade: Grade,
    answer: Option<&Answer>,
) -> Option<String> {
    let Some(answer) = answer else {
        // a server may close where it can't tell where a request ends (RFC 9112 section 11.2)
        return (grade != Grade::Framing).then(|| "closed without an answer".to_owned());
    };
    location(base, answer)
        .or_else(|| status(refused, grade, answer))
        .or_else(|| injection(answer))
        .or_else(|| match grade {
            // the parser of HTTP refuses before anything is known of the surface
            Grade::Framing => None,
            Grade::Broken | Grade::Odd if answer.status >= 400 => format(endpoint.surface, answer),
            Grade::Broken | Grade::Odd => None,
        })
}

fn status(refused: bool, grade: Grade, answer: &Answer) -> Option<String> {
    if answer.status >= 500 {
        return Some(format!("status {}", answer.status));
    }
    let is_error = answer.status >= 400 || answer.header("location").is_some_and(|to| to.contains("error="));
    (refused && grade == Grade::Broken && !is_error).then(|| format!("not refused: {}", answer.status))
}

/// An address of ours, or one that is registered, to the letter (RFC 9700 section 4.11).
fn location(base: &str, answer: &Answer) -> Option<String> {
    let refresh = || answer.header("refresh")?.strip_prefix("0; url=");
    let text = answer.text();
    // a form that sends itself is as good as a redirect (OAuth 2.0 Form Post Response Mode section 2)
    let form = || text.split("action=\"").nth(1)?.split('"').next();
    let to = answer.header("location").or_else(refresh).or_else(form)?;
    let ours = |path: &str| path.starts_with('/') && !path.starts_with("//") && !path.starts_with("/\\");
    let registered = [CALLBACK, AFTER_LOGOUT].iter().any(|uri| {
        to.strip_prefix(uri)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('?'))
    });
    if !ours(to) && !to.strip_prefix(base).is_some_and(ours) && !registered {
        return Some(format!("redirects to {to}"));
    }
    let url = url::Url::parse(to).ok()?;
    let description = url.query_pairs().find(|(name, _)| name == "error_description")?.1;
    (!is_description(&description)).then(|| format!("error_description {description:?}"))
}

/// What was sent must not come back as a header or as markup.
fn injection(answer: &Answer) -> Option<String> {
    if answer.header("x-injected").is_some() {
        return Some("a header was injected".to_owned());
    }
    if answer
        .header("content-type")
        .is_some_and(|kind| kind.starts_with("text/html"))
        && answer.text().contains("<script>alert(1)")
    {
        return Some("markup came back".to_owned());
    }
    None
}

fn format(surface: Surface, answer: &Answer) -> Option<String> {
    if answer.header("x-content-type-options") != Some("nosniff") {
        return Some("without the security headers".to_owned());
    }
    let kind = answer.header("content-type").unwrap_or_default();
    match surface {
        Surface::Plain => None,
        Surface::Page if kind == "text/html; charset=utf-8" => {
            // a form that is shown again has no word about the request, every page of an error its id
            let id = answer.header("x-request-id").filter(|id| answer.text().contains(id));
            let is_whole = answer.status == 422 || answer.status == 429 || id.is_some();
            (!is_whole || !answer.text().contains("</html>")).then(|| "not a whole page".to_owned())
        }
        Surface::Page => Some(format!("a refusal of type {kind:?}")),
        Surface::OAuth => oauth(kind, answer),
        Surface::Backend => backend(kind, answer),
    }
}

fn backend(kind: &str, answer: &Answer) -> Option<String> {
    if (answer.status == 401) != answer.header("www-authenticate").is_some() {
        return Some("a WWW-Authenticate that does not go with the status".to_owned());
    }
    if answer.header("cache-control") != Some("no-store") {
        return Some("a refusal that may be stored".to_owned());
    }
    if kind != "application/json" {
        return Some(format!("a refusal of type {kind:?}"));
    }
    let Ok(body) = serde_json::from_slice::<serde_json::Value>(&answer.body) else {
        return Some("a refusal that is no JSON".to_owned());
    };
    let error = &body["errors"][0];
    let is_whole = ["code", "message", "long_message"]
        .iter()
        .all(|name| error[name].as_str().is_some_and(|text| !text.is_empty()));
    if !is_whole || body["clerk_trace_id"].as_str() != answer.header("x-request-id") {
        return Some(format!("a refusal of another shape: {body}"));
    }
    None
}

fn oauth(kind: &str, answer: &Answer) -> Option<String> {
    let challenge = answer.header("www-authenticate");
    if answer.status == 401 && challenge.is_none() {
        return Some("a 401 without WWW-Authenticate".to_owned());
    }
    if answer.header("cache-control") != Some("no-store") {
        return Some("a refusal that may be stored".to_owned());
    }
    // a request without a token is told nothing (RFC 6750 section 3.1)
    if answer.body.is_empty() && challenge.is_some_and(|challenge| challenge.starts_with("Bearer")) {
        return None;
    }
    if kind != "application/json" {
        return Some(format!("a refusal of type {kind:?}"));
    }
    let Ok(body) = serde_json::from_slice::<serde_json::Value>(&answer.body) else {
        return Some("a refusal that is no JSON".to_owned());
    };
    let code = body["error"].as_str().unwrap_or_default();
    if code.is_empty() || !code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') {
        return Some(format!("error {code:?}"));
    }
    let description = body["error_description"].as_str().unwrap_or_default();
    (!is_description(description)).then(|| format!("error_description {description:?}"))
}

/// The characters that a description may have (RFC 6749 section 5.2).
fn is_description(text: &str) -> bool {
    text.bytes()
        .all(|byte| matches!(byte, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e))
}
