//! Scope values and sets of them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A scope value that we grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeValue {
    /// An ID token and the claims of it (OpenID Connect Core section 3.1.2.1).
    OpenId,
    /// The name (OpenID Connect Core section 5.4).
    Profile,
    /// The email address (OpenID Connect Core section 5.4).
    Email,
    /// The postal address (OpenID Connect Core section 5.4).
    Address,
    /// The phone number (OpenID Connect Core section 5.4).
    Phone,
    /// A refresh token that outlives the session (OpenID Connect Core section 11).
    OfflineAccess,
}

impl ScopeValue {
    /// All there are, in the order in which they are written.
    pub const ALL: [Self; 6] = [
        Self::OpenId,
        Self::Profile,
        Self::Email,
        Self::Address,
        Self::Phone,
        Self::OfflineAccess,
    ];

    /// The value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OpenId => "openid",
            Self::Profile => "profile",
            Self::Email => "email",
            Self::Address => "address",
            Self::Phone => "phone",
            Self::OfflineAccess => "offline_access",
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }

    /// The value of that name, if we know it.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|value| value.as_str() == text)
    }
}

/// A set of scope values. Written, it is a list separated by spaces (RFC 6749 section 3.3), always in the same order.
#[derive(Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Scope(u8);

/// A scope that breaks the grammar, or names a value that we do not know where that is not allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadScope;

impl Scope {
    /// No value at all.
    pub const EMPTY: Self = Self(0);

    /// What a request asks for. Values that we do not know are left out (OpenID Connect Core section 3.1.2.1).
    ///
    /// # Errors
    /// [`BadScope`] where the text breaks the grammar of RFC 6749 section 3.3.
    pub fn requested(text: &str) -> Result<Self, BadScope> {
        let token = |value: &str| value.bytes().all(|b| matches!(b, 0x21 | 0x23..=0x5b | 0x5d..=0x7e));
        if !text.split(' ').all(token) {
            return Err(BadScope);
        }
        Ok(Self::from(text.to_owned()))
    }

    /// What a refresh asks to narrow its tokens to: every value must be known, or it can't have been granted.
    ///
    /// # Errors
    /// [`BadScope`].
    pub fn exactly(text: &str) -> Result<Self, BadScope> {
        text.split(' ')
            .filter(|value| !value.is_empty())
            .map(|value| ScopeValue::from_text(value).ok_or(BadScope))
            .try_fold(Self::EMPTY, |scope, value| Ok(scope.with(value?)))
    }

    /// Whether the set has `value`.
    pub fn has(self, value: ScopeValue) -> bool {
        self.0 & value.bit() != 0
    }

    /// Whether there is no value.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether `other` has every value of this.
    pub fn is_within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// The values that both have.
    #[must_use]
    pub fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The values of this that `other` lacks.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The values of either.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The set with `value`.
    #[must_use]
    pub fn with(self, value: ScopeValue) -> Self {
        Self(self.0 | value.bit())
    }

    /// The values in their order.
    pub fn values(self) -> impl Iterator<Item = ScopeValue> {
        ScopeValue::ALL.into_iter().filter(move |value| self.has(*value))
    }
}

/// What was stored; a value that another build wrote and this one does not know is worth nothing here.
impl From<String> for Scope {
    fn from(text: String) -> Self {
        text.split(' ')
            .filter_map(ScopeValue::from_text)
            .fold(Self::EMPTY, Self::with)
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> Self {
        scope.to_string()
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, value) in self.values().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(value.as_str())?;
        }
        Ok(())
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(text: &str) -> Scope {
        Scope::requested(text).expect("a scope")
    }

    #[test]
    fn unknown_values_are_left_out_and_the_order_is_ours() {
        assert_eq!(scope("email  openid groups roles email").to_string(), "openid email");
        assert!(scope("groups").is_empty());
        assert!(
            scope("OpenID").is_empty(),
            "values are case-sensitive (RFC 6749 section 3.3)"
        );
    }

    #[test]
    fn the_grammar_is_kept() {
        for bad in ["openid \"x\"", "openid\temail", "open\\id", "ö"] {
            assert_eq!(Scope::requested(bad), Err(BadScope), "{bad}");
        }
    }

    #[test]
    fn narrowing_knows_every_value() {
        assert_eq!(Scope::exactly("openid email"), Ok(scope("openid email")));
        assert_eq!(Scope::exactly("openid groups"), Err(BadScope));
        assert!(scope("openid").is_within(scope("openid email")));
        assert!(!scope("openid email").is_within(scope("openid")));
        assert_eq!(scope("openid").union(scope("email")), scope("openid email"));
    }

    #[test]
    fn it_is_stored_as_text() {
        let json = serde_json::to_string(&scope("offline_access openid")).expect("JSON");
        assert_eq!(json, r#""openid offline_access""#);
        assert_eq!(
            serde_json::from_str::<Scope>(&json).expect("a scope"),
            scope("openid offline_access")
        );
    }
}
