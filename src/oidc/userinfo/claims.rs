//! The claims about a person, by scope (OpenID Connect Core sections 5.1 and 5.4).

use serde::Serialize;

use crate::kernel::clock::Timestamp;
use crate::oidc::scope::{Scope, ScopeValue};

/// The claims, as discovery lists them.
pub(in crate::oidc) const CLAIMS: &[&str] = &[
    "sub",
    "name",
    "given_name",
    "family_name",
    "updated_at",
    "email",
    "email_verified",
];

/// What is known of a person.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) sub: String,
    pub(super) first_name: Option<String>,
    pub(super) last_name: Option<String>,
    pub(super) updated_at: Timestamp,
    pub(super) email: Option<String>,
    pub(super) email_verified: bool,
}

/// A userinfo response. What is not known is left out, never null (OpenID Connect Core section 5.3.2).
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Claims {
    sub: String,
    #[serde(flatten)]
    profile: Option<Profile>,
    #[serde(flatten)]
    email: Option<Email>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Profile {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    given_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    family_name: Option<String>,
    /// In seconds.
    updated_at: i64,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Email {
    email: String,
    email_verified: bool,
}

impl Person {
    /// What a token with `scope` may read.
    pub(super) fn claims(self, scope: Scope) -> Claims {
        let name = [self.first_name.as_deref(), self.last_name.as_deref()];
        let name: Vec<&str> = name.into_iter().flatten().collect();
        let profile = scope.has(ScopeValue::Profile).then(|| Profile {
            name: (!name.is_empty()).then(|| name.join(" ")),
            given_name: self.first_name.clone(),
            family_name: self.last_name.clone(),
            updated_at: self.updated_at.secs(),
        });
        let email = self.email.filter(|_| scope.has(ScopeValue::Email)).map(|email| Email {
            email,
            email_verified: self.email_verified,
        });
        Claims {
            sub: self.sub,
            profile,
            email,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn claims(scope: &str, first: Option<&str>, email: Option<&str>) -> Value {
        let person = Person {
            sub: "user_1".into(),
            first_name: first.map(str::to_owned),
            last_name: Some("Lovelace".into()),
            updated_at: Timestamp::from_millis(1_700_000_000_999),
            email: email.map(str::to_owned),
            email_verified: true,
        };
        let scope = Scope::requested(scope).expect("a scope");
        serde_json::to_value(person.claims(scope)).expect("JSON")
    }

    #[test]
    fn each_scope_opens_its_claims_with_their_types() {
        assert_eq!(
            claims("openid", Some("Ada"), Some("ada@example.com")),
            json!({"sub": "user_1"})
        );
        assert_eq!(
            claims("openid profile email", Some("Ada"), Some("ada@example.com")),
            json!({
                "sub": "user_1",
                "name": "Ada Lovelace",
                "given_name": "Ada",
                "family_name": "Lovelace",
                "updated_at": 1_700_000_000,
                "email": "ada@example.com",
                "email_verified": true,
            })
        );
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        assert_eq!(
            claims("openid profile email", None, None),
            json!({"sub": "user_1", "name": "Lovelace", "family_name": "Lovelace", "updated_at": 1_700_000_000})
        );
    }

    #[test]
    fn every_claim_is_listed() {
        let all = claims("openid profile email", Some("Ada"), Some("ada@example.com"));
        let mut names: Vec<&String> = all.as_object().expect("an object").keys().collect();
        let mut listed = CLAIMS.to_vec();
        names.sort_unstable();
        listed.sort_unstable();
        assert_eq!(names, listed);
    }
}
