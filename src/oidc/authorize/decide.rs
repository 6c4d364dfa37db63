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
    /// The session that the person chose for this request, or proved themselves in.
    pub(super) chosen: Option<&'a Session>,
    /// The session of the person whose address is the `login_hint`.
    pub(super) hinted: Option<&'a Session>,
    /// Whether the person was sent to sign in for this request.
    pub(super) login_asked: bool,
    /// Whether nobody need be asked for consent, because the application is the instance's own.
    pub(super) first_party: bool,
    /// What the person of the one session allowed the application before, as far as that still speaks for it.
    pub(super) remembered: Scope,
    /// Whether the person has just allowed what this request asks for.
    pub(super) consent_given: bool,
}

/// The sessions that a request may be about.
#[derive(Clone, Copy, Debug)]
pub(super) enum Candidates<'a> {
    /// None: nobody is signed in, or not the person who is named.
    Nobody,
    /// This one.
    One(&'a Session),
    /// The person has to choose.
    Several,
}

/// What to do.
#[derive(Debug)]
pub(super) enum Decision<'a> {
    /// Let somebody sign in, or the person of this session prove it anew.
    Login(Option<&'a Session>),
    /// Let somebody make an account.
    Create,
    /// Let the person choose among those who are signed in.
    Choose,
    /// Ask the person of this session.
    Consent(&'a Session),
    /// Answer with a code for the person of this session.
    Issue(&'a Session),
    /// Answer with an error.
    Refuse(OAuthError),
}

impl<'a> Situation<'a> {
    /// The sessions that the request is about. Who is named by `id_token_hint` or by the claim `sub` is chosen thereby; a
    /// `login_hint` only spares the question where it fits.
    pub(super) fn candidates(&self) -> Candidates<'a> {
        let one = |session: Option<&'a Session>, none| session.map_or(none, Candidates::One);
        if let Some(user) = &self.request.hinted_user {
            let theirs = self.sessions.iter().find(|session| session.user_id == *user);
            return one(theirs, Candidates::Nobody);
        }
        match (self.chosen, self.sessions) {
            (Some(chosen), _) => Candidates::One(chosen),
            (None, []) => Candidates::Nobody,
            (None, _) if self.request.prompt.select_account => Candidates::Several,
            (None, [only]) => Candidates::One(only),
            (None, _) => one(self.hinted, Candidates::Several),
        }
    }

    /// Decides.
    pub(super) fn decide(&self) -> Decision<'a> {
        let prompt = self.request.prompt;
        match self.candidates() {
            // with a new account there is nobody to choose before it is made
            _ if prompt.create && self.chosen.is_none() => Decision::Create,
            Candidates::One(session) if self.is_fresh(session) => self.decide_consent(session),
            Candidates::Several if prompt.none => refuse(
                ErrorCode::AccountSelectionRequired,
                "several people are signed in, and the request names none of them",
            ),
            // who has to sign in anyway says thereby who it is
            Candidates::Several if prompt.select_account || !prompt.login => Decision::Choose,
            _ if self.somebody_else_signed_in() => refuse(
                ErrorCode::LoginRequired,
                "the person who signed in is not the one that the request names",
            ),
            // never a page (OpenID Connect Core section 3.1.2.1)
            _ if prompt.none => refuse(ErrorCode::LoginRequired, "the person has to sign in"),
            Candidates::One(session) => Decision::Login(Some(session)),
            Candidates::Nobody | Candidates::Several => Decision::Login(None),
        }
    }

    fn decide_consent(&self, session: &'a Session) -> Decision<'a> {
        let prompt = self.request.prompt;
        let covered = self.first_party || self.request.to_allow().is_within(self.remembered);
        if self.consent_given || (covered && !prompt.consent) {
            Decision::Issue(session)
        } else if prompt.none {
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
        let Some(hinted) = &self.request.hinted_user else {
            return false;
        };
        self.login_asked
            && self
                .sessions
                .iter()
                .any(|session| session.user_id != *hinted && session.auth_time() >= self.requested_at)
    }
}

fn refuse(code: ErrorCode, why: &'static str) -> Decision<'static> {
    Decision::Refuse(OAuthError::new(code, why))
}

#[cfg(test)]
mod tests;
