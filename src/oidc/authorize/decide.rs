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
            Some(session) if self.is_fresh(session) => self.decide_consent(session),
            _ if self.somebody_else_signed_in() => refuse(
                ErrorCode::LoginRequired,
                "the person who signed in is not the one that id_token_hint names",
            ),
            // never a page (OpenID Connect Core section 3.1.2.1)
            _ if self.request.prompt.none => refuse(ErrorCode::LoginRequired, "the person has to sign in"),
            _ => Decision::Login,
        }
    }

    fn decide_consent(&self, session: &'a Session) -> Decision<'a> {
        let covered = !self.request.prompt.consent && self.request.to_allow().is_within(self.remembered);
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
mod tests {
    use super::*;
    use crate::kernel::rng::Rng;
    use crate::oidc::authorize::prompt::Prompt;
    use crate::oidc::claims::AskedClaims;
    use crate::oidc::tests::session;

    const REQUESTED_AT: Timestamp = Timestamp::from_secs(10_000);

    /// What a decision came to, in a word.
    fn word(decision: &Decision<'_>) -> &'static str {
        match decision {
            Decision::Login => "login",
            Decision::Consent(_) => "consent",
            Decision::Issue(_) => "issue",
            Decision::Refuse(error) => error.code().as_str(),
        }
    }

    /// A row of the table: what a request asks, what is so, what follows.
    struct Case {
        prompt: &'static str,
        max_age: Option<u32>,
        /// Seconds from the person's last proof to the request; negative for a proof after it. Nobody is signed in without.
        proven: Option<i64>,
        login_asked: bool,
        consented: &'static str,
        consent_given: bool,
        expected: &'static str,
    }

    const CASE: Case = Case {
        prompt: "",
        max_age: None,
        proven: Some(500),
        login_asked: false,
        consented: "openid email",
        consent_given: false,
        expected: "issue",
    };

    fn request(prompt: &str, max_age: Option<u32>) -> AuthorizationRequest {
        AuthorizationRequest {
            scope: Scope::requested("openid email").expect("a scope"),
            claims: AskedClaims::default(),
            nonce: None,
            code_challenge: None,
            prompt: Prompt::parse(Some(prompt)).expect("a prompt"),
            max_age,
            login_hint: None,
            sub: None,
            hinted_user: None,
        }
    }

    #[test]
    fn the_table_of_decisions() {
        let table = [
            // a session and a remembered consent are enough
            CASE,
            Case { prompt: "none", ..CASE },
            Case {
                consented: "openid email offline_access profile",
                ..CASE
            },
            // nobody is signed in
            Case {
                proven: None,
                expected: "login",
                ..CASE
            },
            Case {
                proven: None,
                prompt: "none",
                expected: "login_required",
                ..CASE
            },
            Case {
                proven: None,
                prompt: "consent",
                expected: "login",
                ..CASE
            },
            // nothing, or too little, was allowed before
            Case {
                consented: "",
                expected: "consent",
                ..CASE
            },
            Case {
                consented: "openid",
                expected: "consent",
                ..CASE
            },
            Case {
                consented: "openid",
                prompt: "none",
                expected: "consent_required",
                ..CASE
            },
            Case {
                consented: "",
                consent_given: true,
                ..CASE
            },
            // prompt=consent asks always, once
            Case {
                prompt: "consent",
                expected: "consent",
                ..CASE
            },
            Case {
                prompt: "consent",
                consent_given: true,
                ..CASE
            },
            // prompt=login asks always, and is satisfied by a proof made for it
            Case {
                prompt: "login",
                expected: "login",
                ..CASE
            },
            Case {
                prompt: "login",
                proven: Some(0),
                expected: "login",
                ..CASE
            },
            Case {
                prompt: "login",
                proven: Some(-1),
                expected: "login",
                ..CASE
            },
            Case {
                prompt: "login",
                proven: Some(-1),
                login_asked: true,
                ..CASE
            },
            Case {
                prompt: "login",
                proven: Some(0),
                login_asked: true,
                ..CASE
            },
            Case {
                prompt: "login",
                proven: Some(1),
                login_asked: true,
                expected: "login",
                ..CASE
            },
            Case {
                prompt: "login consent",
                proven: Some(-1),
                login_asked: true,
                expected: "consent",
                ..CASE
            },
            Case {
                prompt: "login consent",
                proven: Some(-1),
                login_asked: true,
                consent_given: true,
                ..CASE
            },
            Case {
                prompt: "login",
                consent_given: true,
                expected: "login",
                ..CASE
            },
            // max_age counts from the request
            Case {
                max_age: Some(500),
                ..CASE
            },
            Case {
                max_age: Some(499),
                expected: "login",
                ..CASE
            },
            Case {
                max_age: Some(499),
                prompt: "none",
                expected: "login_required",
                ..CASE
            },
            Case {
                max_age: Some(499),
                proven: Some(-90),
                login_asked: true,
                ..CASE
            },
            Case {
                max_age: Some(u32::MAX),
                ..CASE
            },
            // max_age=0 is prompt=login
            Case {
                max_age: Some(0),
                proven: Some(0),
                expected: "login",
                ..CASE
            },
            Case {
                max_age: Some(0),
                proven: Some(0),
                prompt: "none",
                expected: "login_required",
                ..CASE
            },
            Case {
                max_age: Some(0),
                proven: Some(-1),
                login_asked: true,
                ..CASE
            },
        ];
        let rng = Rng::seeded(1);
        for (row, case) in table.iter().enumerate() {
            let proven_at = case.proven.map(|ago| Timestamp::from_secs(REQUESTED_AT.secs() - ago));
            let sessions: Vec<Session> = proven_at.into_iter().map(|at| session(&rng, at)).collect();
            let request = request(case.prompt, case.max_age);
            let situation = Situation {
                request: &request,
                requested_at: REQUESTED_AT,
                sessions: &sessions,
                login_asked: case.login_asked,
                remembered: Scope::requested(case.consented).expect("a scope"),
                consent_given: case.consent_given,
            };
            assert_eq!(word(&situation.decide()), case.expected, "row {row}");
        }
    }

    #[test]
    fn a_hint_chooses_the_person() {
        let rng = Rng::seeded(2);
        let old = Timestamp::from_secs(9_000);
        let (last_used, hinted, stranger) = (session(&rng, old), session(&rng, old), session(&rng, old));
        let decide = |sessions: &[Session], hint: &Session, prompt: &str, login_asked| {
            let mut request = request(prompt, None);
            request.hinted_user = Some(hint.user_id.clone());
            let situation = Situation {
                request: &request,
                requested_at: REQUESTED_AT,
                sessions,
                login_asked,
                remembered: request.scope,
                consent_given: false,
            };
            let decision = situation.decide();
            let chosen = match &decision {
                Decision::Issue(session) => Some(session.id.clone()),
                _ => None,
            };
            (word(&decision), chosen)
        };
        let here = [last_used.clone(), hinted.clone()];
        assert_eq!(decide(&here, &hinted, "", false), ("issue", Some(hinted.id.clone())));
        assert_eq!(
            decide(&here, &hinted, "none", false),
            ("issue", Some(hinted.id.clone()))
        );
        assert_eq!(decide(&here, &stranger, "none", false), ("login_required", None));
        assert_eq!(decide(&here, &stranger, "", false), ("login", None));
        // asked, and nobody signed in since: asked again
        assert_eq!(decide(&here, &stranger, "", true), ("login", None));
        // asked, and somebody else signed in: that is an error, or it would never end
        let somebody_else = [session(&rng, Timestamp::from_secs(10_050))];
        assert_eq!(decide(&somebody_else, &stranger, "", true), ("login_required", None));
    }

    #[test]
    fn without_a_hint_the_last_used_session_answers() {
        let rng = Rng::seeded(3);
        let sessions = [
            session(&rng, Timestamp::from_secs(9_000)),
            session(&rng, Timestamp::from_secs(9_500)),
        ];
        let request = request("", None);
        let situation = Situation {
            request: &request,
            requested_at: REQUESTED_AT,
            sessions: &sessions,
            login_asked: false,
            remembered: request.scope,
            consent_given: false,
        };
        assert!(matches!(situation.decide(), Decision::Issue(session) if session.id == sessions[0].id));
    }
}
