use super::*;
use crate::kernel::rng::Rng;
use crate::oidc::authorize::prompt::Prompt;
use crate::oidc::claims::AskedClaims;
use crate::oidc::tests::session;

const REQUESTED_AT: Timestamp = Timestamp::from_secs(10_000);

/// What a decision came to, in a word.
fn word(decision: &Decision<'_>) -> &'static str {
    match decision {
        Decision::Login(_) => "login",
        Decision::Create => "create",
        Decision::Choose => "choose",
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
    first_party: bool,
    expected: &'static str,
}

const CASE: Case = Case {
    prompt: "",
    max_age: None,
    proven: Some(500),
    login_asked: false,
    consented: "openid email",
    consent_given: false,
    first_party: false,
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
        lang: None,
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
        // one session is chosen by being the only one, unless the choice is wanted
        Case {
            prompt: "select_account",
            expected: "choose",
            ..CASE
        },
        Case {
            prompt: "select_account",
            proven: None,
            expected: "login",
            ..CASE
        },
        Case {
            prompt: "create",
            expected: "create",
            ..CASE
        },
        // nobody is asked on behalf of an application of ours, unless it wants that
        Case {
            consented: "",
            first_party: true,
            ..CASE
        },
        Case {
            consented: "",
            first_party: true,
            prompt: "none",
            ..CASE
        },
        Case {
            first_party: true,
            prompt: "consent",
            expected: "consent",
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
            chosen: None,
            hinted: None,
            login_asked: case.login_asked,
            first_party: case.first_party,
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
            chosen: None,
            hinted: None,
            login_asked,
            first_party: false,
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

/// Two people on one device; `chosen` and `hinted` point at one of them, by the order of use.
fn among_two(prompt: &str, chosen: Option<usize>, hinted: Option<usize>) -> (&'static str, Option<usize>) {
    let rng = Rng::seeded(3);
    let sessions = [
        session(&rng, Timestamp::from_secs(9_000)),
        session(&rng, Timestamp::from_secs(9_500)),
    ];
    let request = request(prompt, None);
    let situation = Situation {
        request: &request,
        requested_at: REQUESTED_AT,
        sessions: &sessions,
        chosen: chosen.map(|index| &sessions[index]),
        hinted: hinted.map(|index| &sessions[index]),
        login_asked: false,
        first_party: false,
        remembered: request.scope,
        consent_given: false,
    };
    let decision = situation.decide();
    let whose = match &decision {
        Decision::Issue(session) | Decision::Login(Some(session)) => sessions.iter().position(|one| one == *session),
        _ => None,
    };
    (word(&decision), whose)
}

#[test]
fn among_several_people_one_has_to_be_chosen() {
    assert_eq!(among_two("", None, None), ("choose", None));
    assert_eq!(among_two("none", None, None), ("account_selection_required", None));
    assert_eq!(among_two("consent", None, None), ("choose", None));
    assert_eq!(among_two("", Some(1), None), ("issue", Some(1)));
    assert_eq!(among_two("select_account", Some(1), None), ("issue", Some(1)));
    // who signs in anyway says thereby who it is
    assert_eq!(among_two("login", None, None), ("login", None));
    assert_eq!(among_two("login select_account", None, None), ("choose", None));
    assert_eq!(among_two("login select_account", Some(0), None), ("login", Some(0)));
}

#[test]
fn a_login_hint_spares_the_question_but_not_one_that_is_wanted() {
    assert_eq!(among_two("", None, Some(1)), ("issue", Some(1)));
    assert_eq!(among_two("none", None, Some(0)), ("issue", Some(0)));
    assert_eq!(among_two("select_account", None, Some(1)), ("choose", None));
    assert_eq!(
        among_two("", Some(0), Some(1)),
        ("issue", Some(0)),
        "the choice counts more"
    );
}

#[test]
fn an_account_is_made_before_anything_else() {
    assert_eq!(among_two("create", None, None), ("create", None));
    assert_eq!(among_two("create", Some(0), None), ("issue", Some(0)));
}
