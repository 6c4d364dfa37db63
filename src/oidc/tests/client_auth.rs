//! Clients prove who they are, by the method they are registered for and no other.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::oidc::client_auth::ClientCredentials;
use crate::oidc::client_auth::testing::Signer;
use crate::oidc::tests::world::ADDRESS;

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

impl World {
    async fn authenticates(&self, authorization: Option<&str>, fields: &[(&str, &str)]) -> bool {
        let mut params = Params::from_query(&encode(fields)).expect("parameters");
        let Ok(client) = ClientCredentials::read(authorization, &mut params) else {
            return false;
        };
        match self.provider.authenticate(&client, ADDRESS).await {
            Ok(application) => application.client_id == fields[0].1,
            Err(error) => {
                assert_eq!(error.code(), ErrorCode::InvalidClient);
                false
            }
        }
    }

    async fn asserts(&self, app: &App, assertion: &str) -> bool {
        let fields = [
            ("client_id", app.application.client_id.as_str()),
            ("client_assertion_type", JWT_BEARER),
            ("client_assertion", assertion),
        ];
        self.authenticates(None, &fields).await
    }

    fn claims(&self, app: &App, jti: &str) -> Value {
        let client_id = &app.application.client_id;
        json!({ "iss": client_id, "sub": client_id, "aud": ISSUER, "exp": self.cx.now().secs() + 60, "jti": jti })
    }

    async fn signing_app(&self, change: impl FnOnce(&mut Registration)) -> App {
        let mut new = notes();
        new.authentication = AuthMethod::PrivateKeyJwt;
        change(&mut new);
        self.register(new).await
    }
}

#[tokio::test]
async fn only_the_registered_method_admits() {
    use AuthMethod::{ClientSecret, ClientSecretBasic, ClientSecretPost};
    let world = World::new().await;
    for (method, by_header, by_body) in [
        (ClientSecretBasic, true, false),
        (ClientSecretPost, false, true),
        (ClientSecret, true, true),
    ] {
        let app = world
            .register(Registration {
                authentication: method,
                ..notes()
            })
            .await;
        let (id, secret) = (
            app.application.client_id.as_str(),
            app.secret.as_deref().expect("a secret"),
        );
        let header = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
        assert_eq!(
            world.authenticates(Some(&header), &[("client_id", id)]).await,
            by_header,
            "{method}"
        );
        let body = [("client_id", id), ("client_secret", secret)];
        assert_eq!(world.authenticates(None, &body).await, by_body, "{method}");
        assert!(
            !world.authenticates(None, &[("client_id", id)]).await,
            "{method} without anything"
        );
        let wrong = [("client_id", id), ("client_secret", "wrong")];
        assert!(!world.authenticates(None, &wrong).await);
        let assertion = Signer::new("one").sign(&world.claims(&app, "1"));
        assert!(!world.asserts(&app, &assertion).await, "{method} by an assertion");
    }
    let public = world.public_app().await;
    let id = public.application.client_id.as_str();
    assert!(world.authenticates(None, &[("client_id", id)]).await);
    assert!(
        !world
            .authenticates(None, &[("client_id", id), ("client_secret", "x")])
            .await
    );
    assert!(!world.authenticates(None, &[("client_id", "nobody")]).await);
}

#[tokio::test]
async fn an_assertion_admits_once() {
    let world = World::new().await;
    let signer = Signer::new("one");
    let app = world.signing_app(|new| new.jwks = Some(signer.jwks())).await;
    let assertion = signer.sign(&world.claims(&app, "1"));
    assert!(world.asserts(&app, &assertion).await);
    assert!(!world.asserts(&app, &assertion).await, "it was used");
    let again = signer.sign(&world.claims(&app, "1"));
    assert!(
        !world.asserts(&app, &again).await,
        "the jti was used, whatever signs it"
    );
    assert!(world.asserts(&app, &signer.sign(&world.claims(&app, "2"))).await);

    // a jti is the application's own: another one may use the same
    let other = world.signing_app(|new| new.jwks = Some(signer.jwks())).await;
    assert!(world.asserts(&other, &signer.sign(&world.claims(&other, "1"))).await);
    assert!(!world.asserts(&other, &signer.sign(&world.claims(&app, "3"))).await);
}

