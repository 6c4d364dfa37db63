//! What applications were given, and applications themselves.

use reqwest::Method;
use vestibule::app::App;
use vestibule::kernel::event::Actor;
use vestibule::kernel::secret::SecretString;
use vestibule::kernel::token::TokenHash;
use vestibule::keys::{Algorithm, KeyState, Purpose};
use vestibule::oidc::{self, GrantFilter, RequestParams, ScopeTokens, Step};

use super::{ADA, Nodes, TICK, ada};
use crate::people::sign_up;
use crate::support::{Browser, RelyingParty};

/// A browser where Ada is signed in, and an application that she let have an access token.
async fn given(nodes: &Nodes) -> (Browser, RelyingParty, SecretString) {
    let rp = RelyingParty::register_with(&nodes.server, |new| {
        new.scopes = ScopeTokens::parse("profile email phone").expect("scopes");
    })
    .await;
    let mut browser = nodes.server.browser();
    sign_up(&nodes.server, &mut browser, ADA).await;
    let token = access_token(&rp, &mut browser).await;
    (browser, rp, token)
}

async fn access_token(rp: &RelyingParty, browser: &mut Browser) -> SecretString {
    let tokens = rp.tokens(browser, &[]).await;
    SecretString::new(tokens["access_token"].as_str().expect("a token").to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_ends_a_token_is_seen_by_every_process() {
    let nodes = Nodes::start().await;
    let (mut browser, rp, first) = given(&nodes).await;
    // ids are in the order of time, to the millisecond
    nodes.server.clock.advance(TICK);
    let second = access_token(&rp, &mut browser).await;
    nodes.server.clock.advance(TICK);
    let third = access_token(&rp, &mut browser).await;
    let id = ada(nodes.here()).await;
    let application = nodes.here().applications.find(&rp.client_id).await.expect("reads");
    let application = application.expect("is there").id.clone();
    let opens = async |app: &App, token: &SecretString| app.provider.userinfo(token).await.is_ok();

    nodes
        .change(
            "a token given back",
            TICK,
            async |app| opens(app, &first).await,
            async |_| {
                let form = [
                    ("client_id", rp.client_id.as_str()),
                    ("client_secret", rp.secret.as_deref().expect("a secret")),
                    ("token", first.expose()),
                ];
                let request = nodes
                    .server
                    .browser()
                    .request(Method::POST, "/oauth/revoke")
                    .form(&form);
                assert_eq!(request.send().await.expect("answers").status(), 200);
            },
        )
        .await;
    nodes
        .change(
            "an ended grant",
            TICK,
            async |app| opens(app, &second).await,
            async |app| {
                let page = app
                    .provider
                    .list_grants(&GrantFilter::default(), 0, 10)
                    .await
                    .expect("lists");
                // the newest stays
                for grant in &page.grants[1..] {
                    app.provider
                        .revoke_grant(&grant.id, Actor::Operator)
                        .await
                        .expect("ends");
                }
            },
        )
        .await;

    let (_, cookie) = browser.cookies.first_key_value().expect("a cookie");
    let device = oidc::Browser {
        secret: TokenHash::of(cookie),
        is_known: true,
        user_agent: None,
        limit_key: "192.0.2.1",
    };
    let silently = async |app: &App, scope: &str| {
        let request = rp.authorize(&[("prompt", "none"), ("scope", scope)]);
        let query = request.split_once('?').expect("a query").1;
        let params = RequestParams::parse(query.as_bytes()).expect("parameters");
        match app.provider.authorize(&params, &device).await {
            Ok(Step::ToClient(to)) => to.contains("code="),
            other => panic!("not to the client: {other:?}"),
        }
    };
    let allowed = async |app: &App| silently(app, "openid profile email").await;
    let more = [("scope", "openid profile email phone")];
    let allowed_more = async |app: &App| (allowed(app).await, silently(app, more[0].1).await);
    nodes
        .change("more that is allowed", TICK, allowed_more, async |_| {
            rp.code(&mut browser, &more).await;
        })
        .await;
    let both = async |app: &App| (opens(app, &third).await, allowed(app).await);
    nodes
        .change("access taken away", TICK, both, async |app| {
            app.provider.revoke_for(&id, &application).await.expect("takes it away");
        })
        .await;
    nodes
        .change("access given again", TICK, allowed, async |_| {
            rp.code(&mut browser, &[]).await;
        })
        .await;
    nodes.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_changes_an_application_is_seen_by_every_process() {
    let nodes = Nodes::start().await;
    let (_, rp, token) = given(&nodes).await;
    let client_id = rp.client_id.as_str();
    let view = async |app: &App| {
        let found = app.applications.find(client_id).await.expect("reads");
        found.map(|application| format!("{application:?}"))
    };
    nodes
        .change("another secret", TICK, view, async |app| {
            let rotated = app
                .applications
                .rotate_secret(client_id, std::time::Duration::ZERO, Actor::Operator)
                .await;
            rotated.expect("rotates");
        })
        .await;
    let opens = async |app: &App| app.provider.userinfo(&token).await.is_ok();
    let both = async |app: &App| (view(app).await, opens(app).await);
    nodes
        .change("a deletion", TICK, both, async |app| {
            app.applications
                .delete(client_id, Actor::Operator)
                .await
                .expect("deletes");
        })
        .await;
    nodes.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_changes_the_keys_is_seen_by_every_process() {
    let nodes = Nodes::start().await;
    let view = async |app: &App| app.keys.jwks(&[Purpose::IdToken]);
    nodes
        .change("a rotation", TICK, view, async |app| {
            let rotated = app
                .keys
                .rotate(Purpose::IdToken, Algorithm::Es256, true, Actor::Operator)
                .await;
            rotated.expect("rotates");
        })
        .await;
    nodes
        .change("a revocation", TICK, view, async |app| {
            let active = app
                .keys
                .list()
                .into_iter()
                .find(|key| key.purpose == Purpose::IdToken && key.state == KeyState::Active);
            app.keys
                .revoke(&active.expect("a key").id, Actor::Operator)
                .await
                .expect("revokes");
        })
        .await;
    nodes.server.stop().await;
}
