//! Grants, and whether they stand.

use std::sync::Arc;

use super::code::NewCode;
use crate::kernel::clock::Timestamp;
use crate::kernel::event::Actor;
use crate::kernel::id::{ApplicationId, GrantId, SessionId, UserId};
use crate::oidc::claims::AskedClaims;
use crate::oidc::scope::{Scope, ScopeValue};

/// A grant about to be written.
#[derive(Debug)]
pub(in crate::oidc) struct NewGrant {
    pub(in crate::oidc) id: GrantId,
    pub(in crate::oidc) application_id: ApplicationId,
    pub(in crate::oidc) user_id: UserId,
    pub(in crate::oidc) session_id: SessionId,
    pub(in crate::oidc) scope: Scope,
    /// Claims that were asked for one by one (OpenID Connect Core section 5.5).
    pub(in crate::oidc) claims: AskedClaims,
    pub(in crate::oidc) auth_time: Timestamp,
    pub(in crate::oidc) amr: Vec<&'static str>,
    pub(in crate::oidc) code: NewCode,
    pub(in crate::oidc) created_at: Timestamp,
}

/// What tokens need of a grant. None of it ever changes.
#[derive(Clone, Debug)]
pub(in crate::oidc) struct Grant {
    pub(in crate::oidc) id: GrantId,
    pub(in crate::oidc) application_id: ApplicationId,
    pub(in crate::oidc) client_id: String,
    pub(in crate::oidc) user_id: UserId,
    pub(in crate::oidc) session_id: SessionId,
    pub(in crate::oidc) scope: Scope,
    /// When the person had last proven who they are, when the grant was made.
    pub(in crate::oidc) auth_time: Timestamp,
    /// How (RFC 8176), separated by spaces.
    pub(in crate::oidc) amr: String,
    /// By which the application knows the person.
    pub(in crate::oidc) sub: String,
    /// Claims that were asked for one by one.
    pub(in crate::oidc) claims: AskedClaims,
}

/// A grant as its row has it, with what of that decides whether it stands.
#[derive(Debug)]
pub(in crate::oidc) struct Stored {
    pub(in crate::oidc) grant: Arc<Grant>,
    /// Whether it outlives the session.
    pub(in crate::oidc) offline: bool,
    pub(in crate::oidc) created_at: Timestamp,
    pub(in crate::oidc) revoked: bool,
}

impl Stored {
    /// A grant that was just written.
    pub(super) fn of_new(new: NewGrant, client_id: &str, sub: &str) -> Self {
        Self {
            offline: new.scope.has(ScopeValue::OfflineAccess),
            created_at: new.created_at,
            revoked: false,
            grant: Arc::new(Grant {
                id: new.id,
                application_id: new.application_id,
                client_id: client_id.to_owned(),
                user_id: new.user_id,
                session_id: new.session_id,
                scope: new.scope,
                auth_time: new.auth_time,
                amr: new.amr.join(" "),
                sub: sub.to_owned(),
                claims: new.claims,
            }),
        }
    }
}

/// What decides at any moment whether the tokens of a grant are worth anything.
#[derive(Clone, Copy, Debug)]
pub(in crate::oidc) struct Standing {
    /// Whether it outlives the session.
    pub(in crate::oidc) offline: bool,
    pub(in crate::oidc) revoked: bool,
    /// Whether the person may not sign in.
    pub(in crate::oidc) banned: bool,
    /// Whether the person's password was set anew since.
    pub(in crate::oidc) outdated: bool,
    /// When the session it was given in ends in any case; `None` when there is none or it is over.
    pub(in crate::oidc) session_until: Option<Timestamp>,
}

impl Standing {
    /// Whether the grant stands. With `offline_access` it outlives the session (OpenID Connect Core section 11), but neither a ban
    /// nor a new password.
    pub(in crate::oidc) fn holds(self) -> bool {
        !self.revoked && !self.banned && !self.outdated && (self.offline || self.session_until.is_some())
    }

    /// `end`, or the end of the session where the grant ends with it.
    pub(in crate::oidc) fn at_most(self, end: Timestamp) -> Timestamp {
        match self.session_until {
            Some(session) if !self.offline => end.min(session),
            _ => end,
        }
    }
}

/// Why a grant was ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::oidc) enum Revocation {
    /// Its code came a second time (RFC 6749 section 4.1.2).
    CodeReplayed,
    /// A refresh token came again after it had been replaced (RFC 9700 section 4.14.2).
    RefreshTokenReplayed,
    /// The person took the application's access away.
    Withdrawn,
    /// The application handed a refresh token back (RFC 7009).
    ByApplication,
    /// Somebody who runs the instance ended it.
    ByOperator,
}

impl Revocation {
    /// What it is when `actor` ends it.
    pub(in crate::oidc) fn by(actor: &Actor) -> Self {
        match actor {
            Actor::User(_) => Self::Withdrawn,
            Actor::SecretKey(_) | Actor::Operator | Actor::System => Self::ByOperator,
        }
    }

    /// As stored.
    pub(in crate::oidc) fn as_str(self) -> &'static str {
        match self {
            Self::CodeReplayed => "code_replayed",
            Self::RefreshTokenReplayed => "refresh_token_replayed",
            Self::Withdrawn => "withdrawn",
            Self::ByApplication => "revoked_by_application",
            Self::ByOperator => "revoked_by_operator",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNTIL: Timestamp = Timestamp::from_secs(100);

    const ONLINE: Standing = Standing {
        offline: false,
        revoked: false,
        banned: false,
        outdated: false,
        session_until: Some(UNTIL),
    };
    const OFFLINE: Standing = Standing {
        offline: true,
        session_until: None,
        ..ONLINE
    };

    #[test]
    fn a_grant_stands_while_nothing_speaks_against_it() {
        assert!(ONLINE.holds());
        assert!(OFFLINE.holds(), "offline access outlives the session");
        let signed_out = Standing {
            session_until: None,
            ..ONLINE
        };
        assert!(!signed_out.holds());
        for grant in [ONLINE, OFFLINE] {
            assert!(!Standing { revoked: true, ..grant }.holds());
            assert!(!Standing { banned: true, ..grant }.holds(), "nothing outlives a ban");
            let outdated = Standing {
                outdated: true,
                ..grant
            };
            assert!(!outdated.holds(), "nor a new password");
        }
    }

    #[test]
    fn without_offline_access_nothing_is_longer_than_the_session() {
        let late = Timestamp::from_secs(200);
        assert_eq!(ONLINE.at_most(late), UNTIL);
        assert_eq!(ONLINE.at_most(Timestamp::from_secs(50)), Timestamp::from_secs(50));
        assert_eq!(OFFLINE.at_most(late), late);
        let both = Standing {
            offline: true,
            ..ONLINE
        };
        assert_eq!(both.at_most(late), late);
    }
}
