//! The functions that every request of a kind passes through, by themselves.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use serde_json::json;
use tokio::runtime::Runtime;
use vestibule::app::App;
use vestibule::kernel::event::Actor;
use vestibule::keys::{Algorithm, Purpose};
use vestibule::oidc::{Registration, RequestParams, Scope, TokenRequest};
use vestibule::platform::http::Params;
use vestibule::platform::limits::{Bucket, Rule, take};
use vestibule::platform::seal::Cell;

const REDIRECT_URI: &str = "https://app.example/callback";
const TOKEN_REQUEST: &[u8] = b"grant_type=authorization_code&code=AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfG\
    &redirect_uri=https%3A%2F%2Fapp.example%2Fcallback&code_verifier=a-code-verifier-that-is-long-enough-for-it";
const BASIC: &str = "Basic YS1jbGllbnQ6YS1zZWNyZXQtb2YtYS1jbGllbnQtdGhhdC1pcy1sb25n";
const AUTHORIZATION_REQUEST: &[u8] =
    b"response_type=code&client_id=a-client&redirect_uri=https%3A%2F%2Fapp.example%2Fcallback\
    &scope=openid%20email%20offline_access&state=a-state&nonce=a-nonce\
    &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";

fn keys(c: &mut Criterion, app: &App) {
    let claims = json!({
        "iss": "https://id.example.com", "sub": "usr_2abcdefghijklmnopqrstuvwxyz", "aud": "a-client", "exp": 1_800_003_600,
        "iat": 1_800_000_000, "auth_time": 1_800_000_000, "nonce": "a-nonce", "sid": "sess_2abcdefghijklmnopqrstuvwxyz",
        "at_hash": "77QmUPtjPfzWtF2AnpK9RQ", "amr": ["pwd"],
    });
    for algorithm in [Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa] {
        let sign = || {
            app.keys
                .sign(Purpose::IdToken, algorithm, None, &claims)
                .expect("a token")
        };
        c.bench_function(&format!("sign an ID token, {}", algorithm.as_str()), |b| b.iter(sign));
        let token = sign();
        c.bench_function(&format!("verify an ID token, {}", algorithm.as_str()), |b| {
            b.iter(|| app.keys.verify(Purpose::IdToken, black_box(&token)).expect("claims"));
        });
    }
}

fn parsing(c: &mut Criterion) {
    c.bench_function("read a scope", |b| {
        b.iter(|| Scope::requested(black_box("openid email offline_access")))
    });
    c.bench_function("read an authorization request", |b| {
        b.iter(|| RequestParams::parse(black_box(AUTHORIZATION_REQUEST)).expect("parameters"));
    });
    c.bench_function("read a token request", |b| {
        b.iter(|| {
            let params = Params::from_body(black_box(TOKEN_REQUEST)).expect("parameters");
            TokenRequest::read(Some(BASIC), params).expect("a request")
        });
    });
}

fn applications(c: &mut Criterion, app: &App, runtime: &Runtime) {
    let new = Registration::new("bench", vec![REDIRECT_URI.to_owned()]);
    let created = runtime
        .block_on(app.applications.create(new, Actor::Operator))
        .expect("an application");
    let secret = created.client_secret.expect("a confidential application");
    let client_id = created.application.client_id.as_str();
    c.bench_function("find an application", |b| {
        b.to_async(runtime)
            .iter(|| async { app.applications.find(client_id).await.expect("memory").expect("it") });
    });
    c.bench_function("check a client secret", |b| {
        b.iter(|| {
            assert!(
                created
                    .application
                    .admits_secret(black_box(secret.expose()), app.cx.now())
            )
        });
    });
    c.bench_function("check a redirect URI", |b| {
        b.iter(|| assert!(created.application.has_redirect_uri(black_box(REDIRECT_URI))));
    });
}

fn sealing(c: &mut Criterion, app: &App) {
    let cell = Cell {
        table: "t",
        column: "c",
        row: "a row",
    };
    let sealed = app.cx.sealer.seal(cell, &[7; 200], app.cx.rng.bytes()).expect("sealed");
    c.bench_function("seal 200 bytes into a cell", |b| {
        b.iter(|| {
            app.cx
                .sealer
                .seal(cell, black_box(&[7; 200]), app.cx.rng.bytes())
                .expect("sealed")
        });
    });
    c.bench_function("open 200 bytes of a cell", |b| {
        b.iter(|| app.cx.sealer.open(cell, black_box(&sealed)).expect("opened"));
    });
}

fn limits(c: &mut Criterion, app: &App, runtime: &Runtime) {
    let rule = Rule {
        name: "bench",
        burst: u32::MAX,
        every: Duration::from_millis(1),
    };
    let key = app.cx.sealer.derive("bench");
    c.bench_function("count an event against a limit, a transaction of its own", |b| {
        b.to_async(runtime).iter(|| async {
            let bucket = Bucket::new(rule, &key, &["203.0.113.1"]);
            let (bucket, now) = (&bucket, app.cx.now());
            app.cx
                .db
                .write(|tx| async move { take(&tx, bucket, now).await })
                .await
                .expect("counted")
        });
    });
}

fn all(c: &mut Criterion) {
    let data = std::env::temp_dir().join(format!("vestibule-hot-{}", std::process::id()));
    let runtime = Runtime::new().expect("a runtime");
    let app = runtime.block_on(hot::instance(&data)).expect("an instance");
    keys(c, &app);
    parsing(c);
    applications(c, &app, &runtime);
    sealing(c, &app);
    limits(c, &app, &runtime);
    std::fs::remove_dir_all(&data).expect("the folder was made");
}

criterion_group! {
    name = hot;
    config = Criterion::default().warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(2)).sample_size(40);
    targets = all
}
criterion_main!(hot);
