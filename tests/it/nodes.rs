//! Several processes on one database: what one changes another knows within a second and itself at once, and no request fails
//! because something changes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::support::{Binary, Browser, CALLBACK, Page, RelyingParty, until};

const ADA: &str = "ada@example.com";
const PASSWORD: &str = "correct horse battery";
/// How long another process may go on with what was: a second, and where the machine is too busy to read the feed, the two seconds after
/// which nothing that is remembered is relied on.
const LATEST: Duration = Duration::from_secs(3);

/// Runs a command that must succeed; what it printed.
fn run(server: &Binary, arguments: &[&str]) -> String {
    let done = server.run(arguments);
    assert!(
        done.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&done.stderr)
    );
    String::from_utf8(done.stdout).expect("UTF-8")
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// An instance with Ada and an application.
async fn instance() -> (Binary, RelyingParty) {
    let server = Binary::serve("http", &["log.level=warn"]).await;
    let password = server.dir.path().join("password");
    std::fs::write(&password, PASSWORD).expect("a file");
    let file = password.to_str().expect("UTF-8");
    run(&server, &["users", "create", "--email", ADA, "--password-file", file]);
    let create = [
        "apps",
        "create",
        "--name",
        "Notes",
        "--redirect-uri",
        CALLBACK,
        "--json",
    ];
    let created = json(&run(&server, &create));
    let text = |name: &str| created[name].as_str().expect("a text").to_owned();
    let rp = RelyingParty {
        client_id: text("client_id"),
        secret: Some(text("client_secret")),
    };
    (server, rp)
}

async fn sign_in(server: &Binary) -> Browser {
    let mut browser = server.browser();
    let started = browser.submit("/sign-in", "/sign-in", &[("identifier", ADA)]).await;
    let next = started.location().expect("a redirect").to_owned();
    let done = browser
        .submit(&next, "/sign-in/password", &[("password", PASSWORD)])
        .await;
    assert_eq!(done.location(), Some("/account"), "{}", done.body);
    browser
}

/// The same cookies at another process.
fn copy(browser: &Browser, url: &str) -> Browser {
    let mut copy = Browser::new(url);
    copy.cookies = browser.cookies.clone();
    copy
}

/// Asks as somebody with these cookies does, and keeps none that is given.
async fn status(browser: &Browser, path: &str) -> StatusCode {
    let answer = browser.request(Method::GET, path).send().await.expect("answers");
    answer.status()
}

/// Fails unless `is_seen` in time after `since`.
async fn within_a_second<Fut: Future<Output = bool>>(what: &str, since: Instant, is_seen: impl Fn() -> Fut) {
    let seen = until(|| async { is_seen().await.then(|| since.elapsed()) }).await;
    let took = seen.unwrap_or_else(|| panic!("{what}: never seen"));
    assert!(took < LATEST, "{what}: seen after {took:?}");
}

async fn userinfo(url: &str, token: &str) -> Page {
    RelyingParty {
        client_id: String::new(),
        secret: None,
    }
    .userinfo(&mut Browser::new(url), token)
    .await
}

