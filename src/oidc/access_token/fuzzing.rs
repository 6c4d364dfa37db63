//! What must hold for anything that an access token might say.

use serde_json::{Value, json};

use super::{jwt, model};

/// What is read of a token that says `said`, as a sealed one and as a JWT of `issuer`, each as it is written again.
pub(in crate::oidc) fn read(said: &Value, issuer: &str) -> [Option<Value>; 2] {
    let written = |content: model::Content| serde_json::to_value(content).expect("JSON");
    let sealed = serde_json::from_value::<model::Content>(said.clone()).ok();
    let signed = serde_json::from_value::<jwt::Presented>(said.clone()).ok();
    let signed = signed.and_then(|presented| presented.content(issuer));
    if signed.is_some() {
        assert_eq!((&said["iss"], &said["aud"]), (&json!(issuer), &json!(issuer)));
        let of = ["grant_id", "application_id"].map(|name| !said[name].is_null());
        assert!(of[0] != of[1], "it rests on one thing: {said}");
    }
    [sealed.map(written), signed.map(|(_, content)| written(content))]
}
