//! What an application may be, prove and ask for, by the names of the standards.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::kernel::named::named;

named! {
    /// The set of rules an application is held to; it decides together what is required.
    Profile {
        /// OpenID Connect Core 1.0: PKCE is asked of public clients alone, and a client assertion may be addressed to an endpoint.
        OidcCore = "oidc-core",
        /// OAuth 2.1: PKCE always, and a client assertion is addressed to the issuer and nobody else.
        OAuth21 = "oauth2.1",
    }
}

named! {
    /// How an application proves who it is (`token_endpoint_auth_method`, RFC 7591 section 2), at every endpoint that asks.
    AuthMethod {
        /// Not at all: it can't keep a secret (a public client, RFC 6749 section 2.1).
        None = "none",
        /// A secret in the header (RFC 6749 section 2.3.1).
        ClientSecretBasic = "client_secret_basic",
        /// A secret in the body (RFC 6749 section 2.3.1).
        ClientSecretPost = "client_secret_post",
        /// A secret, in the header or the body.
        ClientSecret = "client_secret",
        /// An assertion signed by its own key (RFC 7523 section 2.2, OpenID Connect Core section 9).
        PrivateKeyJwt = "private_key_jwt",
    }
}

impl AuthMethod {
    /// Whether the application shares a secret with us.
    pub const fn has_secret(self) -> bool {
        matches!(
            self,
            Self::ClientSecretBasic | Self::ClientSecretPost | Self::ClientSecret
        )
    }
}

named! {
    /// What is exchanged for tokens (`grant_types`, RFC 7591 section 2).
    GrantType {
        /// RFC 6749 section 4.1.
        AuthorizationCode = "authorization_code",
        /// RFC 6749 section 6.
        RefreshToken = "refresh_token",
        /// RFC 6749 section 4.4.
        ClientCredentials = "client_credentials",
    }
}

named! {
    /// What an application's access tokens look like.
    AccessTokenFormat {
        /// Text that only we can read.
        Opaque = "opaque",
        /// A JWT that a resource server can read (RFC 9068).
        Jwt = "jwt",
    }
}

/// A set of grant types. Written, it is a list separated by spaces, always in the same order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GrantTypes(u8);

impl GrantTypes {
    /// A code, and refresh tokens: what signs people in.
    pub const SIGN_IN: Self = Self(1 << GrantType::AuthorizationCode as u8 | 1 << GrantType::RefreshToken as u8);

    /// The set of these.
    pub fn of(types: impl IntoIterator<Item = GrantType>) -> Self {
        Self(types.into_iter().fold(0, |set, one| set | 1 << one as u8))
    }

    /// Whether the set has `one`.
    pub fn has(self, one: GrantType) -> bool {
        self.0 & 1 << one as u8 != 0
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Those there are, in their order.
    pub fn iter(self) -> impl Iterator<Item = GrantType> {
        GrantType::ALL.iter().copied().filter(move |one| self.has(*one))
    }
}

impl FromStr for GrantTypes {
    type Err = <GrantType as FromStr>::Err;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let types: Result<Vec<GrantType>, _> = text.split_ascii_whitespace().map(str::parse).collect();
        types.map(Self::of)
    }
}

impl Serialize for GrantTypes {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.iter())
    }
}

impl fmt::Display for GrantTypes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.iter().map(GrantType::as_str).collect();
        f.write_str(&names.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grant_types_are_read_in_any_order_and_written_in_one() {
        let types: GrantTypes = "refresh_token authorization_code".parse().expect("known");
        assert_eq!(types, GrantTypes::SIGN_IN);
        assert_eq!(types.to_string(), "authorization_code refresh_token");
        assert!(!types.has(GrantType::ClientCredentials));
        assert!("password".parse::<GrantTypes>().is_err());
        assert!("".parse::<GrantTypes>().expect("none").is_empty());
    }
}
