//! What is true of every address of the Backend API.

use super::*;

/// Every address with a method it answers to.
fn addresses() -> Vec<(Method, String)> {
    let app = format!("{APPLICATIONS}/oauthapp_{}", "0".repeat(27));
    let grant = format!("{GRANTS}/grant_{}", "0".repeat(27));
    vec![
        (Method::GET, APPLICATIONS.to_owned()),
        (Method::POST, APPLICATIONS.to_owned()),
        (Method::GET, app.clone()),
        (Method::PATCH, app.clone()),
        (Method::DELETE, app.clone()),
        (Method::POST, format!("{app}/rotate_secret")),
        (Method::POST, format!("{app}/revoke_token")),
        (Method::POST, VERIFY.to_owned()),
        (Method::POST, "/api/oauth_applications/access_tokens/verify".to_owned()),
        (Method::GET, GRANTS.to_owned()),
        (Method::DELETE, grant),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_let_in_without_a_key_that_is_ours_now() {
    let api = Api::start().await;
    let revoked = api
        .server
        .app
        .secret_keys
        .create("Old", Actor::Operator)
        .await
        .expect("made");
    let keys = &api.server.app.secret_keys;
    keys.revoke(&revoked.key.id, Actor::Operator).await.expect("revokes");
    let right = api.key.plain.expose();
    let wrong = [
        (None, "authorization_header_missing"),
        (Some(String::new()), "authorization_header_format_invalid"),
        (Some("Bearer".to_owned()), "authorization_header_format_invalid"),
        (Some(format!("Basic {right}")), "authorization_header_format_invalid"),
        (Some(right.to_owned()), "authorization_header_format_invalid"),
        (Some("Bearer ".to_owned()), "authorization_header_format_invalid"),
        (Some("Bearer sk_live_x".to_owned()), "secret_key_invalid"),
        (Some(format!("Bearer {right}x")), "secret_key_invalid"),
        (Some(format!("Bearer {}", revoked.plain.expose())), "secret_key_invalid"),
    ];
    for (method, path) in addresses() {
        for (authorization, code) in &wrong {
            let mut request = api.client.request(method.clone(), &path);
            if let Some(value) = authorization {
                request = request.header("authorization", value);
            }
            let refused = answer(request).await;
            refused.refused(401, code);
        }
        let twice = api
            .request(method, &path)
            .header("authorization", format!("Bearer {right}"));
        answer(twice).await.refused(401, "authorization_header_format_invalid");
    }
    let lowercase = api
        .client
        .request(Method::GET, APPLICATIONS)
        .header("authorization", format!("bearer {right}"));
    assert_eq!(answer(lowercase).await.status, StatusCode::OK, "RFC 9110 section 11.1");
    api.server.stop().await;
}

/// A browser's cookie opens nothing here, and does not disturb either.
#[tokio::test(flavor = "multi_thread")]
async fn cookies_are_not_looked_at() {
    let api = Api::start().await;
    let mut browser = api.server.browser();
    crate::people::sign_up(&api.server, &mut browser, "ada@example.com").await;
    answer(browser.request(Method::GET, APPLICATIONS))
        .await
        .refused(401, "authorization_header_missing");
    let key = format!("Bearer {}", api.key.plain.expose());
    let both = browser.request(Method::GET, APPLICATIONS).header("authorization", key);
    assert_eq!(answer(both).await.status, StatusCode::OK);
    api.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_address_or_method_is_refused_in_the_same_shape() {
    let api = Api::start().await;
    for path in [
        "/api/v1/users",
        "/api/v1",
        "/api/",
        "/api/v1/oauth_applications/a/b/c",
        "/api/v1/jwks",
    ] {
        api.get(path).await.refused(404, "resource_not_found");
        let stranger = answer(api.client.request(Method::POST, path)).await;
        stranger.refused(404, "resource_not_found");
    }
    for (_, path) in addresses() {
        let put = api.request(Method::PUT, &path).send().await.expect("answers");
        assert!(put.headers().contains_key("allow"), "{path}");
        answer(api.request(Method::PUT, &path))
            .await
            .refused(405, "method_not_allowed");
    }
    for bad in ["x", "oauthapp_1", "oauthapp_%00", "..%2f", "%ff"] {
        let path = format!("{APPLICATIONS}/{bad}");
        api.get(&path).await.refused(404, "resource_not_found");
    }
    api.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_is_read_strictly_or_not_at_all() {
    let api = Api::start().await;
    let sent = |body: &str, kind: &str| {
        let request = api
            .request(Method::POST, APPLICATIONS)
            .header("content-type", kind.to_owned());
        answer(request.body(body.to_owned()))
    };
    let json = "application/json";
    for bad in ["{", "[]", "null", "\"name\"", r#"{"name":"a","name":"b"}"#, "{}{}"] {
        sent(bad, json).await.refused(400, "request_body_invalid");
    }
    sent(r#"{"name":"a"}"#, "text/plain")
        .await
        .refused(415, "unsupported_content_type");
    sent("name=a", "application/x-www-form-urlencoded")
        .await
        .refused(415, "unsupported_content_type");
    let large = format!(r#"{{"name":"{}"}}"#, "x".repeat(70_000));
    sent(&large, json).await.refused(413, "body_too_large");
    sent("", json).await.refused_for("name", "form_param_missing");
    let unknown = r#"{"name":"a","redirect_uris":["https://a.example/cb"],"colour":"red"}"#;
    sent(unknown, json).await.refused_for("colour", "form_param_unknown");
    sent(r#"{"name":7}"#, json)
        .await
        .refused_for("name", "form_param_type_invalid");
    sent(r#"{"name":"a","public":"yes"}"#, json)
        .await
        .refused_for("public", "form_param_type_invalid");
    sent(r#"{"name":"a\u0000"}"#, json)
        .await
        .refused_for("name", "form_param_format_invalid");
    let good = r#"{"name":"a","redirect_uris":["https://a.example/cb"]}"#;
    let none = api.get(APPLICATIONS).await.good("OAuthApplications");
    assert_eq!(none["total_count"], 0, "nothing that was refused left anything");
    sent(good, "application/json; charset=utf-8")
        .await
        .good("OAuthApplicationWithSecret");
    api.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_with_wrong_keys_is_told_to_wait_and_a_right_key_goes_on() {
    let api = Api::start().await;
    let old = api
        .server
        .app
        .secret_keys
        .create("Old", Actor::Operator)
        .await
        .expect("made");
    let keys = &api.server.app.secret_keys;
    keys.revoke(&old.key.id, Actor::Operator).await.expect("revokes");
    let wrong = || {
        let key = format!("Bearer {}", old.plain.expose());
        api.client
            .request(Method::GET, APPLICATIONS)
            .header("authorization", key)
    };
    for _ in 0..30 {
        answer(wrong()).await.refused(401, "secret_key_invalid");
    }
    let limited = wrong().send().await.expect("answers");
    assert_eq!(limited.headers().get("retry-after").expect("a header"), "10");
    answer(wrong()).await.refused(429, "too_many_requests");
    assert_eq!(api.get(APPLICATIONS).await.status, StatusCode::OK);
    api.server.stop().await;
}
