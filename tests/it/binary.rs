//! The program itself: what it logs, how it ends, TLS, and what other processes change.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode, Version};

use crate::support::{AFTER_LOGOUT, Binary, Browser, CALLBACK, RelyingParty, claims, free_port, run, until};

pub const ADA: &str = "ada@example.com";
pub const PASSWORD: &str = "correct horse battery";

async fn code_for(browser: &mut Browser, address: &str) -> String {
    let request = || async {
        let answer = browser.request(Method::GET, "/dev/inbox.json").send().await.ok()?;
        let mails: Vec<serde_json::Value> = answer.json().await.ok()?;
        let mail = mails.into_iter().find(|mail| mail["to"] == address)?;
        let text = mail["text"].as_str()?.to_owned();
        let code = text
            .lines()
            .map(str::trim)
            .find(|line| line.len() == 6 && line.bytes().all(|b| b.is_ascii_digit()));
        code.map(str::to_owned)
    };
    until(request).await.expect("a mail comes")
}

pub async fn sign_up(browser: &mut Browser) -> String {
    let fields = [("first_name", "Ada"), ("email", ADA), ("password", PASSWORD)];
    let started = browser.submit("/sign-up", "/sign-up", &fields).await;
    let verify = started.location().expect("a redirect").to_owned();
    let code = code_for(browser, ADA).await;
    let done = browser.submit(&verify, "/sign-up/verify", &[("code", &code)]).await;
    assert_eq!(done.location(), Some("/account"), "{}", done.body);
    code
}

