//! Malformed requests: every endpoint, every kind of nonsense, and afterwards all goes on.

mod endpoints;
mod hostile;
mod json;
mod judge;
mod routes;
mod wire;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::StreamExt;
use vestibule::kernel::digest::sha256;
use vestibule::kernel::event::Actor;
use vestibule::kernel::rng::Rng;

use crate::people::sign_up;
use crate::support::{Browser, RelyingParty, TestServer, VERIFIER};
use endpoints::{Endpoint, Known, Reads, Surface};
use hostile::{Grade, Hostile, Kind};

const SEED: u64 = 0x7665_7374;
/// How many requests are drawn for each endpoint beside those that are always sent, unless `VESTIBULE_TEST_DRAWN` says more.
const DRAWN: u32 = 40;
/// How many connections are open at a time.
const WIDTH: usize = 8;

struct Setting {
    server: TestServer,
    rp: RelyingParty,
    browser: Browser,
    csrf: String,
    /// A key of the Backend API.
    key: String,
    /// The path of an application that requests may change.
    application: &'static str,
}

async fn setting() -> Setting {
    let changes = [
        // so that every request can come from an address of its own and is not refused by a limit instead
        ("server.trusted_proxies", "127.0.0.0/8"),
        ("server.client_request_timeout_seconds", "2"),
    ];
    let server = TestServer::start_with(&changes).await;
    let rp = RelyingParty::register(&server).await;
    let mut browser = server.browser();
    sign_up(&server, &mut browser, "ada@example.com").await;
    let account = browser.get("/account").await;
    let csrf = account.hidden().into_iter().find(|(name, _)| name == "csrf");
    let key = server.app.secret_keys.create("Tests", Actor::Operator).await;
    let spare = RelyingParty::register(&server).await;
    let spare = server.app.applications.find(&spare.client_id).await;
    let path = format!(
        "/api/v1/oauth_applications/{}",
        spare.expect("reads").expect("is there").id
    );
    Setting {
        key: key.expect("made").plain.expose().to_owned(),
        application: Box::leak(path.into_boxed_str()),
        csrf: csrf.expect("a token").1,
        server,
        rp,
        browser,
    }
}

impl Setting {
    fn endpoints(&self) -> Vec<Endpoint> {
        endpoints::all(&Known {
            client_id: self.rp.client_id.clone(),
            client_secret: self.rp.secret.clone().expect("a secret"),
            csrf: self.csrf.clone(),
            challenge: URL_SAFE_NO_PAD.encode(sha256(VERIFIER.as_bytes())),
            application: self.application,
        })
    }

