//! What is told of a token (RFC 7662 section 2.2).

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

/// What a token is worth.
#[derive(Debug)]
pub enum Introspection {
    /// Nothing, for whatever reason: which one would be a hint to who found or stole it (RFC 7662 section 4).
    Inactive,
    /// What it says.
    Active(Box<Active>),
}

impl Serialize for Introspection {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Active(active) => active.serialize(serializer),
            Self::Inactive => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("active", &false)?;
                map.end()
            }
        }
    }
}

/// What is told of a token that is worth something. Times are in seconds.
#[derive(Debug, Serialize)]
pub struct Active {
    pub(super) active: bool,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) scope: String,
    pub(super) client_id: String,
    /// Of an access token alone: how it is presented.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) token_type: Option<&'static str>,
    pub(super) exp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) iat: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) nbf: Option<i64>,
    pub(super) sub: String,
    pub(super) aud: String,
    pub(super) iss: String,
    pub(super) jti: String,
    #[serde(flatten)]
    pub(super) person: Person,
}

/// What is told of the person on whose behalf a token is; nothing where there is none.
#[derive(Debug, Default, Serialize)]
pub(super) struct Person {
    /// The email address they sign in by, where the token may read it (RFC 7662 section 2.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) username: Option<String>,
    /// When they last proved who they are (RFC 9470 section 6.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) auth_time: Option<i64>,
    /// How surely (RFC 9470 section 6.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) acr: Option<&'static str>,
}
