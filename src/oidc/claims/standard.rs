//! The standard claims (OpenID Connect Core section 5.1) and the scope values that open them (section 5.4).

use crate::oidc::scope::{Scope, ScopeValue};

/// Every claim about a person besides `sub`, with the scope value that opens it.
pub(in crate::oidc) const STANDARD: [(&str, ScopeValue); 19] = [
    ("name", ScopeValue::Profile),
    ("given_name", ScopeValue::Profile),
    ("family_name", ScopeValue::Profile),
    ("middle_name", ScopeValue::Profile),
    ("nickname", ScopeValue::Profile),
    ("preferred_username", ScopeValue::Profile),
    ("profile", ScopeValue::Profile),
    ("picture", ScopeValue::Profile),
    ("website", ScopeValue::Profile),
    ("gender", ScopeValue::Profile),
    ("birthdate", ScopeValue::Profile),
    ("zoneinfo", ScopeValue::Profile),
    ("locale", ScopeValue::Profile),
    ("updated_at", ScopeValue::Profile),
    ("email", ScopeValue::Email),
    ("email_verified", ScopeValue::Email),
    ("address", ScopeValue::Address),
    ("phone_number", ScopeValue::Phone),
    ("phone_number_verified", ScopeValue::Phone),
];

/// The names that a scope opens.
pub(super) fn opened_by<'a>(scope: Scope) -> impl Iterator<Item = &'a str> {
    STANDARD
        .into_iter()
        .filter(move |(_, value)| scope.has(*value))
        .map(|(name, _)| name)
}

/// A name that we know, with the scope value that would open it.
pub(super) fn known(name: &str) -> Option<(&'static str, ScopeValue)> {
    STANDARD.into_iter().find(|(known, _)| *known == name)
}
