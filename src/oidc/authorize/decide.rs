//! What stands between a checked request and its answer: one pure decision.

use std::time::Duration;

use super::request::AuthorizationRequest;
use crate::kernel::clock::Timestamp;
use crate::oidc::error::{ErrorCode, OAuthError};
use crate::oidc::scope::Scope;
use crate::session::Session;

/// Everything that the decision depends on.
pub(super) struct Situation<'a> {
    pub(super) request: &'a AuthorizationRequest,
    /// When the request came.
    pub(super) requested_at: Timestamp,
    /// The live sessions of the device, the last used first.
    pub(super) sessions: &'a [Session],
    /// Whether the person was sent to sign in for this request.
    pub(super) login_asked: bool,
    /// What the person of [`Situation::session`] allowed the application before, as far as that still speaks for it.
    pub(super) remembered: Scope,
    /// Whether the person has just allowed what this request asks for.
    pub(super) consent_given: bool,
}

/// What to do.
#[derive(Debug)]
pub(super) enum Decision<'a> {
    /// Let somebody sign in, or prove it anew.
    Login,
    /// Ask the person of this session.
    Consent(&'a Session),
    /// Answer with a code for the person of this session.
    Issue(&'a Session),
    /// Answer with an error.
    Refuse(OAuthError),
}

impl<'a> Situation<'a> {
    /// The session that the request is about: that of the person whom `id_token_hint` names, else the last used.
    pub(super) fn session(&self) -> Option<&'a Session> {
        match &self.request.hinted_user {
            Some(user) => self.sessions.iter().find(|session| session.user_id == *user),
            None => self.sessions.first(),
        }
    }

    /// Decides.
    pub(super) fn decide(&self) -> Decision<'a> {
        match self.session() {
            None if self.somebody_else_signed_in() => refuse(
                ErrorCode::LoginRequired,
                "the person who signed in is not the one that id_token_hint names",
            ),
            Some(session) if self.is_fresh(session) => self.decide_consent(session),
            // never a page (OpenID Connect Core section 3.1.2.1)
            _ if self.request.prompt.none => refuse(ErrorCode::LoginRequired, "the person has to sign in"),
            _ => Decision::Login,
        }
    }

    fn decide_consent(&self, session: &'a Session) -> Decision<'a> {
        let covered = !self.request.prompt.consent && self.request.scope.is_within(self.remembered);
        if covered || self.consent_given {
            Decision::Issue(session)
        } else if self.request.prompt.none {
            refuse(ErrorCode::ConsentRequired, "the person has to consent")
        } else {
            Decision::Consent(session)
        }
    }

    /// Whether the person proved who they are as lately as the request demands. A proof made because of this request always
    /// serves, or `max_age=0` could never be met.
    fn is_fresh(&self, session: &Session) -> bool {
        let auth_time = session.auth_time();
        if self.login_asked && auth_time >= self.requested_at {
            return true;
        }
        match self.request.max_age {
            _ if self.request.prompt.login => false,
            None => true,
            // the same as prompt=login (OpenID Connect Core section 3.1.2.1)
            Some(0) => false,
            Some(seconds) => auth_time >= self.requested_at - Duration::from_secs(seconds.into()),
        }
    }

    /// Whether the person was asked to sign in as the one whom the hint names, and did so as another: an error is due then (OpenID
    /// Connect Core section 3.1.2.1), because asking again would never end.
    fn somebody_else_signed_in(&self) -> bool {
        self.login_asked
            && self
                .sessions
                .iter()
                .any(|session| session.auth_time() >= self.requested_at)
    }
}

fn refuse(code: ErrorCode, why: &'static str) -> Decision<'static> {
    Decision::Refuse(OAuthError::new(code, why))
}
