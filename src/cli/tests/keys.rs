//! `vestibule keys`.

use std::time::Duration;

use serde_json::json;

use super::Installation;

#[tokio::test]
async fn keys_are_listed_and_rotate_after_a_day_or_at_once() {
    let installation = Installation::new();
    let keys = installation.run(&["keys", "list", "--json"]).await.json();
    assert_eq!(keys.as_array().map(Vec::len), Some(12));
    let rotate = ["keys", "rotate", "--purpose", "id_token", "--algorithm", "EdDSA"];
    installation.run(&rotate).await.refused(1, &["published at", "--now"]);
    let now = installation
        .run(&[&rotate[..], &["--now", "--json"]].concat())
        .await
        .json();
    assert_eq!(now.as_array().map(Vec::len), Some(1));
    let now = &now[0];
    assert_eq!(now["algorithm"], "EdDSA");
    installation.clock.advance(Duration::from_secs(24 * 60 * 60));
    let rotated = installation.run(&rotate).await;
    let next = now["next"].as_str().expect("a key");
    assert!(
        rotated
            .good()
            .starts_with(&format!("id_token, EdDSA: {next} signs from now on.\n")),
        "{}",
        rotated.out
    );
    let listed = installation.run(&["keys", "list"]).await;
    assert_eq!(listed.good().lines().count(), 15, "{}", listed.out);
    assert_eq!(listed.out.matches(" retiring ").count(), 2, "{}", listed.out);
}

#[tokio::test]
async fn all_keys_rotate_together_or_none_of_them() {
    let installation = Installation::new();
    let rotate = async |args: &[&str]| installation.run(&[&["keys", "rotate"], args].concat()).await;
    let states = async || {
        let listed = installation.run(&["keys", "list", "--json"]).await.json();
        let keys = listed.as_array().expect("a list").iter();
        keys.map(|key| key["state"].as_str().expect("a state").to_owned())
            .collect::<Vec<_>>()
    };
    let retiring = async || states().await.iter().filter(|state| *state == "retiring").count();
    assert_eq!(
        (states().await.len(), retiring().await),
        (12, 0),
        "three algorithms for each of two purposes"
    );
    installation.clock.advance(Duration::from_secs(24 * 60 * 60));
    rotate(&["--purpose", "access_token", "--algorithm", "ES256"])
        .await
        .good();
    assert_eq!(retiring().await, 1);
    // the key that was just made is younger than a day
    rotate(&[]).await.refused(1, &["access_token", "ES256", "--now"]);
    assert_eq!(retiring().await, 1, "nothing was rotated");
    let purpose = rotate(&["--purpose", "id_token", "--json"]).await.json();
    assert_eq!(purpose.as_array().map(Vec::len), Some(3));
    let algorithm = rotate(&["--algorithm", "RS256", "--now"]).await;
    assert_eq!(
        algorithm.good().matches(" signs from now on.").count(),
        2,
        "{}",
        algorithm.out
    );
    assert_eq!(retiring().await, 6);
    let all = rotate(&["--now", "--json"]).await.json();
    assert_eq!(all.as_array().map(Vec::len), Some(6));
    assert_eq!(retiring().await, 12);
}

#[tokio::test]
async fn a_leaked_key_is_taken_out_at_once_and_only_once() {
    let installation = Installation::new();
    let keys = installation.run(&["keys", "list", "--json"]).await.json();
    let find = |state: &str| {
        let keys = keys.as_array().expect("a list").iter();
        let sought = (&json!("id_token"), &json!("ES256"), &json!(state));
        let mut found = keys.filter(|key| (&key["purpose"], &key["algorithm"], &key["state"]) == sought);
        found.next().expect("is there")["id"]
            .as_str()
            .expect("an id")
            .to_owned()
    };
    let (leaked, next) = (find("active"), find("next"));
    let revoked = installation.run(&["keys", "revoke", &leaked]).await;
    assert!(
        revoked.good().starts_with(&format!("{leaked} is revoked")),
        "{}",
        revoked.out
    );
    assert!(
        revoked.out.contains(&format!("{next} signs from now on.")),
        "{}",
        revoked.out
    );
    let again = ["keys", "revoke", leaked.as_str()];
    installation.run(&again).await.refused(1, &["revoked before"]);
    let unknown = ["keys", "revoke", "key_unknown"];
    installation
        .run(&unknown)
        .await
        .refused(1, &["there is no key", "vestibule keys list"]);
}
