use Environment::{Development, Production};

use super::*;

/// Settings with nothing wrong in either environment, changed by the TOML in `changes`.
fn server(changes: &str) -> ServerSettings {
    let mut table: toml::Table = toml::from_str(
        r#"
        public_url = "https://id.example.com"
        frontend_host = ""
        listen = ["127.0.0.1:4000"]
        trusted_proxies = ["127.0.0.1/32"]
        client_request_timeout_seconds = 10
        keep_alive_seconds = 75
        shutdown_grace_seconds = 20
        body_limit_bytes = 65536
        tls = { mode = "off", certificate_file = "", key_file = "" }
        "#,
    )
    .expect("TOML");
    let changes: toml::Table = toml::from_str(changes).expect("TOML");
    table.extend(changes);
    table.try_into().expect("settings")
}

/// The keys of the errors and warnings that `changes` bring.
fn found(changes: &str, environment: Environment) -> Vec<String> {
    let problems = server(changes).validate(environment).into_iter();
    problems
        .map(|problem| format!("{:?} {}", problem.severity, problem.key))
        .collect()
}

const NONE: [String; 0] = [];
const WITH_TLS: &str = r#"tls = { mode = "files", certificate_file = "c", key_file = "k" }"#;

#[test]
fn the_public_url_is_an_origin() {
    for bad in [
        "",
        "id.example.com",
        "ftp://id.example.com",
        "https://id.example.com/path",
        "https://id.example.com?q",
        "https://id.example.com#f",
        "https://user@id.example.com",
    ] {
        let table: toml::Table = toml::from_str(&format!("public_url = {bad:?}")).expect("TOML");
        let error = public_url(table["public_url"].clone()).expect_err(bad).to_string();
        assert!(error.contains("https://id.example.com"), "{error}");
    }
}

#[test]
fn production_is_https_unless_it_is_this_machine() {
    let public = r#"public_url = "http://id.example.com""#;
    assert!(found(public, Production).contains(&"Error server.public_url".to_owned()));
    assert_eq!(found(public, Development), NONE);
    assert_eq!(found(r#"public_url = "http://localhost:4000""#, Production), NONE);
    assert_eq!(found("", Production), NONE);
}

#[test]
fn tls_and_the_public_url_agree() {
    let http = format!("public_url = \"http://localhost:4000\"\n{WITH_TLS}");
    assert_eq!(found(&http, Development), ["Error server.public_url"]);
    assert_eq!(found(WITH_TLS, Production), NONE);
}

#[test]
fn the_frontend_host_follows_the_public_url() {
    for (public_url, frontend_host) in [
        ("https://id.example.com", "id.example.com"),
        ("https://id.example.com:8443", "id.example.com:8443"),
        ("http://localhost:4000", "clerk.localhost:4000"),
        ("http://localhost", "clerk.localhost"),
        ("https://localhost:4000", "clerk.localhost:4000"),
        ("http://[::1]:4000", "clerk.localhost:4000"),
        ("http://[::1]", "clerk.localhost"),
    ] {
        let settings = server(&format!("public_url = {public_url:?}"));
        assert_eq!(settings.frontend_host(), frontend_host, "{public_url}");
    }
}

#[test]
fn a_frontend_host_is_a_host_with_a_dot() {
    let check = |host: &str| {
        let changes = format!("public_url = \"http://localhost:4000\"\nfrontend_host = {host:?}");
        found(&changes, Development)
    };
    for good in ["clerk.localhost:4000", "app.example", "app.example:80"] {
        assert_eq!(check(good), NONE, "{good}");
    }
    for bad in [
        "localhost:4000",
        "https://app.example",
        "app.example/x",
        "App.example",
        "u@app.example",
        "a.example:x",
    ] {
        assert_eq!(check(bad), ["Error server.frontend_host"], "{bad}");
    }
    assert_eq!(
        found(r#"public_url = "https://intranet""#, Production),
        ["Error server.frontend_host"]
    );
}

#[test]
fn on_https_the_frontend_host_is_the_public_host() {
    assert_eq!(found(r#"frontend_host = "id.example.com""#, Production), NONE);
    assert_eq!(
        found(r#"frontend_host = "app.example.com""#, Production),
        ["Error server.frontend_host"]
    );
}

#[test]
fn on_this_machine_the_two_hosts_may_differ() {
    let changes = "public_url = \"https://localhost:4000\"\nfrontend_host = \"app.localhost:4000\"";
    assert_eq!(found(changes, Production), NONE);
}

#[test]
fn addresses_to_listen_on_are_given_once_each() {
    assert_eq!(found("listen = []", Development), ["Error server.listen"]);
    let twice = r#"listen = ["127.0.0.1:1", "127.0.0.1:1"]"#;
    assert_eq!(found(twice, Development), ["Error server.listen"]);
}

#[test]
fn plain_http_for_other_machines_needs_a_proxy_in_production() {
    let open = r#"listen = ["127.0.0.1:4000", "0.0.0.0:80"]"#;
    let alone = format!("{open}\ntrusted_proxies = []");
    assert!(found(&alone, Production).contains(&"Error server.listen".to_owned()));
    assert_eq!(found(&alone, Development), NONE);
    assert_eq!(found(open, Production), NONE);
    assert_eq!(found(&format!("{alone}\n{WITH_TLS}"), Production), NONE);
}

#[test]
fn production_is_warned_of_proxies_that_are_missing_or_too_many() {
    assert_eq!(
        found("trusted_proxies = []", Production),
        ["Warning server.trusted_proxies"]
    );
    assert_eq!(found("trusted_proxies = []", Development), NONE);
    assert_eq!(found(&format!("trusted_proxies = []\n{WITH_TLS}"), Production), NONE);
    assert_eq!(
        found(r#"trusted_proxies = ["::/0"]"#, Production),
        ["Warning server.trusted_proxies"]
    );
}

#[test]
fn the_rules_of_tls_are_asked() {
    let changes = r#"tls = { mode = "files", certificate_file = "", key_file = "k" }"#;
    assert_eq!(found(changes, Production), ["Error server.tls.certificate_file"]);
}

#[test]
fn limits_have_bounds() {
    for (key, least, most) in [
        ("client_request_timeout_seconds", 1_u64, 600_u64),
        ("keep_alive_seconds", 1, 3600),
        ("shutdown_grace_seconds", 1, 600),
        ("body_limit_bytes", 1024, 10_485_760),
    ] {
        for (value, fits) in [(least - 1, false), (least, true), (most, true), (most + 1, false)] {
            let expected = if fits {
                Vec::new()
            } else {
                vec![format!("Error server.{key}")]
            };
            assert_eq!(
                found(&format!("{key} = {value}"), Development),
                expected,
                "{key} = {value}"
            );
        }
    }
}
