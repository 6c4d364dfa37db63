//! Codes (RFC 6749 sections 4.1.2 and 4.1.3): one try, for one client, with what they are bound to, for a minute; a second try ends
//! what the first gave.

use super::*;

#[derive(Clone, Debug)]
enum Step {
    /// A code for the client of that number.
    Issue {
        client: usize,
        offline: bool,
    },
    Redeem {
        code: Pick,
        client: Who,
        with: Brought,
    },
    Wait(u64),
    SignOut,
    SetBanned(bool),
    Revoke(Pick),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Owner,
    Thief,
}

/// What a redemption brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Brought {
    Everything,
    OtherRedirectUri,
    OtherVerifier,
    NoVerifier,
}

/// What is known of a code.
struct Code {
    text: String,
    client: usize,
    offline: bool,
    issued_at: Timestamp,
    /// The number of the session.
    session: usize,
    used: bool,
    revoked: bool,
    tokens: Option<(Value, Timestamp)>,
}

/// A person, and everything they let applications have.
struct Model {
    codes: Vec<Code>,
    /// How many sessions are over: all but the newest, and perhaps that one.
    over: usize,
    signed_in: bool,
    banned: bool,
}

impl Model {
    fn stands(&self, code: &Code) -> bool {
        !code.revoked && !self.banned && (code.offline || code.session >= self.over)
    }

