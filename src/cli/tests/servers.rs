//! The commands that run until they are told to stop.

use std::time::Duration;

use super::Installation;
use crate::cli::host::Stop;
use crate::platform::fetch::Fetch;

/// An installation that listens on a port of its own.
fn installation() -> (Installation, String) {
    let mut installation = Installation::new();
    let socket = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = socket.local_addr().expect("an address").port();
    let origin = format!("http://localhost:{port}");
    installation.set("VESTIBULE__SERVER__PUBLIC_URL", &origin);
    installation.set("VESTIBULE__SERVER__LISTEN", &format!("127.0.0.1:{port}"));
    installation.set("VESTIBULE__METRICS__LISTEN", "");
    installation.set("VESTIBULE__LOG__LEVEL", "off");
    (installation, origin)
}

/// The wish to stop, once `origin` has answered as the issuer.
fn stop_once_it_answers(origin: &str) -> Stop {
    let origin = origin.to_owned();
    Box::pin(async move {
        let fetch = Fetch::new(vec![origin.parse().expect("an origin")]).expect("a client");
        loop {
            let answer = fetch.get(&format!("{origin}/.well-known/openid-configuration")).await;
            if answer.is_ok_and(|answer| String::from_utf8_lossy(&answer.body).contains(&origin)) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_answers_until_it_is_told_to_stop() {
    let (installation, origin) = installation();
    let ran = installation
        .run_until(&["serve"], "", stop_once_it_answers(&origin))
        .await;
    assert_eq!(ran.good(), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_issuer_is_accepted_when_asked_for() {
    let (installation, _) = installation();
    installation.run(&["keys", "list"]).await.good();
    let (mut moved, origin) = self::installation();
    moved.dir = installation.dir;
    let data = moved.path("data").display().to_string();
    moved.set("VESTIBULE__DATA__DIR", &data);
    moved.run(&["serve"]).await.refused(1, &["--change-issuer"]);
    let ran = moved
        .run_until(&["serve", "--change-issuer"], "", stop_once_it_answers(&origin))
        .await;
    assert_eq!(ran.good(), "");
    moved.run(&["keys", "list"]).await.good();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_address_is_told() {
    let (mut installation, _) = installation();
    let socket = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = socket.local_addr().expect("an address").to_string();
    installation.set("VESTIBULE__SERVER__LISTEN", &address);
    installation
        .run(&["serve"])
        .await
        .refused(1, &[&address, "server.listen"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_development_server_says_where_everything_is() {
    let (mut installation, origin) = installation();
    installation.variables.retain(|(name, _)| name != "VESTIBULE_ENV");
    let ran = installation
        .run_until(&["dev"], "", stop_after_a_second_answer(&origin))
        .await;
    let data = installation.path("data").display().to_string();
    let expected = format!(
        "\nVestibule {} runs. Ctrl-C stops it.\n\n  Sign up         {origin}/sign-up\n  Inbox           {origin}/dev/inbox\n  \
         Issuer          {origin}\n  Data directory  {data}\n\n",
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(ran.good(), expected);
    let apps = installation
        .run(&["apps", "list", "--env", "development", "--json"])
        .await
        .json();
    assert_eq!(apps["data"], serde_json::json!([]));
}

/// As above, and some time for what else waits for an answer.
fn stop_after_a_second_answer(origin: &str) -> Stop {
    let once = stop_once_it_answers(origin);
    Box::pin(async move {
        once.await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
        Ok(())
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn production_is_not_for_development_servers() {
    let (mut installation, _) = installation();
    installation.set("VESTIBULE_ENV", "production");
    installation.set(
        "VESTIBULE__KEYS__MASTER_KEY",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    );
    installation.run(&["dev"]).await.refused(2, &["vestibule serve"]);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn an_example_that_ends_by_itself_does_not_end_the_server() {
    use std::os::unix::fs::PermissionsExt;
    let (installation, origin) = installation();
    let example = installation.path("example");
    let seen = installation.path("seen").display().to_string();
    super::write(&example, &format!("#!/bin/sh\nenv > '{seen}'\nexit 3\n"));
    std::fs::set_permissions(&example, std::fs::Permissions::from_mode(0o700)).expect("permissions");
    let path = example.display().to_string();
    // held and never answered, so that nothing else is taken for the example
    let held = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = held.local_addr().expect("an address").port().to_string();
    let args = ["dev", "--example", &path, "--example-port", &port];
    let ran = installation
        .run_until(&args, "", stop_after_a_second_answer(&origin))
        .await;
    assert!(
        ran.good().contains("does not run (exit status: 3)\n  Sign up"),
        "{}",
        ran.out
    );
    let environment = std::fs::read_to_string(&seen).expect("the example ran");
    for line in [
        &format!("ISSUER={origin}"),
        "CLIENT_ID=example-relying-party",
        &format!("LISTEN_PORT={port}"),
    ] {
        assert!(environment.lines().any(|known| known == line), "{environment}");
    }
    let apps = installation
        .run(&["apps", "show", "example-relying-party", "--json"])
        .await
        .json();
    assert_eq!(
        apps["redirect_uris"],
        serde_json::json!([format!("http://localhost:{port}/callback")])
    );
    assert_eq!(
        apps["post_logout_redirect_uris"],
        serde_json::json!([format!("http://localhost:{port}/")])
    );
    assert_eq!(apps["public"], true);

    installation
        .run(&["dev", "--example", "missing"])
        .await
        .refused(1, &["missing", "--example"]);
}
