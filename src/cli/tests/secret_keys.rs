//! The keys of the Backend API, at the command line.

use std::time::Duration;

use serde_json::{Value, json};

use super::Installation;

#[tokio::test]
async fn a_secret_key_is_shown_once_listed_without_its_text_and_revoked_for_good() {
    let installation = Installation::new();
    let create = ["secret-keys", "create", "--name", "Deploy", "--json"];
    let made = installation.run(&create).await.json();
    let (id, secret) = (made["id"].as_str().expect("id"), made["secret"].as_str().expect("key"));
    assert!(id.starts_with("seckey_") && secret.starts_with("sk_live_"), "{made}");
    assert!(secret.ends_with(made["hint"].as_str().expect("hint")));

    installation.clock.advance(Duration::from_secs(1));
    let told = installation.run(&["secret-keys", "create", "--name", "Reports"]).await;
    assert!(
        told.good().contains("Secret key  sk_live_") && told.out.contains("shown this once"),
        "{}",
        told.out
    );

    let list = installation.run(&["secret-keys", "list"]).await;
    let lines: Vec<&str> = list.good().lines().collect();
    assert!(
        lines.len() == 3 && lines[1].contains("Deploy") && lines[2].contains("Reports"),
        "{}",
        list.out
    );
    assert!(!list.out.contains("sk_live_"), "{}", list.out);
    let page = installation.run(&["secret-keys", "list", "--limit", "1"]).await;
    let next = format!("vestibule secret-keys list --after {id}");
    assert!(page.good().contains(&next), "{}", page.out);

    let revoked = installation.run(&["secret-keys", "revoke", id]).await;
    assert!(revoked.good().contains("opens nothing from now on"), "{}", revoked.out);
    let again = installation.run(&["secret-keys", "revoke", id]).await;
    assert!(again.good().contains("was revoked before"), "{}", again.out);
    let told = installation.run(&["secret-keys", "revoke", id, "--json"]).await.json();
    assert_eq!(told, json!({ "id": id, "was_revoked_before": true }));
    let listed = installation.run(&["secret-keys", "list", "--json"]).await;
    assert!(!listed.out.contains(secret));
    let listed = &listed.json()["data"];
    assert_ne!(listed[0]["revoked_at"], Value::Null);
    assert_eq!(listed[1]["revoked_at"], Value::Null);
}

#[tokio::test]
async fn a_secret_key_needs_a_name_and_an_unknown_one_is_not_revoked() {
    let installation = Installation::new();
    installation
        .run(&["secret-keys", "create", "--name", " "])
        .await
        .refused(1, &["1 to 256 characters"]);
    installation
        .run(&["secret-keys", "create"])
        .await
        .refused(2, &["--name"]);
    installation
        .run(&["secret-keys", "revoke", "sk_live_x"])
        .await
        .refused(2, &["seckey_"]);
    let unknown = format!("seckey_{}", "0".repeat(27));
    installation
        .run(&["secret-keys", "revoke", &unknown])
        .await
        .refused(1, &[&unknown, "vestibule secret-keys list"]);
}
