//! The commands that print a result.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Installation, write};

const CREATE_APP: [&str; 6] = [
    "apps",
    "create",
    "--name",
    "Notes",
    "--redirect-uri",
    "https://notes.example/callback",
];

#[tokio::test]
async fn a_person_is_created_listed_and_made_operator() {
    let installation = Installation::new();
    let file = write(&installation.path("password"), "correct horse\n");
    let args = [
        "users",
        "create",
        "--email",
        "Ada@example.com",
        "--first-name",
        "Ada",
        "--password-file",
        &file,
        "--json",
    ];
    let ada = installation.run(&args).await.json();
    assert_eq!(ada["email_address"], "Ada@example.com");
    assert_eq!(
        (&ada["first_name"], &ada["operator_since"]),
        (&json!("Ada"), &Value::Null)
    );
    let id = ada["id"].as_str().expect("an id");

    installation
        .run(&args)
        .await
        .refused(1, &["somebody has this email address already"]);
    // listings are in the order of time
    installation.clock.advance(Duration::from_secs(1));
    let args = ["users", "create", "--email", "bob@example.com", "--password-stdin"];
    let bob = installation.run_with_input(&args, "correct horse").await;
    assert!(
        bob.good().starts_with("Created user_") && bob.out.lines().count() == 1,
        "{}",
        bob.out
    );
    let args = ["users", "create", "--email", "eve@example.com", "--password-stdin"];
    installation.run_with_input(&args, "correct horse").await.good();

    let granted = installation.run(&["users", "grant-operator", "ada@EXAMPLE.com"]).await;
    assert_eq!(
        granted.good(),
        "Ada <Ada@example.com> operates this instance from now on.\n"
    );
    let again = installation.run(&["users", "grant-operator", id]).await;
    assert!(again.good().contains("already, since 2027-01-15T"), "{}", again.out);
    installation
        .run(&["users", "grant-operator", "nobody@example.com"])
        .await
        .refused(1, &["nobody@example.com", "vestibule users list"]);

    let list = installation.run(&["users", "list"]).await;
    let lines: Vec<_> = list.good().lines().collect();
    assert!(lines[0].starts_with("ID ") && lines.len() == 4, "{}", list.out);
    assert!(
        lines[3].contains("Ada@example.com") && lines[3].contains(" operator "),
        "{}",
        list.out
    );
    let page = installation.run(&["users", "list", "--limit", "1"]).await;
    assert!(
        page.good().contains("vestibule users list --before user_"),
        "{}",
        page.out
    );
    let before = installation.run(&["users", "list", "--before", id, "--json"]).await;
    assert_eq!(before.json(), json!({ "data": [], "next": null }));
    let page = installation
        .run(&["users", "list", "--limit", "1", "--json"])
        .await
        .json();
    assert_eq!(
        (&page["next"], page["data"].as_array().map(Vec::len)),
        (&page["data"][0]["id"], Some(1))
    );
    assert_eq!(
        installation.run(&["users", "list", "--json"]).await.json()["data"]
            .as_array()
            .map(Vec::len),
        Some(3)
    );
}

