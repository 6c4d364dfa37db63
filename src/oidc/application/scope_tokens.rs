//! Scope values as an application registers them: ours for people, its own for machines.

use std::fmt;

use serde::Serialize;

use super::kinds::GrantTypes;
use crate::oidc::application::GrantType;
use crate::oidc::scope::{Scope, ScopeValue};

/// The width of the column.
const MAX_LENGTH: usize = 1024;

/// A list of scope values (`scope`, RFC 7591 section 2), each once, in the order in which they were given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ScopeTokens(String);

impl ScopeTokens {
    /// Reads a list separated by spaces.
    ///
    /// # Errors
    /// Why not: it breaks the grammar of RFC 6749 section 3.3, or has more than 1024 characters.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if text.len() > MAX_LENGTH {
            return Err("must have at most 1024 characters");
        }
        let character = |b: u8| matches!(b, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
        let mut values: Vec<&str> = Vec::new();
        for value in text.split(' ').filter(|value| !value.is_empty()) {
            if !value.bytes().all(character) {
                return Err("must be values of ASCII letters, digits and signs but \" and \\, separated by spaces");
            }
            if !values.contains(&value) {
                values.push(value);
            }
        }
        Ok(Self(values.join(" ")))
    }

    /// Every value that a person can let an application have.
    pub fn for_people() -> Self {
        Self("openid profile email phone address offline_access".to_owned())
    }

    /// What was stored, which was read by [`parse`](Self::parse) before.
    pub(super) fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The list, separated by spaces.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The values.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.0.split(' ').filter(|value| !value.is_empty())
    }

    /// Whether the list has `value`.
    pub fn has(&self, value: &str) -> bool {
        self.values().any(|known| known == value)
    }

    /// What may be asked of people. The values that carry no claim go without saying: `openid` with a code, `offline_access` with
    /// refresh tokens.
    pub(super) fn of_people(&self, grant_types: GrantTypes) -> Scope {
        let listed = ScopeValue::ALL.into_iter().filter(|value| self.has(value.as_str()));
        let scope = listed.fold(Scope::EMPTY, Scope::with).with(ScopeValue::OpenId);
        match grant_types.has(GrantType::RefreshToken) {
            true => scope.with(ScopeValue::OfflineAccess),
            false => scope,
        }
    }
}

impl fmt::Display for ScopeTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_each_value_once_and_keeps_the_grammar() {
        let list = ScopeTokens::parse(" email  jobs:read email https://api.example/x ").expect("a list");
        assert_eq!(list.as_str(), "email jobs:read https://api.example/x");
        assert!(list.has("jobs:read") && !list.has("jobs"));
        for bad in ["a\"b", "a\tb", "a\\b", "ö"] {
            assert!(ScopeTokens::parse(bad).is_err(), "{bad}");
        }
        assert!(ScopeTokens::parse(&"x".repeat(1025)).is_err());
        assert_eq!(ScopeTokens::parse("").expect("none").values().count(), 0);
    }

    #[test]
    fn what_carries_no_claim_needs_no_listing() {
        let list = ScopeTokens::parse("email jobs:read").expect("a list");
        let scope = |types: &str| list.of_people(types.parse().expect("grant types")).to_string();
        assert_eq!(scope("authorization_code"), "openid email");
        assert_eq!(scope("authorization_code refresh_token"), "openid email offline_access");
    }
}