    /// A request, wrong as `hostile` says and right in all else, as the bytes on the wire.
    fn request(&self, endpoint: &Endpoint, hostile: &Hostile, number: usize) -> Vec<u8> {
        let is_json = endpoint.reads == Reads::Json;
        let mut params = if is_json {
            json::parameters(endpoint)
        } else {
            parameters(endpoint)
        };
        let right_type = if is_json {
            "application/json"
        } else {
            "application/x-www-form-urlencoded"
        };
        let (mut method, mut body_type, mut body) = (endpoint.method, right_type, None);
        let mut has_key = endpoint.surface == Surface::Backend;
        let (mut head, mut frame, mut cookie) = (Vec::new(), None, None);
        match &hostile.kind {
            Kind::Value(name, value) => {
                params.retain(|(known, _)| known != name);
                params.push((name, if is_json { json::text(value) } else { value.clone() }));
            }
            Kind::Twice(name) if is_json => params.extend([(*name, b"1".to_vec()), (*name, b"2".to_vec())]),
            Kind::Twice(name) => params.extend([(*name, b"a".to_vec()), (*name, b"b".to_vec())]),
            Kind::Parameters(bytes) => body = Some(bytes.clone()),
            Kind::Body(of_type, bytes) => (body_type, body) = (of_type, Some(bytes.clone())),
            Kind::Cookie(value) => cookie = Some(*value),
            Kind::Head(lines) => {
                has_key &= !lines.starts_with(b"Authorization");
                head.clone_from(lines);
            }
            Kind::Method(other) => {
                // or it would delete what others ask for
                has_key = false;
                method = other;
            }
            Kind::Frame(bytes) => frame = Some(bytes.clone()),
        }
        let payload = body.unwrap_or_else(|| {
            if is_json {
                json::object(&params)
            } else {
                urlencoded(&params)
            }
        });
        let in_query = endpoint.reads != Reads::Form && !is_json;
        let mut bytes = format!("{method} {}", endpoint.path).into_bytes();
        if in_query && !payload.is_empty() {
            bytes.push(b'?');
            bytes.extend_from_slice(&payload);
        }
        bytes.push(b' ');
        if let Some(frame) = frame {
            bytes.extend_from_slice(&frame);
            return bytes;
        }
        let ip = format!("198.18.{}.{}", number / 250 % 250, number % 250 + 1);
        let usual = format!(
            "HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nOrigin: {}\r\nX-Forwarded-For: {ip}\r\n",
            self.server.url
        );
        bytes.extend_from_slice(usual.as_bytes());
        let (name, value) = self.browser.cookies.first_key_value().expect("the device cookie");
        bytes.extend_from_slice(format!("Cookie: {name}=").as_bytes());
        bytes.extend_from_slice(cookie.unwrap_or(value.as_bytes()));
        bytes.extend_from_slice(b"\r\n");
        if has_key {
            bytes.extend_from_slice(format!("Authorization: Bearer {}\r\n", self.key).as_bytes());
        }
        bytes.extend_from_slice(&head);
        if !in_query {
            bytes.extend_from_slice(
                format!("Content-Type: {body_type}\r\nContent-Length: {}\r\n", payload.len()).as_bytes(),
            );
        }
        bytes.extend_from_slice(b"\r\n");
        if !in_query {
            bytes.extend_from_slice(&payload);
        }
        bytes
    }

    /// Signs nobody in anew: what was there before still works, and so does everything else.
    async fn still_works(mut self) {
        let account = self.browser.get("/account").await;
        assert_eq!(account.status, 200, "the session is still there");
        let tokens = self
            .rp
            .tokens(&mut self.browser, &[("scope", "openid email offline_access")])
            .await;
        let access = tokens["access_token"].as_str().expect("a token");
        assert_eq!(self.rp.userinfo(&mut self.browser, access).await.status, 200);
        self.server.stop().await;
    }
}

fn parameters(endpoint: &Endpoint) -> Vec<(&'static str, Vec<u8>)> {
    let encoded = |text: &str| {
        url::form_urlencoded::byte_serialize(text.as_bytes())
            .collect::<String>()
            .into_bytes()
    };
    let given = endpoint.params.iter().filter(|(_, value)| !value.is_empty());
    given.map(|(name, value)| (*name, encoded(value))).collect()
}

fn urlencoded(params: &[(&'static str, Vec<u8>)]) -> Vec<u8> {
    let pairs: Vec<Vec<u8>> = params
        .iter()
        .map(|(name, value)| [name.as_bytes(), b"=", value].concat())
        .collect();
    pairs.join(&b'&')
}

/// Sends all of it, and gives what was answered wrongly.
async fn send(setting: &Setting, cases: Vec<(Endpoint, Hostile)>) -> Vec<String> {
    let address = setting
        .server
        .url
        .replace("http://localhost", "127.0.0.1")
        .parse()
        .expect("an address");
    let answers =
        futures_util::stream::iter(cases.into_iter().enumerate()).map(|(number, (endpoint, hostile))| async move {
            let bytes = setting.request(&endpoint, &hostile, number);
            let answer = wire::exchange(address, &bytes).await;
            let refused = is_read(&endpoint, &hostile.kind);
            let complaint = judge::complaint(&setting.server.url, &endpoint, refused, hostile.grade, answer.as_ref());
            complaint.map(|complaint| {
                let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(600)]).into_owned();
                format!("{complaint}\n    {:?} to {shown:?}", hostile.grade)
            })
        });
    answers
        .buffer_unordered(WIDTH)
        .filter_map(|complaint| async { complaint })
        .collect()
        .await
}

