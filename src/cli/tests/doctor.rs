//! `vestibule doctor`.

use serde_json::Value;

use super::Installation;

const CREATE_ADA: [&str; 5] = ["users", "create", "--email", "ada@example.com", "--password-stdin"];

async fn examined(installation: &Installation) -> (u8, Vec<Value>) {
    let ran = installation.run(&["doctor", "--json"]).await;
    assert_eq!(ran.err, "");
    let findings = serde_json::from_str::<Vec<Value>>(&ran.out).expect("findings");
    (ran.code, findings)
}

#[track_caller]
fn result<'a>(findings: &'a [Value], check: &str) -> &'a str {
    let found = findings.iter().find(|finding| finding["check"] == check);
    found
        .and_then(|finding| finding["result"].as_str())
        .unwrap_or_else(|| panic!("{check}: {findings:?}"))
}

/// An installation whose public URL nobody answers.
fn installation() -> Installation {
    let mut installation = Installation::new();
    let socket = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = socket.local_addr().expect("an address").port();
    installation.set("VESTIBULE__SERVER__PUBLIC_URL", &format!("http://localhost:{port}"));
    installation
}

#[tokio::test]
async fn a_new_installation_is_examined_and_stays_untouched() {
    let installation = installation();
    let (code, findings) = examined(&installation).await;
    assert_eq!(code, 0, "{findings:?}");
    assert_eq!(result(&findings, "database"), "ok");
    assert!(!installation.path("data").exists());
    // migrated, but never started
    installation.run(&["migrate", "up"]).await.good();
    let (_, findings) = examined(&installation).await;
    assert_eq!(result(&findings, "database"), "ok");
    assert!(
        findings.iter().all(|finding| finding["check"] != "signing keys"),
        "{findings:?}"
    );
    let mut other = installation;
    other.set("VESTIBULE__SERVER__PUBLIC_URL", "http://localhost:4000");
    other.run(&["keys", "list"]).await.good();
}

#[tokio::test]
async fn an_instance_is_examined_inside() {
    let installation = installation();
    installation.run_with_input(&CREATE_ADA, "correct horse").await.good();
    let (code, findings) = examined(&installation).await;
    assert_eq!(code, 0, "{findings:?}");
    for check in [
        "settings",
        "data directory",
        "master key file",
        "database",
        "fixed names",
        "master key",
        "signing keys",
        "clock",
        "listeners",
        "mail server",
    ] {
        assert_eq!(result(&findings, check), "ok", "{findings:?}");
    }
    assert_eq!(result(&findings, "operator"), "warn");
    assert_eq!(result(&findings, "public URL"), "warn");
    let url = findings.iter().find(|finding| finding["check"] == "public URL");
    let said = url.expect("a finding").to_string();
    assert!(
        said.contains("no server answers at http://localhost:") && !said.contains("other server"),
        "{said}"
    );
    installation
        .run(&["users", "grant-operator", "ada@example.com"])
        .await
        .good();
    assert_eq!(result(&examined(&installation).await.1, "operator"), "ok");
    let text = installation.run(&["doctor"]).await;
    assert!(
        text.good().contains("ok    operator: there is one\n") && text.out.contains("Nothing fails, "),
        "{}",
        text.out
    );
}

#[tokio::test]
async fn what_operators_get_wrong_is_found() {
    let mut installation = installation();
    installation.run_with_input(&CREATE_ADA, "correct horse").await.good();

    installation.set(
        "VESTIBULE__KEYS__MASTER_KEY",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    );
    let (code, findings) = examined(&installation).await;
    assert_eq!((code, result(&findings, "master key")), (1, "fail"));
    installation
        .variables
        .retain(|(name, _)| name != "VESTIBULE__KEYS__MASTER_KEY");

    let public_url = "VESTIBULE__SERVER__PUBLIC_URL";
    let was = installation.variables.clone();
    installation.set(public_url, "http://localhost:1");
    let (code, findings) = examined(&installation).await;
    assert_eq!((code, result(&findings, "fixed names")), (1, "fail"));
    installation.variables = was;

    let behind = Installation {
        clock: crate::kernel::clock::ManualClock::new(crate::kernel::clock::Timestamp::from_secs(1_700_000_000)),
        ..installation
    };
    let (code, findings) = examined(&behind).await;
    assert_eq!((code, result(&findings, "clock")), (1, "fail"));

    let mut broken = behind;
    broken.set("VESTIBULE__MAIL__SMTP_URL", "smtp://127.0.0.1:1");
    assert_eq!(result(&examined(&broken).await.1, "mail server"), "fail");
    broken.set("VESTIBULE__LOG__LEVEL", "loud");
    let (code, findings) = examined(&broken).await;
    assert_eq!((code, findings.len(), result(&findings, "settings")), (1, 1, "fail"));
    let said = findings[0].to_string();
    assert!(said.contains("`vestibule config reference`"), "{said}");
}

#[tokio::test]
async fn a_certificate_is_examined_with_its_key() {
    let mut installation = installation();
    let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let other = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let certificate = super::write(&installation.path("certificate.pem"), &certified.cert.pem());
    let key = super::write(&installation.path("key.pem"), &certified.signing_key.serialize_pem());
    installation.set("VESTIBULE__SERVER__PUBLIC_URL", "https://localhost:1");
    installation.set("VESTIBULE__SERVER__TLS__MODE", "files");
    installation.set("VESTIBULE__SERVER__TLS__CERTIFICATE_FILE", &certificate);
    installation.set("VESTIBULE__SERVER__TLS__KEY_FILE", &key);
    assert_eq!(result(&examined(&installation).await.1, "TLS certificate"), "ok");
    super::write(&installation.path("key.pem"), &other.signing_key.serialize_pem());
    let (code, findings) = examined(&installation).await;
    assert_eq!((code, result(&findings, "TLS certificate")), (1, "fail"));
}
