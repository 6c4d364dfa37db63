//! The commands that change an application.

use serde_json::{Value, json};

use super::Installation;

async fn notes(installation: &Installation) -> Value {
    let uri = "https://notes.example/callback";
    let create = ["apps", "create", "--json", "--name", "Notes", "--redirect-uri", uri];
    installation.run(&create).await.json()
}

#[tokio::test]
async fn an_application_is_changed_in_what_is_given_alone() {
    let installation = Installation::new();
    let made = notes(&installation).await;
    let client_id = made["client_id"].as_str().expect("an id");
    let update = ["apps", "update", client_id];
    let changes = [
        "--name",
        "Jottings",
        "--redirect-uri",
        "https://a.example/cb",
        "--redirect-uri",
        "https://b.example/cb",
        "--client-uri",
        "https://notes.example/",
        "--first-party",
        "--json",
    ];
    let changed = installation.run(&[&update[..], &changes].concat()).await.json();
    let mut expected = made.clone();
    expected.as_object_mut().expect("an object").remove("client_secret");
    expected["name"] = json!("Jottings");
    expected["redirect_uris"] = json!(["https://a.example/cb", "https://b.example/cb"]);
    expected["client_uri"] = json!("https://notes.example/");
    expected["consent_screen_enabled"] = json!(false);
    assert_eq!(changed, expected);

    // an empty value removes, a flag is taken back by its value, and a public application has no secret
    let back = ["--client-uri", "", "--first-party=false", "--public"];
    let said = installation.run(&[&update[..], &back].concat()).await;
    assert_eq!(said.good(), "Changed Jottings.\n");
    let shown = installation.run(&["apps", "show", client_id, "--json"]).await.json();
    assert_eq!((&shown["client_uri"], &shown["public"]), (&Value::Null, &json!(true)));
    assert_eq!(shown["consent_screen_enabled"], json!(true));
    let secrets = ["apps", "secrets", "list", client_id, "--json"];
    assert_eq!(installation.run(&secrets).await.json(), json!([]));
    let post = installation
        .run(&[&update[..], &["--auth-method", "client_secret_post"]].concat())
        .await;
    assert!(
        post.good().contains("Client secret  ") && post.out.contains("shown this once"),
        "{}",
        post.out
    );

    installation.run(&update).await.refused(2, &["nothing to change"]);
    let nowhere = [&update[..], &["--redirect-uri", ""]].concat();
    installation.run(&nowhere).await.refused(1, &["redirect URI"]);
    let unknown = ["apps", "update", "nobody", "--name", "X"];
    installation
        .run(&unknown)
        .await
        .refused(1, &["nobody", "vestibule apps list"]);
}

#[tokio::test]
async fn secrets_are_added_listed_rotated_and_revoked() {
    let installation = Installation::new();
    let made = notes(&installation).await;
    let client_id = made["client_id"].as_str().expect("an id");
    let list = ["apps", "secrets", "list", client_id, "--json"];
    let first = installation.run(&list).await.json();
    let first_id = first[0]["id"].as_str().expect("an id");
    let revoke = |id: &str| ["apps", "secrets", "revoke", client_id, id].map(str::to_owned);
    let last = revoke(first_id);
    let last: Vec<&str> = last.iter().map(String::as_str).collect();
    installation.run(&last).await.refused(1, &["last secret"]);

    let added = installation
        .run(&["apps", "secrets", "add", client_id, "--json"])
        .await
        .json();
    assert_eq!(added["client_id"], client_id);
    let secret = added["client_secret"].as_str().expect("a secret");
    let both = installation.run(&list).await;
    assert!(!both.out.contains(secret));
    let hints: Vec<Value> = both
        .json()
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| one["hint"].clone())
        .collect();
    assert!(hints.contains(&json!(&secret[secret.len() - 4..])), "{hints:?}");
    assert_eq!(installation.run(&last).await.good(), format!("Revoked {first_id}.\n"));
    installation
        .run(&last)
        .await
        .refused(1, &[first_id, "apps secrets list"]);

    // by default the others go on for a day, so that nobody is locked out by a rotation
    let rotated = installation.run(&["apps", "rotate-secret", client_id]).await;
    assert!(
        rotated.good().contains("go on to work for at most 1d"),
        "{}",
        rotated.out
    );
    let listed = installation.run(&list).await.json();
    let ends: Vec<bool> = listed
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| one["expires_at"].is_null())
        .collect();
    assert_eq!(ends.iter().filter(|endless| **endless).count(), 1, "{listed}");
    assert_eq!(ends.len(), 2);

    // a leak ends them at once
    let leaked = ["apps", "rotate-secret", client_id, "--overlap", "0"];
    let rotated = installation.run(&leaked).await;
    assert!(rotated.good().contains("no longer work"), "{}", rotated.out);
    assert_eq!(installation.run(&list).await.json().as_array().map(Vec::len), Some(1));
    let table = installation.run(&["apps", "secrets", "list", client_id]).await;
    assert!(
        table.good().starts_with("ID ") && table.out.contains(" …"),
        "{}",
        table.out
    );

    for overlap in ["24", "91d"] {
        let args = ["apps", "rotate-secret", client_id, "--overlap", overlap];
        assert!(
            installation
                .run(&args)
                .await
                .err
                .contains(if overlap == "24" { "unit" } else { "90 days" })
        );
    }
    for command in [&["rotate-secret"][..], &["secrets", "add"], &["secrets", "list"]] {
        let args = [&["apps"], command, &["nobody"]].concat();
        installation
            .run(&args)
            .await
            .refused(1, &["nobody", "vestibule apps list"]);
    }
}
