//! The HTML this application shows.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use askama::Template;
use chrono::DateTime;
use serde_json::Value;

use crate::config::Config;
use crate::oidc::{Claims, SignedIn};

/// Claims that count seconds since 1970.
const TIMES: [&str; 5] = ["auth_time", "exp", "iat", "nbf", "updated_at"];

#[derive(Template)]
#[template(path = "signed_out.html")]
struct SignedOutPage<'a> {
    issuer: &'a str,
    client_id: &'a str,
}

#[derive(Template)]
#[template(path = "signed_in.html")]
struct SignedInPage<'a> {
    name: &'a str,
    email: Option<&'a str>,
    email_verified: bool,
    subject: &'a str,
    id_token: Vec<Row>,
    userinfo: Option<Vec<Row>>,
    can_refresh: bool,
    refreshes: u32,
}

#[derive(Template)]
#[template(path = "failure.html")]
struct FailurePage<'a> {
    title: &'a str,
    advice: &'a str,
    causes: &'a [String],
}

/// A line of a claims table.
#[derive(Debug, PartialEq)]
struct Row {
    name: String,
    value: String,
    /// The value in words, where it is a time.
    time: Option<String>,
}

/// The start page of somebody we do not know.
pub fn signed_out(config: &Config) -> HttpResponse {
    let page = SignedOutPage {
        issuer: config.issuer.as_str(),
        client_id: config.client_id.as_str(),
    };
    html(StatusCode::OK, &page)
}

/// The start page of somebody who has signed in: all we know about them.
pub fn signed_in(signed_in: &SignedIn) -> HttpResponse {
    let id_token = signed_in.id_token_claims();
    let claim = |name: &str| {
        signed_in
            .userinfo()
            .and_then(|claims| claims.get(name))
            .or_else(|| id_token.get(name))
    };
    let email = claim("email").and_then(Value::as_str);
    let subject = signed_in.subject().as_str();
    html(
        StatusCode::OK,
        &SignedInPage {
            name: claim("name").and_then(Value::as_str).or(email).unwrap_or(subject),
            email,
            email_verified: claim("email_verified").and_then(Value::as_bool).unwrap_or(false),
            subject,
            id_token: rows(&id_token),
            userinfo: signed_in.userinfo().map(rows),
            can_refresh: signed_in.can_refresh(),
            refreshes: signed_in.refreshes(),
        },
    )
}

/// An error page. `causes` start with the outermost.
pub fn failure(status: StatusCode, title: &str, advice: &str, causes: &[String]) -> HttpResponse {
    html(status, &FailurePage { title, advice, causes })
}

pub async fn stylesheet() -> HttpResponse {
    asset("text/css; charset=utf-8", include_str!("../assets/style.css"))
}

pub async fn icon() -> HttpResponse {
    asset("image/svg+xml", include_str!("../assets/icon.svg"))
}

fn asset(content_type: &str, body: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(content_type)
        .append_header((header::CACHE_CONTROL, "no-cache"))
        .body(body)
}

fn html(status: StatusCode, page: &impl Template) -> HttpResponse {
    match page.render() {
        Ok(body) => HttpResponse::build(status)
            .content_type("text/html; charset=utf-8")
            .body(body),
        Err(error) => {
            tracing::error!("a page could not be rendered: {error}");
            HttpResponse::InternalServerError().finish()
        }
    }
}

fn rows(claims: &Claims) -> Vec<Row> {
    let row = |(name, value): (&String, &Value)| Row {
        name: name.clone(),
        value: match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        },
        time: value
            .as_i64()
            .filter(|_| TIMES.contains(&name.as_str()))
            .and_then(in_words),
    };
    claims.iter().map(row).collect()
}

fn in_words(seconds: i64) -> Option<String> {
    DateTime::from_timestamp(seconds, 0).map(|time| time.format("%Y-%m-%d %H:%M:%S UTC").to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rows_of(claims: Value) -> Vec<Row> {
        rows(claims.as_object().unwrap())
    }

    #[test]
    fn times_are_also_in_words() {
        let rows = rows_of(json!({ "iat": 1_700_000_000 }));
        assert_eq!(rows[0].value, "1700000000");
        assert_eq!(rows[0].time.as_deref(), Some("2023-11-14 22:13:20 UTC"));
        assert_eq!(rows_of(json!({ "count": 1_700_000_000 }))[0].time, None);
    }

    #[test]
    fn text_is_shown_without_quotes_and_the_rest_as_json() {
        let rows = rows_of(json!({ "aud": ["us"], "email_verified": true, "sub": "alice" }));
        let values: Vec<_> = rows.iter().map(|row| row.value.as_str()).collect();
        assert_eq!(values, [r#"["us"]"#, "true", "alice"]);
    }

    #[test]
    fn claims_cannot_bring_markup() {
        let causes = ["<script>alert(1)</script>".to_owned()];
        let page = FailurePage {
            title: "t",
            advice: "a",
            causes: &causes,
        }
        .render()
        .unwrap();
        assert!(!page.contains("<script>"));
    }
}