/// Whether the endpoint looks at all at what is wrong.
fn is_read(endpoint: &Endpoint, kind: &Kind) -> bool {
    match (endpoint.path, kind) {
        // what a relying party may send is ignored where it is not known (RFC 6749 section 3.1)
        ("/oauth/authorize", Kind::Value(name, _)) => {
            ["client_id", "redirect_uri", "state", "response_type", "scope", "nonce"].contains(name)
        }
        // a token in the header needs no form beside it
        ("/oauth/userinfo", Kind::Body(..)) => false,
        // in JSON a percent sign is one
        (_, Kind::Value(_, value)) if endpoint.reads == Reads::Json => json::is_broken(value),
        _ => endpoint.reads != Reads::Nothing,
    }
}

fn report(complaints: &[String]) {
    assert!(
        complaints.is_empty(),
        "{} wrong answers:\n{}",
        complaints.len(),
        complaints[..complaints.len().min(40)].join("\n")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_endpoint_understands_is_refused_in_its_own_format() {
    let setting = setting().await;
    let mut cases = Vec::new();
    for endpoint in setting.endpoints() {
        let names: Vec<&'static str> = endpoint.params.iter().map(|(name, _)| *name).collect();
        for hostile in hostile::always(&names, matches!(endpoint.reads, Reads::Form | Reads::Json)) {
            cases.push((endpoint.clone(), hostile));
        }
    }
    report(&send(&setting, cases).await);
    setting.still_works().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_drawn_at_random_is_refused_in_the_same_way() {
    let setting = setting().await;
    let rng = Rng::seeded(SEED);
    let asked = std::env::var("VESTIBULE_TEST_DRAWN").ok();
    let drawn = asked.map_or(DRAWN, |count| count.parse().expect("a number"));
    let mut cases = Vec::new();
    for endpoint in setting.endpoints() {
        let names: Vec<&'static str> = endpoint.params.iter().map(|(name, _)| *name).collect();
        cases.extend((0..drawn).map(|_| (endpoint.clone(), hostile::drawn(&rng, &names))));
    }
    report(&send(&setting, cases).await);
    setting.still_works().await;
}

/// Paths that lead out of the house, twice into it, or nowhere.
#[tokio::test(flavor = "multi_thread")]
async fn a_strange_path_is_not_found_and_leads_nowhere() {
    let setting = setting().await;
    let address = setting
        .server
        .url
        .replace("http://localhost", "127.0.0.1")
        .parse()
        .expect("an address");
    let strange: [&[u8]; 22] = [
        b"/assets/../../../../etc/passwd",
        b"/assets/..%2f..%2f..%2fetc%2fpasswd",
        b"/assets/%2e%2e/%2e%2e/Cargo.toml",
        b"/assets/..\\..\\Cargo.toml",
        b"/assets/%00",
        b"/assets/%ff",
        b"/assets//etc/passwd",
        b"/assets/",
        b"/assets",
        b"//oauth/authorize",
        b"/oauth//token",
        b"/oauth/token/",
        b"/oauth/./token",
        b"/oauth/x/../token",
        b"/oauth/%74oken%00",
        b"/OAUTH/TOKEN",
        b"//evil.example/%2e%2e",
        b"/\\evil.example",
        b"/%",
        b"/%zz",
        b"/.git/config",
        b"http://evil.example/sign-in",
    ];
    let mut complaints = Vec::new();
    for method in ["GET", "POST"] {
        for path in strange {
            let head = b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
            let bytes = [method.as_bytes(), b" ", path, &head[..]].concat();
            let answer = wire::exchange(address, &bytes).await;
            let status = answer.as_ref().map_or(0, |answer| answer.status);
            // an absolute form names our own path, whatever host stands before it (RFC 9112 section 3.2.2)
            let absolute = path.starts_with(b"http:") && (status == 200 || status == 303);
            if !(400..500).contains(&status) && !absolute {
                complaints.push(format!("{status} to {}", String::from_utf8_lossy(&bytes)));
            }
            let text = answer.map(|answer| answer.text()).unwrap_or_default();
            assert!(
                !text.contains("root:") && !text.contains("[package]"),
                "a file was read"
            );
        }
    }
    report(&complaints);
    setting.still_works().await;
}

/// A second answer would belong to somebody else's request (RFC 9112 section 11.2).
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_smuggled_behind_an_ambiguous_length() {
    let setting = setting().await;
    let address = setting
        .server
        .url
        .replace("http://localhost", "127.0.0.1")
        .parse()
        .expect("an address");
    let smuggled = "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for ambiguous in [
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Content-Length: 4\r\nContent-Length: 0\r\n\r\n",
        "Transfer-Encoding: xchunked\r\nContent-Length: 0\r\n\r\n",
        "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "Content-Length: +0\r\n\r\n",
        "Content-Length:\r\n\r\n",
    ] {
        let bytes = format!("POST /oauth/token HTTP/1.1\r\nHost: localhost\r\n{ambiguous}{smuggled}");
        let answer = wire::exchange(address, bytes.as_bytes()).await;
        let status = answer.as_ref().map_or(400, |answer| answer.status);
        let text = answer.map(|answer| answer.text()).unwrap_or_default();
        assert!(
            (400..500).contains(&status) && !text.contains("ok\n"),
            "{status} {text} to {bytes:?}"
        );
    }
    setting.still_works().await;
}

/// Grades are what the judge goes by: each must be able to fail.
#[test]
fn the_judge_sees_what_is_wrong() {
    let endpoint = &endpoints::all(&Known {
        client_id: String::new(),
        client_secret: String::new(),
        csrf: String::new(),
        challenge: String::new(),
        application: "/",
    })[0];
    let answer = |status, headers: &[(&str, &str)], body: &str| wire::Answer {
        status,
        headers: headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        body: body.as_bytes().to_vec(),
    };
    let json = [
        ("content-type", "application/json"),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
    ];
    let judged = |grade, answer: &wire::Answer| {
        judge::complaint("http://localhost:1", endpoint, true, grade, Some(answer)).is_some()
    };
    assert!(!judged(
        Grade::Broken,
        &answer(400, &json, "{\"error\":\"invalid_request\"}")
    ));
    assert!(judged(Grade::Odd, &answer(500, &json, "{\"error\":\"server_error\"}")));
    assert!(judged(Grade::Broken, &answer(200, &json, "{}")));
    assert!(judged(Grade::Broken, &answer(400, &json, "")));
    assert!(judged(Grade::Broken, &answer(400, &json[..2], "{\"error\":\"a\"}")));
    assert!(judged(
        Grade::Broken,
        &answer(400, &json, "{\"error\":\"a\",\"error_description\":\"\\u00e9\"}")
    ));
    assert!(judged(
        Grade::Odd,
        &answer(303, &[("location", "https://evil.example/")], "")
    ));
    assert!(judged(Grade::Odd, &answer(303, &[("location", "//evil.example/")], "")));
    assert!(judged(
        Grade::Odd,
        &answer(303, &[("location", "https://app.example/cb.evil.example")], "")
    ));
    assert!(!judged(
        Grade::Odd,
        &answer(303, &[("location", "https://app.example/cb?error=x")], "")
    ));
    assert!(judge::complaint("http://localhost:1", endpoint, true, Grade::Odd, None).is_some());
}