pub fn register(server: &Binary) -> RelyingParty {
    let created = server.run(&[
        "apps",
        "create",
        "--name",
        "Acme Notes",
        "--redirect-uri",
        CALLBACK,
        "--post-logout-redirect-uri",
        AFTER_LOGOUT,
        "--json",
    ]);
    let text = String::from_utf8(created.stdout).expect("UTF-8");
    let json: serde_json::Value = serde_json::from_str(&text)
        .unwrap_or_else(|error| panic!("{error}: {text} {}", String::from_utf8_lossy(&created.stderr)));
    RelyingParty {
        client_id: json["client_id"].as_str().expect("a client id").to_owned(),
        secret: Some(json["client_secret"].as_str().expect("a secret").to_owned()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_run_logs_no_secret() {
    let server = Binary::serve("http", &["log.level=trace", "log.format=json"]).await;
    let mut secrets: BTreeSet<String> = BTreeSet::from([PASSWORD.to_owned(), "wrong password here".to_owned()]);
    let rp = register(&server);
    let mut browser = server.browser();
    let code = sign_up(&mut browser).await;
    secrets.extend(browser.cookies.values().cloned());

    // an authorization with everything that can be in it
    let offline = [
        ("scope", "openid email offline_access"),
        ("login_hint", "hint-of-somebody"),
    ];
    let (at, consent) = browser.follow(&rp.authorize(&offline)).await;
    secrets.insert(at.split_once("continue=").expect("a handle").1.to_owned());
    secrets.extend(consent.hidden().into_iter().map(|(_, value)| value));
    let auth_code = rp.code(&mut browser, &offline).await;
    let tokens = rp.redeem(&mut browser, &auth_code).await.json();
    secrets.insert(auth_code.clone());
    for token in ["access_token", "refresh_token", "id_token"] {
        secrets.insert(tokens[token].as_str().expect("a token").to_owned());
    }
    let refreshed = rp
        .refresh(&mut browser, tokens["refresh_token"].as_str().expect("a token"))
        .await
        .json();
    secrets.insert(refreshed["access_token"].as_str().expect("a token").to_owned());
    secrets.insert(refreshed["refresh_token"].as_str().expect("a token").to_owned());
    rp.userinfo(&mut browser, refreshed["access_token"].as_str().expect("a token"))
        .await;

    // refusals are where secrets slip out
    rp.redeem(&mut browser, &auth_code).await;
    rp.userinfo(&mut browser, "oat_neverissued").await;
    secrets.insert("oat_neverissued".to_owned());
    let wrong = RelyingParty {
        client_id: rp.client_id.clone(),
        secret: Some("a-wrong-secret".to_owned()),
    };
    wrong.redeem(&mut browser, "a-made-up-code").await;
    secrets.extend(["a-wrong-secret".to_owned(), "a-made-up-code".to_owned()]);
    secrets.insert(rp.secret.clone().expect("a secret"));
    let mut other = server.browser();
    let started = other.submit("/sign-in", "/sign-in", &[("identifier", ADA)]).await;
    let next = started.location().expect("a redirect").to_owned();
    other
        .submit(&next, "/sign-in/password", &[("password", "wrong password here")])
        .await;
    secrets.extend(other.cookies.values().cloned());
    browser
        .get(&format!(
            "/oauth/logout?id_token_hint={}",
            refreshed["id_token"].as_str().expect("a token")
        ))
        .await;

    let (status, log, dir) = server.stop();
    assert_eq!(status, Some(0), "{log}");
    let key = std::fs::read_to_string(dir.path().join("data/master.key")).expect("the development key");
    secrets.insert(key.trim().to_owned());
    assert!(log.lines().count() > 20, "the run was logged: {log}");
    for secret in &secrets {
        assert!(secret.len() >= 6, "too short to look for: {secret}");
        assert!(!log.contains(secret.as_str()), "the log has {secret}");
    }
    // a code has six digits, which a duration may have as well: looked for as a word of its own outside of numbers' fields
    let shows_code = log
        .lines()
        .any(|line| line.contains(&format!("\"{code}\"")) || line.contains(&format!(" {code} ")));
    assert!(!shows_code, "the log has the one-time code");
    assert!(!log.contains(ADA), "the log has a person's address");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_in_good_order_and_starts_again_with_everything() {
    let server = Binary::serve("http", &[]).await;
    let rp = register(&server);
    let mut browser = server.browser();
    sign_up(&mut browser).await;
    let tokens = rp.tokens(&mut browser, &[("scope", "openid offline_access")]).await;
    assert_eq!(claims(tokens["id_token"].as_str().expect("a token"))["iss"], server.url);
    let settings = server.settings.clone();
    let (status, log, dir) = server.stop();
    assert_eq!(status, Some(0), "{log}");
    let wal = dir.path().join("vestibule.db-wal");
    assert!(
        std::fs::metadata(&wal).map_or(true, |wal| wal.len() == 0),
        "the log is folded into the file"
    );
    let listed = run(dir.path(), &settings, &["users", "list", "--json"]);
    assert!(String::from_utf8_lossy(&listed.stdout).contains(ADA));
}

#[tokio::test(flavor = "multi_thread")]
async fn development_tls_speaks_http2_and_picks_up_a_new_certificate() {
    let server = Binary::serve("https", &["server.tls.mode=development"]).await;
    let mut browser = server.browser();
    let answer = browser.request(Method::GET, "/sign-in").send().await.expect("answers");
    assert_eq!(answer.version(), Version::HTTP_2);
    let certificate = peer_certificate(&answer);
    let page = browser.get("/sign-in").await;
    let cookie = page.header("set-cookie").expect("a cookie");
    assert!(
        cookie.starts_with("__Host-") && cookie.contains("Secure") && cookie.contains("HttpOnly"),
        "{cookie}"
    );

    let certs = server.dir.path().join("certs");
    let keys: Vec<_> = std::fs::read_dir(&certs)
        .expect("the directory was made")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| std::fs::read_to_string(path).is_ok_and(|text| text.contains("PRIVATE KEY")))
        .collect();
    assert_eq!(keys.len(), 1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&keys[0]).expect("metadata").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{mode:o}");
    }

    // another instance makes another certificate; its files take the place of ours
    let other = Binary::serve("https", &["server.tls.mode=development"]).await;
    for entry in std::fs::read_dir(other.dir.path().join("certs")).expect("a directory") {
        let from = entry.expect("an entry").path();
        std::fs::copy(&from, certs.join(from.file_name().expect("a name"))).expect("copies");
    }
    let url = server.url.clone();
    let changed = until(|| async {
        // a new connection each time
        let answer = Browser::new(&url).request(Method::GET, "/livez").send().await.ok()?;
        (peer_certificate(&answer) != certificate).then_some(())
    });
    assert!(
        changed.await.is_some(),
        "the new certificate was not picked up: {}",
        server.log()
    );
    assert_eq!(server.stop().0, Some(0));
    assert_eq!(other.stop().0, Some(0));
}

fn peer_certificate(answer: &reqwest::Response) -> Vec<u8> {
    let info = answer.extensions().get::<reqwest::tls::TlsInfo>().expect("TLS");
    info.peer_certificate().expect("a certificate").to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_command_line_changes_is_seen_within_a_second() {
    let server = Binary::serve("http", &[]).await;
    let count = |document: &serde_json::Value| document["keys"].as_array().map_or(0, Vec::len);
    let before = count(&server.browser().get("/oauth/jwks").await.json());
    let rotated = server.run(&[
        "keys",
        "rotate",
        "--purpose",
        "id_token",
        "--algorithm",
        "RS256",
        "--now",
    ]);
    assert!(rotated.status.success(), "{}", String::from_utf8_lossy(&rotated.stderr));
    let committed = Instant::now();
    let url = server.url.clone();
    let seen = until(|| async {
        let document = Browser::new(&url).get("/oauth/jwks").await.json();
        (count(&document) == before + 1).then_some(())
    });
    assert!(seen.await.is_some(), "the rotation was never seen");
    let took = committed.elapsed();
    assert!(took < Duration::from_secs(1), "seen after {took:?}");
    assert_eq!(server.stop().0, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn probes_and_metrics_answer_and_metrics_only_on_their_own_listener() {
    let port = free_port();
    let server = Binary::serve("http", &[&format!("metrics.listen=127.0.0.1:{port}")]).await;
    let mut browser = server.browser();
    assert_eq!(browser.get("/livez").await.status, StatusCode::OK);
    assert_eq!(browser.get("/readyz").await.status, StatusCode::OK);
    assert_eq!(browser.get("/metrics").await.status, StatusCode::NOT_FOUND);
    let metrics = Browser::new(&format!("http://127.0.0.1:{port}")).get("/metrics").await;
    assert_eq!(metrics.status, StatusCode::OK);
    assert!(
        metrics.body.contains("/livez") || metrics.body.contains("http_requests"),
        "{}",
        metrics.body
    );
    assert_eq!(server.stop().0, Some(0));
}

#[test]
fn wrong_settings_are_refused_with_the_nearest_name() {
    let dir = tempfile::tempdir().expect("a directory");
    let refused = run(
        dir.path(),
        &["server.pubic_url=http://localhost:1".to_owned()],
        &["serve"],
    );
    assert!(!refused.status.success());
    let text = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        text.contains("server.pubic_url") && text.contains("server.public_url"),
        "{text}"
    );
    assert!(!dir.path().join("data").exists(), "nothing was made");
}

#[test]
fn production_asks_for_what_it_needs() {
    let dir = tempfile::tempdir().expect("a directory");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_vestibule"))
        .current_dir(dir.path())
        .env_clear()
        .args(["serve"])
        .output()
        .expect("runs");
    assert!(!output.status.success());
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        text.contains("master_key") && text.contains("public_url"),
        "everything at once: {text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn production_has_no_inbox() {
    // base64 of 32 bytes
    let key = "keys.master_key=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let server = Binary::serve_as("production", "http", &[key, "data.dir=data"]).await;
    let mut browser = server.browser();
    assert_eq!(browser.get("/sign-in").await.status, StatusCode::OK);
    for path in ["/dev/inbox", "/dev/inbox.json"] {
        assert_eq!(browser.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let (status, log, dir) = server.stop();
    assert_eq!(status, Some(0), "{log}");
    assert!(
        !dir.path().join("data/master.key").exists(),
        "no key is made in production"
    );
}
