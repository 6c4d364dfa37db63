//! The pages themselves: forms, headers, input.

use super::*;

/// The token of this browser's forms.
pub(super) async fn csrf_of(browser: &mut Browser) -> String {
    let (_, page) = browser.follow("/account").await;
    let token = page.hidden().into_iter().find(|(name, _)| name == "csrf");
    token.expect("a token").1
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_of_others_are_refused_on_every_page() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    sign_up(&server, &mut browser, ADA).await;
    let mut other = server.browser();
    let foreign_csrf = csrf_of(&mut other).await;
    // every form of the portal, with fields that would do something
    let forms: [(&str, &[(&str, &str)]); 11] = [
        ("/sign-in", &[("identifier", ADA)]),
        ("/sign-in/password", &[("attempt", "sia_x"), ("password", PASSWORD)]),
        ("/sign-up", &[("email", "bob@example.com"), ("password", PASSWORD)]),
        ("/sign-up/verify", &[("attempt", "sua_x"), ("code", "123456")]),
        ("/sign-up/verify/resend", &[("attempt", "sua_x")]),
        ("/choose-account", &[("continue", "x"), ("session", "x")]),
        ("/consent", &[("continue", "x"), ("decision", "allow")]),
        ("/account", &[("first_name", "Mallory"), ("last_name", "Mallory")]),
        ("/account/applications", &[("application", "x")]),
        ("/sign-out", &[]),
        ("/oauth/logout/confirm", &[("continue", "x")]),
    ];
    for (path, fields) in forms {
        // a sign-out on the way gives the browser another secret, and thereby another token
        let csrf = csrf_of(&mut browser).await;
        let with = |token: Option<&str>| {
            let mut all = fields.to_vec();
            all.extend(
                token
                    .map(|token| ("csrf", token))
                    .into_iter()
                    .map(|(n, t)| (n, t.to_owned().leak() as &str)),
            );
            all
        };
        let own = server.url.as_str();
        let cases = [
            ("no origin", None, Some(csrf.as_str())),
            ("another origin", Some("https://evil.example"), Some(csrf.as_str())),
            ("a null origin", Some("null"), Some(csrf.as_str())),
            ("no token", Some(own), None),
            ("another browser's token", Some(own), Some(foreign_csrf.as_str())),
        ];
        for (what, origin, token) in cases {
            let mut request = browser.request(Method::POST, path).form(&with(token));
            if let Some(origin) = origin {
                request = request.header("origin", origin);
            }
            assert_eq!(
                browser.send(request).await.status,
                StatusCode::FORBIDDEN,
                "{path} with {what}"
            );
        }
        let request = browser
            .request(Method::POST, path)
            .header("origin", own)
            .form(&with(Some(&csrf)));
        assert_ne!(
            browser.send(request).await.status,
            StatusCode::FORBIDDEN,
            "{path} as it should be"
        );
        if path == "/account" {
            assert!(browser.get("/account").await.body.contains("Mallory"));
        }
    }
    assert_eq!(
        browser.get("/account").await.location(),
        Some("/sign-in"),
        "the last but one signed out"
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_is_answered_beside_its_field_and_changes_nothing() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    let fields = [
        ("first_name", "<b>x</b>"),
        ("email", "not an address"),
        ("password", "short"),
    ];
    let answer = browser.submit("/sign-up", "/sign-up", &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("aria-invalid") && answer.body.contains("aria-describedby"));
    assert!(answer.body.contains("not an address"), "the field keeps its value");
    assert!(!answer.body.contains("<b>x</b>") && !answer.body.contains("value=\"short\""));
    let twice = browser
        .post(
            "/sign-in",
            &[("identifier", "a@example.com"), ("identifier", "b@example.com")],
        )
        .await;
    assert_eq!(twice.status, StatusCode::BAD_REQUEST);
    assert!(server.app.accounts.list(None, 10).await.expect("lists").is_empty());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_carry_the_security_headers() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    for path in ["/sign-in", "/sign-up", "/signed-out", "/nowhere", "/dev/inbox"] {
        let page = browser.get(path).await;
        let csp = page.header("content-security-policy").expect(path);
        assert!(
            csp.contains("default-src 'none'") && csp.contains("frame-ancestors 'none'"),
            "{csp}"
        );
        assert!(!csp.contains("unsafe"), "{csp}");
        assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(page.header("referrer-policy"), Some("same-origin"));
        assert_eq!(page.header("cache-control"), Some("no-store"));
        assert!(page.header("x-request-id").is_some());
        assert!(
            !page.body.contains("<script>") && !page.body.contains(" style=\""),
            "{path}: nothing inline"
        );
    }
    let cookie = browser.get("/sign-in").await;
    assert!(
        cookie.header("set-cookie").is_none(),
        "a browser that has the cookie is not given another"
    );
    let first = server.browser().get("/sign-in").await;
    let set = first.header("set-cookie").expect("a cookie");
    assert!(
        set.contains("HttpOnly") && set.contains("SameSite=Lax") && set.contains("Path=/"),
        "{set}"
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_instance_makes_no_new_people() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    let open = browser.get("/sign-up").await;
    server
        .app
        .cx
        .instance
        .set("sign_up.mode", "closed", server.now())
        .await
        .expect("sets");
    assert_eq!(browser.get("/sign-up").await.status, StatusCode::FORBIDDEN);
    let fields = [("email", ADA), ("password", PASSWORD)];
    let late = browser.submit_shown(&open, "/sign-up", &fields).await;
    assert_eq!(late.status, StatusCode::FORBIDDEN);
    assert!(late.body.contains("New accounts are not open"));
    assert!(
        !browser.get("/sign-in").await.body.contains("/sign-up"),
        "no link to a closed door"
    );
    assert!(server.mail_to(ADA).await.is_none());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_inbox_answers_under_its_own_name_alone() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    begin_sign_up(&mut browser, ADA).await;
    server.code_for(ADA).await;
    assert!(browser.get("/dev/inbox.json").await.body.contains(ADA));
    for path in ["/dev/inbox", "/dev/inbox.json"] {
        let rebound = browser.request(Method::GET, path).header("host", "evil.example");
        assert_eq!(browser.send(rebound).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    server.stop().await;
}