#[tokio::test]
async fn a_password_is_read_from_one_place_and_never_taken_from_the_command_line() {
    let installation = Installation::new();
    let create = |more: &[&'static str]| [&["users", "create", "--email", "ada@example.com"], more].concat();
    installation
        .run(&create(&["--password", "correct horse"]))
        .await
        .refused(2, &["--password"]);
    installation
        .run(&create(&["--password-file", "x", "--password-stdin"]))
        .await
        .refused(2, &["cannot be used with"]);
    installation
        .run(&create(&[]))
        .await
        .refused(2, &["required", "--password-file <FILE>|--password-stdin"]);
    installation
        .run(&create(&["--password-file", "missing"]))
        .await
        .refused(1, &["missing can't be read"]);
    installation
        .run_with_input(&create(&["--password-stdin"]), "short\n")
        .await
        .refused(1, &["too short", "8 to 128"]);
    installation
        .run(&["users", "create", "--email", "ada", "--password-stdin"])
        .await
        .refused(2, &["not an email address"]);
}

#[tokio::test]
async fn an_application_shows_its_secret_once() {
    let installation = Installation::new();
    let created = installation.run(&[&CREATE_APP[..], &["--json"]].concat()).await.json();
    let (client_id, secret) = (
        created["client_id"].as_str().expect("id"),
        created["client_secret"].as_str().expect("secret"),
    );
    assert!(created["id"].as_str().is_some_and(|id| id.starts_with("oauthapp_")));
    assert_eq!(created["redirect_uris"], json!(["https://notes.example/callback"]));
    assert_eq!(created["id_token_signed_response_alg"], "RS256");

    for args in [
        vec!["apps", "show", client_id],
        vec!["apps", "show", client_id, "--json"],
        vec!["apps", "list"],
    ] {
        let shown = installation.run(&args).await;
        assert!(
            shown.good().contains(client_id) && !shown.out.contains(secret),
            "{}",
            shown.out
        );
    }
    let list = installation.run(&["apps", "list", "--json"]).await;
    assert!(list.json()["data"][0].get("client_secret").is_none() && !list.out.contains(secret));

    installation
        .run(&["apps", "delete", client_id])
        .await
        .refused(2, &["Notes", "--yes"]);
    assert_eq!(
        installation.run(&["apps", "delete", client_id, "--yes"]).await.good(),
        "Deleted Notes.\n"
    );
    installation
        .run(&["apps", "show", client_id])
        .await
        .refused(1, &[client_id, "vestibule apps list"]);
    installation
        .run(&["apps", "delete", client_id, "--yes"])
        .await
        .refused(1, &[client_id]);
}

#[tokio::test]
async fn a_public_application_has_no_secret_and_a_bad_address_is_refused() {
    let installation = Installation::new();
    let args = [&CREATE_APP[..], &["--public", "--id-token-alg", "ES256", "--json"]].concat();
    let created = installation.run(&args).await.json();
    assert_eq!((&created["public"], created.get("client_secret")), (&json!(true), None));
    assert_eq!(created["id_token_signed_response_alg"], "ES256");
    let shown = installation.run(&CREATE_APP).await;
    assert!(
        shown.good().contains("Issuer         http://localhost:4000\n"),
        "{}",
        shown.out
    );
    assert!(
        shown.out.contains("Client secret  ") && shown.out.contains("shown this once"),
        "{}",
        shown.out
    );
    let more = installation.run(&["apps", "list", "--limit", "1"]).await;
    assert!(
        more.good().contains("vestibule apps list --after oauthapp_"),
        "{}",
        more.out
    );
    installation
        .run(&["apps", "create", "--name", "X", "--redirect-uri", "http://x.example"])
        .await
        .refused(1, &["http://x.example"]);
    installation
        .run(&["apps", "create", "--name", "X"])
        .await
        .refused(1, &["redirect URI"]);
    let help = installation.run(&["apps", "create", "--help"]).await;
    assert!(help.good().contains("RFC 8252"), "{}", help.out);
}

#[tokio::test]
async fn an_application_is_registered_with_all_that_it_may_do() {
    let installation = Installation::new();
    let create = ["apps", "create", "--json", "--name", "Reports"];
    let machine = ["--grant-type", "client_credentials", "--access-token-format", "jwt"];
    let machine = installation.run(&[&create[..], &machine[..]].concat()).await.json();
    assert_eq!(machine["grant_types"], json!(["client_credentials"]));
    assert_eq!(
        (&machine["scope"], &machine["access_token_format"]),
        (&json!(""), &json!("jwt"))
    );
    assert_eq!(
        (&machine["profile"], &machine["consent_screen_enabled"]),
        (&json!("oauth2.1"), &json!(true))
    );

    let keys = r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
    let redirect = ["--redirect-uri", "https://notes.example/callback", "--first-party"];
    let own = [
        "--auth-method",
        "private_key_jwt",
        "--profile",
        "oidc-core",
        "--jwks",
        keys,
        "--scope",
        "openid email",
    ];
    let own = installation
        .run(&[&create[..], &redirect[..], &own[..]].concat())
        .await
        .json();
    assert_eq!(own["token_endpoint_auth_method"], "private_key_jwt");
    assert_eq!(
        (&own["scope"], &own["jwks"]),
        (&json!("openid email"), &serde_json::from_str(keys).expect("JSON"))
    );
    assert_eq!(
        (&own["profile"], &own["consent_screen_enabled"]),
        (&json!("oidc-core"), &json!(false))
    );
    assert!(own.get("client_secret").is_none());

    let both = [
        &create[..],
        &redirect[..],
        &["--public", "--auth-method", "client_secret_post"],
    ]
    .concat();
    installation.run(&both).await.refused(2, &["--public"]);
    let unknown = [&create[..], &redirect[..], &["--profile", "fapi"]].concat();
    installation.run(&unknown).await.refused(2, &["oidc-core", "oauth2.1"]);
}

#[tokio::test]
async fn the_schema_is_planned_run_and_reported() {
    let installation = Installation::new();
    let plan = installation.run(&["migrate", "plan"]).await;
    let planned: Vec<_> = plan.good().lines().map(str::to_owned).collect();
    assert!(planned.len() > 1 && planned.is_sorted(), "{}", plan.out);
    let behind = installation.run(&["migrate", "status"]).await;
    assert!(behind.good().contains("vestibule migrate up"), "{}", behind.out);
    assert_eq!(
        installation.run(&["migrate", "plan", "--json"]).await.json(),
        json!(planned)
    );
    let up = installation.run(&["migrate", "up"]).await;
    assert!(
        up.good().contains(&format!("Ran {} migrations", planned.len())),
        "{}",
        up.out
    );
    assert!(
        installation
            .run(&["migrate", "up"])
            .await
            .good()
            .contains("Nothing to run")
    );
    let status = installation.run(&["migrate", "status", "--json"]).await.json();
    assert_eq!(status, json!({ "applied": planned, "pending": [], "problem": null }));
}

#[tokio::test]
async fn instance_settings_are_shown_and_set() {
    let installation = Installation::new();
    let shown = installation.run(&["instance", "show"]).await;
    assert!(
        shown.good().contains("public_url") && shown.out.contains("fixed at the first start"),
        "{}",
        shown.out
    );
    let set = installation.run(&["instance", "set", "branding.name", "Acme"]).await;
    assert_eq!(set.good(), "branding.name is Acme from now on.\n");
    let settings = installation.run(&["instance", "show", "--json"]).await.json();
    assert_eq!(settings["settings"]["branding"]["name"], "Acme");
    assert_eq!(settings["names"]["public_url"], "http://localhost:4000");
    installation
        .run(&["instance", "set", "branding.nam", "Acme"])
        .await
        .refused(1, &["branding.nam"]);
    installation
        .run(&["instance", "set", "sessions.idle_seconds", "1"])
        .await
        .refused(1, &["60"]);
}

#[tokio::test]
async fn process_settings_are_shown_checked_and_explained() {
    let mut installation = Installation::new();
    assert_eq!(
        installation.run(&["config", "check"]).await.good(),
        "The settings are good.\n"
    );
    let rows = installation
        .run(&["config", "show", "--set", "log.level=debug", "--json"])
        .await
        .json();
    let row = rows
        .as_array()
        .and_then(|rows| rows.iter().find(|row| row["key"] == "log.level"));
    assert_eq!(row.expect("a row")["value"], "debug");
    let shown = installation.run(&["config", "show"]).await;
    assert!(shown.good().starts_with("SETTING "), "{}", shown.out);
    assert!(
        installation
            .run(&["config", "reference"])
            .await
            .good()
            .starts_with("# Configuration")
    );

    installation.set("VESTIBULE__SERVER__PUBLIK_URL", "https://id.example.com");
    let checked = installation.run(&["config", "check", "--json"]).await;
    assert_eq!(checked.code, 1);
    assert!(
        checked.out.contains("PUBLIC_URL") && checked.err.is_empty(),
        "{}{}",
        checked.out,
        checked.err
    );
    let checked = installation.run(&["config", "check"]).await;
    assert!(
        checked.out.starts_with("error: ") && checked.code == 1,
        "{}",
        checked.out
    );
    installation.run(&["users", "list"]).await.refused(1, &["PUBLIC_URL"]);
}

#[tokio::test]
async fn every_command_but_dev_is_for_production_unless_told_otherwise() {
    let mut installation = Installation::new();
    installation.variables.retain(|(name, _)| name != "VESTIBULE_ENV");
    installation
        .run(&["users", "list"])
        .await
        .refused(1, &["server.public_url", "keys.master_key"]);
    installation
        .run(&["users", "list", "--env", "development"])
        .await
        .good();
    installation
        .run(&["--env", "staging", "users", "list"])
        .await
        .refused(1, &["staging"]);
    installation
        .run(&["--config", "missing", "users", "list"])
        .await
        .refused(1, &["missing"]);
}

#[tokio::test]
async fn another_master_key_and_another_issuer_are_told() {
    let mut installation = Installation::new();
    installation.run(&["keys", "list"]).await.good();
    let key = "VESTIBULE__KEYS__MASTER_KEY";
    installation.set(key, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    installation
        .run(&["keys", "list"])
        .await
        .refused(1, &["another master key"]);
    installation.variables.retain(|(name, _)| name != key);
    installation.set("VESTIBULE__SERVER__PUBLIC_URL", "http://localhost:5000");
    installation
        .run(&["keys", "list"])
        .await
        .refused(1, &["http://localhost:4000", "http://localhost:5000"]);
}

#[tokio::test]
async fn a_test_mail_needs_a_server_and_repeats_what_goes_wrong() {
    let mut installation = Installation::new();
    let test = ["mail", "test", "--to", "ada@example.com"];
    installation
        .run(&test)
        .await
        .refused(1, &["mail.smtp_url", "/dev/inbox"]);
    installation
        .run(&["mail", "test", "--to", "ada"])
        .await
        .refused(2, &["ada"]);
    // a port of this machine that was free a moment ago
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|socket| socket.local_addr())
        .expect("a port")
        .port();
    installation.set("VESTIBULE__MAIL__SMTP_URL", &format!("smtp://127.0.0.1:{port}"));
    installation
        .run(&test)
        .await
        .refused(1, &["did not go out", "refused", "mail.smtp_url"]);
}
