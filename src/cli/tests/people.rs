//! What is recorded of people at the command line.

use serde_json::{Value, json};

use super::Installation;

#[tokio::test]
async fn what_an_application_may_be_told_of_a_person_is_set() {
    let installation = Installation::new();
    let args = ["users", "create", "--email", "ada@example.com", "--password-stdin"];
    installation.run_with_input(&args, "correct horse").await.good();
    let set = |more: &'static [&'static str]| [&["users", "set", "ada@example.com", "--json"], more].concat();
    let ada = installation
        .run(&set(&[
            "--claim",
            "nickname=Ada",
            "--claim",
            "birthdate=1815-12-10",
            "--phone",
            "+49 30 1234567",
            "--phone-verified",
            "--address-locality",
            "London",
        ]))
        .await
        .json();
    assert_eq!(
        ada["claims"],
        json!({"nickname": "Ada", "birthdate": "1815-12-10", "address": {"locality": "London"}})
    );
    assert_eq!(ada["phone_number"], "+49301234567");
    assert!(ada["phone_number_verified_at"].is_i64(), "{ada}");
    // the rest stays; an empty value removes
    let ada = installation
        .run(&set(&["--claim", "nickname=", "--phone", ""]))
        .await
        .json();
    assert_eq!(
        ada["claims"],
        json!({"birthdate": "1815-12-10", "address": {"locality": "London"}})
    );
    assert_eq!(ada["phone_number"], Value::Null);

    installation.run(&set(&[])).await.refused(1, &["nothing to set"]);
    installation
        .run(&set(&["--claim", "sub=x"]))
        .await
        .refused(2, &["there is no claim sub to set", "nickname"]);
    installation
        .run(&set(&["--claim", "website=here"]))
        .await
        .refused(2, &["http or https"]);
    installation
        .run(&set(&["--phone", "030 12"]))
        .await
        .refused(2, &["country code"]);
    let nobody = ["users", "set", "eve@example.com", "--claim", "nickname=Eve"];
    installation
        .run(&nobody)
        .await
        .refused(1, &["nobody here is eve@example.com"]);
}

#[tokio::test]
async fn a_person_gets_a_new_password() {
    let installation = Installation::new();
    let create = ["users", "create", "--email", "ada@example.com", "--password-stdin"];
    installation.run_with_input(&create, "correct horse").await.good();
    let reset = ["users", "password", "ada@example.com", "--password-stdin"];
    let done = installation.run_with_input(&reset, "battery staple").await;
    assert!(done.good().contains("new password; 0 sessions ended"), "{}", done.out);
    installation
        .run_with_input(&reset, "short")
        .await
        .refused(1, &["too short"]);
    let nobody = ["users", "password", "eve@example.com", "--password-stdin"];
    installation
        .run_with_input(&nobody, "battery staple")
        .await
        .refused(1, &["nobody here is eve@example.com"]);
    installation
        .run(&["users", "password", "ada@example.com"])
        .await
        .refused(2, &["--password-file"]);
}