    /// Whether a redemption gives tokens.
    fn redeem(&mut self, index: usize, who: Who, with: Brought, now: Timestamp) -> bool {
        let stands = self.stands(&self.codes[index]);
        let code = &mut self.codes[index];
        if who == Who::Thief {
            return false;
        }
        if code.used {
            code.revoked = true;
            return false;
        }
        code.used = true;
        let in_time = now.millis() < code.issued_at.millis() + CODE_SECONDS * 1000;
        in_time && with == Brought::Everything && stands
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let with = prop_oneof![
        5 => Just(Brought::Everything),
        1 => Just(Brought::OtherRedirectUri),
        1 => Just(Brought::OtherVerifier),
        1 => Just(Brought::NoVerifier),
    ];
    let who = prop_oneof![5 => Just(Who::Owner), 1 => Just(Who::Thief)];
    let wait = prop_oneof![
        Just(1),
        Just(29_999),
        Just(30_000),
        Just(59_999),
        Just(60_000),
        Just(3_600_000)
    ];
    let step = prop_oneof![
        4 => (0..2usize, any::<bool>()).prop_map(|(client, offline)| Step::Issue { client, offline }),
        8 => (Pick::strategy(), who, with).prop_map(|(code, client, with)| Step::Redeem { code, client, with }),
        3 => wait.prop_map(Step::Wait),
        1 => Just(Step::SignOut),
        1 => any::<bool>().prop_map(Step::SetBanned),
        1 => Pick::strategy().prop_map(Step::Revoke),
    ];
    prop::collection::vec(step, 1..18)
}

#[test]
fn codes_answer_as_the_rules_foretell() {
    let stage = Stage::new();
    let clients = [stage.app(AuthMethod::ClientSecret), stage.app(AuthMethod::None)];
    stage.play(&steps(), async |world, steps| play(world, &clients, &steps).await);
}

async fn play(world: &World, clients: &[App; 2], steps: &[Step]) {
    let email = format!("{}@example.com", PlainToken::draw("", &world.cx.rng).expose());
    let (person, device) = (world.person(&email).await, world.device().await);
    let told_before = world.events("grant.revoked").await;
    let mut model = Model {
        codes: Vec::new(),
        over: 0,
        signed_in: false,
        banned: false,
    };
    for step in steps {
        match step {
            Step::Issue { client, offline } if !model.banned => {
                if !model.signed_in {
                    world.sign_in(&device, &person).await;
                    model.signed_in = true;
                }
                model.codes.push(Code {
                    text: world.code_at_once(&device, &clients[*client], *offline).await,
                    client: *client,
                    offline: *offline,
                    issued_at: world.cx.now(),
                    session: model.over,
                    used: false,
                    revoked: false,
                    tokens: None,
                });
            }
            Step::Redeem { code, client, with } => {
                let Some(index) = code.of(model.codes.len()) else {
                    continue;
                };
                let (owner, now) = (model.codes[index].client, world.cx.now());
                let client = &clients[if *client == Who::Owner { owner } else { 1 - owner }];
                let answer = redeem(world, client, &model.codes[index].text, *with).await;
                let who = if std::ptr::eq(client, &clients[owner]) {
                    Who::Owner
                } else {
                    Who::Thief
                };
                let foretold = model.redeem(index, who, *with, now);
                match answer {
                    Ok(tokens) => {
                        assert!(foretold, "{step:?}: tokens against the rules");
                        model.codes[index].tokens = Some((tokens, now));
                    }
                    Err(code) => {
                        assert_eq!(code, ErrorCode::InvalidGrant);
                        assert!(!foretold, "{step:?}: refused against the rules");
                    }
                }
            }
            Step::Wait(millis) => world.wait_for(std::time::Duration::from_millis(*millis)).await,
            Step::SignOut if model.signed_in && !model.banned => {
                world.sign_out(&device).await;
                (model.signed_in, model.over) = (false, model.over + 1);
            }
            Step::SetBanned(banned) => {
                let accounts = &world.accounts;
                let done = if *banned {
                    accounts.ban(&person, Actor::Operator).await
                } else {
                    accounts.unban(&person, Actor::Operator).await
                };
                assert_eq!(done.expect("sets"), *banned != model.banned);
                model.banned = *banned;
            }
            Step::Revoke(code) => {
                let Some(index) = code.of(model.codes.len()) else {
                    continue;
                };
                let Some(id) = grant_of(world, &model.codes[index]).await else {
                    continue;
                };
                let revoked = world.provider.revoke_grant(&id, Actor::Operator).await;
                assert_eq!(revoked.is_ok(), !model.codes[index].revoked);
                model.codes[index].revoked = true;
            }
            Step::Issue { .. } | Step::SignOut => {}
        }
        assert_opens(world, clients, &model).await;
    }
    let revoked = model.codes.iter().filter(|code| code.revoked).count();
    let told = world.events("grant.revoked").await - told_before;
    assert_eq!(told, revoked as u64, "each end is told once");
    assert_refreshes(world, clients, &model).await;
}

async fn redeem(world: &World, client: &App, code: &str, with: Brought) -> Result<Value, ErrorCode> {
    let [grant_type, code, redirect_uri, verifier] = redemption(code);
    let redirect_uri = match with {
        Brought::OtherRedirectUri => ("redirect_uri", "https://notes.example/cb"),
        _ => redirect_uri,
    };
    let mut form = vec![grant_type, code, redirect_uri];
    match with {
        Brought::NoVerifier => {}
        Brought::OtherVerifier => form.push(("code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXx")),
        Brought::Everything | Brought::OtherRedirectUri => form.push(verifier),
    }
    world.token(client, &form).await
}

/// What a code was made for.
async fn grant_of(world: &World, code: &Code) -> Option<crate::kernel::id::GrantId> {
    let hash = TokenHash::of(&code.text);
    let found = grant::store::find_by_code(world.cx.db.reader(), &hash, world.cx.now());
    found.await.expect("reads").map(|code| code.grant.id.clone())
}

/// What was given opens as long as the rules say, and no longer.
async fn assert_opens(world: &World, clients: &[App; 2], model: &Model) {
    for code in &model.codes {
        let Some((tokens, given_at)) = &code.tokens else {
            continue;
        };
        let in_time = world.cx.now().secs() < given_at.secs() + ACCESS_SECONDS;
        // introspection is for confidential clients
        let opens = world.opens(&clients[0], tokens).await;
        assert_eq!(opens, in_time && model.stands(code), "of the code {}", code.text);
    }
}

/// So do the refresh tokens.
async fn assert_refreshes(world: &World, clients: &[App; 2], model: &Model) {
    for code in &model.codes {
        let Some((tokens, _)) = &code.tokens else { continue };
        let refreshed = world
            .refresh(&clients[code.client], &text(tokens, "refresh_token"))
            .await;
        assert_eq!(refreshed.is_ok(), model.stands(code), "of the code {}", code.text);
    }
}
