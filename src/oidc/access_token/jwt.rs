//! Access tokens that a resource server can read itself (RFC 9068).

use serde::{Deserialize, Serialize};

use super::model::{Bearer, Content};
use crate::kernel::id::{ApplicationId, GrantId};
use crate::oidc::claims::Acr;
use crate::oidc::grant::Grant;
use crate::oidc::sealed_token::TokenId;

/// The media type in the header, by which it can't be taken for an ID token (RFC 9068 section 2.1).
pub(super) const TYPE: &str = "at+jwt";

/// The claims of RFC 9068 section 2.2, and the ones by which we find what the token rests on.
#[derive(Serialize)]
pub(super) struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    /// Ourselves: no resource server is registered with us, and so none is meant.
    aud: &'a str,
    client_id: &'a str,
    iat: i64,
    exp: i64,
    jti: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    scope: &'a str,
    #[serde(flatten)]
    person: Option<Person<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    application_id: Option<&'a ApplicationId>,
}

/// How the person had signed in (RFC 9068 section 2.2.1).
#[derive(Serialize)]
struct Person<'a> {
    grant_id: &'a GrantId,
    auth_time: i64,
    acr: &'static str,
    amr: Vec<&'a str>,
}

impl<'a> Claims<'a> {
    pub(super) fn new(
        issuer: &'a str,
        client_id: &'a str,
        grant: Option<&'a Grant>,
        content: &'a Content,
        id: TokenId,
    ) -> Self {
        let application_id = match &content.bearer {
            Bearer::Application { id, .. } => Some(id),
            Bearer::Grant(_) => None,
        };
        Self {
            iss: issuer,
            sub: grant.map_or(client_id, |grant| &grant.sub),
            aud: issuer,
            client_id,
            iat: content.issued_at,
            exp: content.expires_at,
            jti: id.to_string(),
            scope: &content.scope,
            person: grant.map(|grant| Person {
                grant_id: &grant.id,
                auth_time: grant.auth_time.secs(),
                acr: Acr::REACHED.as_str(),
                amr: grant.amr.split_ascii_whitespace().collect(),
            }),
            application_id,
        }
    }
}

/// What is read of a token that comes back.
#[derive(Deserialize)]
pub(super) struct Presented {
    iss: String,
    aud: String,
    client_id: String,
    iat: i64,
    exp: i64,
    jti: String,
    #[serde(default)]
    scope: String,
    grant_id: Option<GrantId>,
    application_id: Option<ApplicationId>,
}

impl Presented {
    /// What it says, when it is addressed to `issuer` by `issuer`.
    pub(super) fn content(self, issuer: &str) -> Option<(TokenId, Content)> {
        if self.iss != issuer || self.aud != issuer {
            return None;
        }
        let bearer = match (self.grant_id, self.application_id) {
            (Some(grant), None) => Bearer::Grant(grant),
            (None, Some(id)) => Bearer::Application {
                id,
                client_id: self.client_id,
            },
            _ => return None,
        };
        let content = Content {
            bearer,
            scope: self.scope,
            issued_at: self.iat,
            expires_at: self.exp,
        };
        Some((self.jti.parse().ok()?, content))
    }
}
