//! Grants, and whether they stand.

use crate::kernel::clock::Timestamp;
use crate::kernel::id::{ApplicationId, GrantId, SessionId, UserId};
use crate::oidc::scope::Scope;

/// A grant about to be written.
#[derive(Debug)]
pub(in crate::oidc) struct NewGrant {
    pub(in crate::oidc) id: GrantId,
    pub(in crate::oidc) application_id: ApplicationId,
    pub(in crate::oidc) user_id: UserId,
    pub(in crate::oidc) session_id: SessionId,
    pub(in crate::oidc) scope: Scope,
    pub(in crate::oidc) auth_time: Timestamp,
    pub(in crate::oidc) amr: Vec<&'static str>,
    pub(in crate::oidc) created_at: Timestamp,
}

/// What a token request needs of a grant. None of it ever changes.
#[derive(Clone, Debug)]
pub(in crate::oidc) struct Grant {
    pub(in crate::oidc) id: GrantId,
    pub(in crate::oidc) application_id: ApplicationId,
    pub(in crate::oidc) user_id: UserId,
    pub(in crate::oidc) session_id: SessionId,
    pub(in crate::oidc) scope: Scope,
    /// When the person had last proven who they are, when the grant was made.
    pub(in crate::oidc) auth_time: Timestamp,
    /// How (RFC 8176), separated by spaces.
    pub(in crate::oidc) amr: String,
    /// By which the application knows the person.
    pub(in crate::oidc) sub: String,
}

/// What decides at any moment whether the tokens of a grant are worth anything.
#[derive(Clone, Copy, Debug)]
pub(in crate::oidc) struct Standing {
    /// Whether it outlives the session.
    pub(in crate::oidc) offline: bool,
    pub(in crate::oidc) revoked: bool,
    /// Whether the person may not sign in.
    pub(in crate::oidc) banned: bool,
    /// Whether the session it was given in is there and not over.
    pub(in crate::oidc) session_live: bool,
}

impl Standing {
    /// Whether the grant stands. With `offline_access` it outlives the session (OpenID Connect Core section 11), but not a ban.
    pub(in crate::oidc) fn holds(self) -> bool {
        !self.revoked && !self.banned && (self.offline || self.session_live)
    }
}

/// Why a grant was ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::oidc) enum Revocation {
    /// Its code came a second time (RFC 6749 section 4.1.2).
    CodeReplayed,
    /// A refresh token came again after it had been replaced (RFC 9700 section 4.14.2).
    RefreshTokenReplayed,
}

impl Revocation {
    /// As stored.
    pub(in crate::oidc) fn as_str(self) -> &'static str {
        match self {
            Self::CodeReplayed => "code_replayed",
            Self::RefreshTokenReplayed => "refresh_token_replayed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_stands_while_nothing_speaks_against_it() {
        let standing = |offline, revoked, banned, session_live| {
            Standing {
                offline,
                revoked,
                banned,
                session_live,
            }
            .holds()
        };
        assert!(standing(false, false, false, true));
        assert!(
            standing(true, false, false, false),
            "offline access outlives the session"
        );
        assert!(!standing(false, false, false, false));
        assert!(!standing(true, true, false, true));
        assert!(!standing(true, false, true, true), "nothing outlives a ban");
    }
}