#[tokio::test]
async fn what_strangers_sign_uses_up_nothing() {
    let world = World::new().await;
    let (signer, stranger) = (Signer::new("one"), Signer::new("one"));
    let app = world.signing_app(|new| new.jwks = Some(signer.jwks())).await;
    let claims = world.claims(&app, "1");
    assert!(!world.asserts(&app, &stranger.sign(&claims)).await);
    assert!(world.asserts(&app, &signer.sign(&claims)).await);
    let id = app.application.client_id.as_str();
    assert!(
        !world.authenticates(None, &[("client_id", id)]).await,
        "nor does saying nothing admit"
    );
}

#[tokio::test]
async fn the_profile_says_whom_an_assertion_is_addressed_to() {
    let world = World::new().await;
    let signer = Signer::new("one");
    for (profile, takes_endpoint) in [(Profile::OAuth21, false), (Profile::OidcCore, true)] {
        let app = world
            .signing_app(|new| {
                new.profile = profile;
                new.jwks = Some(signer.jwks());
            })
            .await;
        let mut claims = world.claims(&app, "1");
        claims["aud"] = json!(format!("{ISSUER}/oauth/token"));
        assert_eq!(
            world.asserts(&app, &signer.sign(&claims)).await,
            takes_endpoint,
            "{profile}"
        );
        claims["aud"] = json!(format!("{ISSUER}/oauth/userinfo"));
        claims["jti"] = json!("2");
        assert!(
            !world.asserts(&app, &signer.sign(&claims)).await,
            "clients do not authenticate there"
        );
    }
}

/// An application's own server, which publishes its keys.
struct KeyServer {
    uri: String,
    asked: Arc<AtomicUsize>,
    body: Arc<Mutex<String>>,
}

impl KeyServer {
    async fn start(body: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("listens");
        let uri = format!("http://{}/jwks", listener.local_addr().expect("an address"));
        let (asked, body) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(body)));
        let (count, answer) = (Arc::clone(&asked), Arc::clone(&body));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut head = [0; 4096];
                // one read holds so short a request
                let _ = stream.read(&mut head).await;
                count.fetch_add(1, Ordering::SeqCst);
                let body = answer.lock().unwrap_or_else(PoisonError::into_inner).clone();
                let status = if body.is_empty() { "500 Broken" } else { "200 OK" };
                let length = body.len();
                let text = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
                let _ = stream.write_all(text.as_bytes()).await;
            }
        });
        Self { uri, asked, body }
    }

    fn publish(&self, body: String) {
        *self.body.lock().unwrap_or_else(PoisonError::into_inner) = body;
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn published_keys_are_remembered_and_asked_for_again_when_one_is_missing() {
    let world = World::new().await;
    let (old, new, stranger) = (Signer::new("old"), Signer::new("new"), Signer::new("nobody"));
    let server = KeyServer::start(old.jwks()).await;
    let app = world
        .signing_app(|registration| registration.jwks_uri = Some(server.uri.clone()))
        .await;
    for jti in ["1", "2"] {
        assert!(world.asserts(&app, &old.sign(&world.claims(&app, jti))).await);
    }
    assert_eq!(server.asked(), 1, "the keys are remembered");

    server.publish(new.jwks());
    assert!(!world.asserts(&app, &new.sign(&world.claims(&app, "3"))).await);
    assert_eq!(server.asked(), 1, "at most once a minute");
    world.wait(60).await;
    assert!(world.asserts(&app, &new.sign(&world.claims(&app, "3"))).await);
    assert_eq!(server.asked(), 2);
    assert!(
        !world.asserts(&app, &old.sign(&world.claims(&app, "4"))).await,
        "it was withdrawn"
    );
    for jti in ["5", "6", "7"] {
        assert!(!world.asserts(&app, &stranger.sign(&world.claims(&app, jti))).await);
    }
    assert_eq!(server.asked(), 2, "strangers can't make us ask");
}

#[tokio::test]
async fn an_absent_key_server_is_borne_for_an_hour() {
    let world = World::new().await;
    let signer = Signer::new("one");
    let server = KeyServer::start(signer.jwks()).await;
    let app = world
        .signing_app(|registration| registration.jwks_uri = Some(server.uri.clone()))
        .await;
    assert!(world.asserts(&app, &signer.sign(&world.claims(&app, "1"))).await);
    server.publish(String::new());
    world.wait(59 * 60).await;
    assert!(world.asserts(&app, &signer.sign(&world.claims(&app, "2"))).await);
    assert_eq!(server.asked(), 2);
    world.wait(60).await;
    assert!(!world.asserts(&app, &signer.sign(&world.claims(&app, "3"))).await);
    server.publish(signer.jwks());
    world.wait(60).await;
    assert!(world.asserts(&app, &signer.sign(&world.claims(&app, "4"))).await);
}
