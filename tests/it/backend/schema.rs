//! The published description of the Backend API, as far as it is served here, and a check of values against it.
//!
//! `schemas/bapi-2026-05-12.json` is taken from clerk/openapi-specs under the licence beside it.

use std::sync::LazyLock;

use serde_json::Value;

static SCHEMAS: LazyLock<Value> = LazyLock::new(|| {
    let file: Value = serde_json::from_str(include_str!("schemas/bapi-2026-05-12.json")).expect("JSON");
    file["schemas"].clone()
});

/// Fails unless `value` is what the description calls `name`.
#[track_caller]
pub fn assert_is(name: &str, value: &Value) {
    assert!(!SCHEMAS[name].is_null(), "{name} is described");
    if let Err(why) = check(&SCHEMAS[name], value, name) {
        panic!("{why}\n{value:#}");
    }
}

fn check(schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    if let Some(path) = schema["$ref"].as_str() {
        let name = path.rsplit('/').next().unwrap_or_default();
        return check(&SCHEMAS[name], value, at);
    }
    for part in list(&schema["allOf"]) {
        check(part, value, at)?;
    }
    let choices = list(&schema["anyOf"]);
    if !choices.is_empty() && !choices.iter().any(|choice| check(choice, value, at).is_ok()) {
        return Err(format!("{at} is none of its kinds"));
    }
    if value.is_null() && schema["nullable"] == true {
        return Ok(());
    }
    let is_of_type = match schema["type"].as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some(other) => return Err(format!("{at}: the check does not know {other}")),
        None => true,
    };
    if !is_of_type {
        return Err(format!("{at} is not of type {}", schema["type"]));
    }
    if !schema["enum"].is_null() && !list(&schema["enum"]).contains(value) {
        return Err(format!("{at} is none of {}", schema["enum"]));
    }
    if let Some(pattern) = schema["pattern"].as_str() {
        check_pattern(pattern, value.as_str().unwrap_or_default(), at)?;
    }
    for item in list(value) {
        check(&schema["items"], item, &format!("{at}[]"))?;
    }
    check_members(schema, value, at)
}

fn check_members(schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    let Some(members) = value.as_object() else {
        return Ok(());
    };
    for name in list(&schema["required"]) {
        let name = name.as_str().unwrap_or_default();
        if !members.contains_key(name) {
            return Err(format!("{at} is without {name}"));
        }
    }
    for (name, member) in members {
        let at = format!("{at}.{name}");
        match schema["properties"].get(name) {
            Some(described) => check(described, member, &at)?,
            None if schema["additionalProperties"] == false => return Err(format!("{at} is not described")),
            None => {}
        }
    }
    Ok(())
}

fn check_pattern(pattern: &str, text: &str, at: &str) -> Result<(), String> {
    let body = |prefix: &str, length: usize, is_right: fn(&u8) -> bool| {
        let body = text.strip_prefix(prefix).unwrap_or_default().as_bytes();
        body.len() == length && body.iter().all(is_right)
    };
    let matches = match pattern {
        "^oat_[0-9A-Fa-f]{32}$" => body("oat_", 32, u8::is_ascii_hexdigit),
        r"^user_\w{27}$" => body("user_", 27, u8::is_ascii_alphanumeric),
        other => return Err(format!("{at}: the check does not know {other}")),
    };
    match matches {
        true => Ok(()),
        false => Err(format!("{at}: {text} does not match {pattern}")),
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The check itself must be able to fail.
#[test]
fn what_is_missing_mistyped_or_undescribed_is_seen() {
    let good = serde_json::json!({ "object": "x", "id": "1", "deleted": true });
    let deleted = &SCHEMAS["DeletedObject"];
    assert!(check(deleted, &good, "it").is_ok());
    for (name, value) in [
        ("deleted", Value::Null),
        ("deleted", "yes".into()),
        ("colour", "red".into()),
    ] {
        let mut bad = good.clone();
        bad[name] = value;
        assert!(check(deleted, &bad, "it").is_err(), "{bad}");
    }
    let mut bad = good.clone();
    bad.as_object_mut().expect("an object").remove("object");
    assert!(check(deleted, &bad, "it").is_err());
    let token = &SCHEMAS["VerifiedOAuthAccessToken"];
    assert!(check(token, &serde_json::json!({ "active": false }), "it").is_ok());
    assert!(check(token, &serde_json::json!({ "active": true }), "it").is_err());
    assert!(check_pattern(r"^user_\w{27}$", "user_1", "it").is_err());
}