/// What the token endpoint of a process says to a made-up refresh token: with the right secret, that the token is wrong.
async fn refusal(url: &str, rp: &RelyingParty) -> String {
    let refused = rp.refresh(&mut Browser::new(url), "ort_made_up").await;
    refused.json()["error"].as_str().expect("an error").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_out_is_known_at_once_here_and_within_a_second_elsewhere() {
    let (here, _) = instance().await;
    let there = here.beside().await;
    let mut ada = sign_in(&here).await;
    let (old_here, old_there) = (copy(&ada, &here.url), copy(&ada, &there.url));
    let account = ada.get("/account").await;
    for _ in 0..3 {
        assert_eq!(status(&old_here, "/account").await, StatusCode::OK);
        assert_eq!(status(&old_there, "/account").await, StatusCode::OK);
    }
    let out = ada.submit_shown(&account, "/sign-out", &[]).await;
    let ended = Instant::now();
    assert_eq!(out.location(), Some("/signed-out"), "{}", out.body);
    assert_ne!(status(&old_here, "/account").await, StatusCode::OK, "at once");
    let is_out = || async { status(&old_there, "/account").await != StatusCode::OK };
    within_a_second("a sign-out", ended, is_out).await;
    assert_eq!(here.stop().0, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_secret_key_opens_nothing_at_any_process_within_a_second() {
    let (here, _) = instance().await;
    let there = here.beside().await;
    let made = json(&run(&here, &["secret-keys", "create", "--name", "Deploy", "--json"]));
    let (id, key) = (
        made["id"].as_str().expect("an id"),
        made["secret"].as_str().expect("a key"),
    );
    let asked = async |url: &str| {
        let request = Browser::new(url).request(Method::GET, "/api/v1/oauth_applications");
        let answer = request.header("authorization", format!("Bearer {key}")).send().await;
        answer.expect("answers").status()
    };
    for url in [&here.url, &there.url] {
        for _ in 0..3 {
            assert_eq!(asked(url).await, StatusCode::OK);
        }
    }
    run(&here, &["secret-keys", "revoke", id]);
    let revoked = Instant::now();
    for url in [&here.url, &there.url] {
        let is_out = || async { asked(url).await == StatusCode::UNAUTHORIZED };
        within_a_second("a revoked key", revoked, is_out).await;
    }
    assert_eq!(here.stop().0, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_another_secret_and_a_deletion_are_known_to_every_process_within_a_second() {
    let (here, mut rp) = instance().await;
    let there = here.beside().await;
    let urls = [here.url.clone(), there.url.clone()];
    let mut ada = sign_in(&here).await;
    let tokens = rp.tokens(&mut ada, &[]).await;
    let token = tokens["access_token"].as_str().expect("a token");
    let devices = urls.each_ref().map(|url| copy(&ada, url));
    for (url, device) in urls.iter().zip(&devices) {
        for _ in 0..3 {
            assert_eq!(userinfo(url, token).await.status, StatusCode::OK);
            assert_eq!(status(device, "/account").await, StatusCode::OK);
        }
        assert_eq!(refusal(url, &rp).await, "invalid_grant");
    }

    run(&here, &["users", "ban", ADA]);
    let banned = Instant::now();
    for (url, device) in urls.iter().zip(&devices) {
        let is_out = || async {
            userinfo(url, token).await.status == StatusCode::UNAUTHORIZED
                && status(device, "/account").await != StatusCode::OK
        };
        within_a_second("a ban", banned, is_out).await;
    }
    run(&here, &["users", "unban", ADA]);
    let unbanned = Instant::now();
    for url in &urls {
        let is_in = || async { userinfo(url, token).await.status == StatusCode::OK };
        within_a_second("a ban that was lifted", unbanned, is_in).await;
    }

    let rotated = json(&run(
        &here,
        &["apps", "rotate-secret", &rp.client_id, "--overlap", "0", "--json"],
    ));
    let changed = Instant::now();
    let old = RelyingParty {
        client_id: rp.client_id.clone(),
        secret: rp.secret.take(),
    };
    rp.secret = Some(rotated["client_secret"].as_str().expect("a secret").to_owned());
    for url in &urls {
        let is_new =
            || async { refusal(url, &old).await == "invalid_client" && refusal(url, &rp).await == "invalid_grant" };
        within_a_second("another secret", changed, is_new).await;
    }

    run(&here, &["apps", "delete", &rp.client_id, "--yes"]);
    let deleted = Instant::now();
    for url in &urls {
        let is_gone = || async {
            refusal(url, &rp).await == "invalid_client"
                && userinfo(url, token).await.status == StatusCode::UNAUTHORIZED
                && status(&Browser::new(url), &rp.authorize(&[])).await == StatusCode::BAD_REQUEST
        };
        within_a_second("a deletion", deleted, is_gone).await;
    }
    assert_eq!(here.stop().0, Some(0));
}

/// When a request began and what its answer said.
type Seen = Vec<(Instant, String)>;

/// Sends the request again and again until it is told to stop; each must succeed.
async fn again_and_again(stop: Arc<AtomicBool>, browser: Browser, path: &str, token: Option<String>) -> Seen {
    let mut seen = Vec::new();
    while !stop.load(Ordering::SeqCst) {
        let began = Instant::now();
        let mut request = browser.request(Method::GET, path);
        if let Some(token) = &token {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await.expect("answers");
        let status = answer.status();
        let body = answer.text().await.expect("a body");
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        seen.push((began, body));
    }
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_change_things_under_load_and_no_request_fails_or_is_answered_from_before() {
    let (server, rp) = instance().await;
    let mut ada = sign_in(&server).await;
    let tokens = rp.tokens(&mut ada, &[]).await;
    let token = tokens["access_token"].as_str().expect("a token").to_owned();
    let stop = Arc::new(AtomicBool::new(false));
    let work = |path: &'static str, token: Option<String>| {
        let browser = copy(&ada, &server.url);
        tokio::spawn(again_and_again(Arc::clone(&stop), browser, path, token))
    };
    let people = [
        work("/oauth/userinfo", Some(token.clone())),
        work("/oauth/userinfo", Some(token)),
    ];
    let keys = work("/oauth/jwks", None);
    let pages = work("/account", None);

    let mut named: Vec<(Instant, String)> = Vec::new();
    let mut rotated: Vec<(Instant, String)> = Vec::new();
    for round in 0..4 {
        let nickname = format!("Ada{round}");
        run(
            &server,
            &["users", "set", ADA, "--claim", &format!("nickname={nickname}")],
        );
        named.push((Instant::now(), nickname));
        run(
            &server,
            &[
                "keys",
                "rotate",
                "--purpose",
                "id_token",
                "--algorithm",
                "ES256",
                "--now",
            ],
        );
        let now = Instant::now();
        let all = json(&run(&server, &["keys", "list", "--json"]));
        let next = all.as_array().expect("keys").iter().find(|key| {
            (&key["purpose"], &key["algorithm"], &key["state"]) == (&"id_token".into(), &"ES256".into(), &"next".into())
        });
        rotated.push((now, next.expect("is there")["id"].as_str().expect("an id").to_owned()));
        let create = [
            "apps",
            "create",
            "--name",
            "Other",
            "--redirect-uri",
            CALLBACK,
            "--json",
        ];
        let other = json(&run(&server, &create));
        run(
            &server,
            &["apps", "delete", other["client_id"].as_str().expect("an id"), "--yes"],
        );
        // whoever asks from here on must be told the last of all
        tokio::time::sleep(LATEST + Duration::from_millis(300)).await;
    }
    stop.store(true, Ordering::SeqCst);
    let told = |seen: Seen, changes: &[(Instant, String)]| {
        for (began, body) in &seen {
            // the last change that was a second old
            let due = changes.iter().rev().find(|(at, _)| *began > *at + LATEST);
            let newer = changes.iter().filter(|(at, _)| *began <= *at + LATEST);
            if let Some((_, value)) = due {
                assert!(
                    body.contains(value) || newer.clone().any(|(_, value)| body.contains(value)),
                    "{value} was changed more than a second before: {body}"
                );
            }
        }
        seen.len()
    };
    let mut answers = 0;
    for worker in people {
        answers += told(worker.await.expect("no request fails"), &named);
    }
    answers += told(keys.await.expect("no request fails"), &rotated);
    answers += pages.await.expect("no request fails").len();
    assert!(answers > 100, "there was load: {answers}");
    assert_eq!(server.stop().0, Some(0));
}
