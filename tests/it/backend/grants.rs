//! `/api/v1/oauth_grants`.

use super::*;
use crate::people::sign_up;
use crate::support::{RelyingParty, claims};

#[tokio::test(flavor = "multi_thread")]
async fn grants_are_listed_by_person_and_application_and_ended() {
    let api = Api::start().await;
    let (notes, mail) = (
        RelyingParty::register(&api.server).await,
        RelyingParty::register(&api.server).await,
    );
    let mut people = Vec::new();
    for address in ["ada@example.com", "bob@example.com"] {
        let mut browser = api.server.browser();
        sign_up(&api.server, &mut browser, address).await;
        api.server.advance(1);
        let tokens = notes.tokens(&mut browser, &[]).await;
        people.push((browser, tokens));
    }
    api.server.advance(1);
    mail.tokens(&mut people[0].0, &[]).await;

    let all = api.get(GRANTS).await.body;
    assert_eq!(
        (all["total_count"].as_u64(), all["data"].as_array().map(Vec::len)),
        (Some(3), Some(3))
    );
    let newest = all["data"][0].clone();
    let shown = api
        .get(&format!("/api/v1/oauth_applications?name_query={}", mail.client_id))
        .await
        .body;
    let (now, of) = (api.server.now().millis(), &shown["data"][0]);
    let user = claims(text(&people[0].1["id_token"]))["sub"].clone();
    let (id, expires_at) = (text(&newest["id"]), newest["expires_at"].as_i64().expect("a time"));
    assert!(id.starts_with("grant_") && expires_at > now, "{newest}");
    let whole = json!({
        "object": "oauth_grant",
        "id": id,
        "oauth_application_id": of["id"],
        "client_id": mail.client_id,
        "application_name": of["name"],
        "user_id": user,
        "scopes": "openid profile email",
        "created_at": now,
        "last_used_at": now,
        "expires_at": expires_at,
    });
    assert_eq!(newest, whole);

    let listed = async |query: String| {
        let page = api.get(&format!("{GRANTS}?{query}")).await;
        assert_eq!(page.status, StatusCode::OK, "{page:?}");
        let ids = page.body["data"].as_array().expect("a list").iter();
        ids.map(|grant| text(&grant["id"]).to_owned()).collect::<Vec<_>>()
    };
    let id = |at: usize| text(&all["data"][at]["id"]).to_owned();
    let (user, app) = (text(&newest["user_id"]), text(&all["data"][1]["oauth_application_id"]));
    assert_eq!(listed(format!("user_id={user}")).await, [id(0), id(2)]);
    assert_eq!(listed(format!("oauth_application_id={app}")).await, [id(1), id(2)]);
    assert_eq!(
        listed(format!("oauth_application_id={app}&user_id={user}")).await,
        [id(2)]
    );
    assert_eq!(listed("limit=1&offset=1".to_owned()).await, [id(1)]);
    for param in ["user_id", "oauth_application_id"] {
        let bad = api.get(&format!("{GRANTS}?{param}=x")).await;
        bad.refused_for(param, "form_param_format_invalid");
    }

    let path = format!("{GRANTS}/{}", id(2));
    let ended = api.delete(&path).await.good("DeletedObject");
    assert_eq!(ended, json!({ "object": "oauth_grant", "id": id(2), "deleted": true }));
    let (mut browser, tokens) = people.swap_remove(0);
    let refused = notes.userinfo(&mut browser, text(&tokens["access_token"])).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    api.delete(&path).await.refused(404, "resource_not_found");
    assert_eq!(api.get(GRANTS).await.body["total_count"], 2);
    api.server.stop().await;
}
