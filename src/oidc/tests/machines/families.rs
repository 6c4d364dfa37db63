//! Families of refresh tokens (RFC 9700 section 4.14.2): the first use rotates a generation, within the grace another use gives a
//! sibling, after it the family ends; with or without offline access, under any clock.

use std::time::Duration;

use super::*;

const GRACE: i64 = 10_000;
const REFRESH: Duration = Duration::from_secs(30 * 86_400);
/// As `World::sign_in` makes sessions.
const IDLE: Duration = Duration::from_secs(86_400);
const ABSOLUTE: Duration = Duration::from_secs(864_000);
/// How many rotations are remembered.
const REMEMBERED: usize = 8;

#[derive(Clone, Debug)]
enum Step {
    Refresh(Pick, Ask),
    Wait(u64),
    /// The clock is set back.
    GoBack(u64),
    SignOut,
    SetBanned(bool),
    /// An operator ends the grant.
    Revoke,
    /// The application gives a token back (RFC 7009).
    GiveBack(Pick),
}

/// Who asks, and for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ask {
    All,
    Less,
    More,
    AsAnother,
}

struct Token {
    text: String,
    generation: usize,
    expires_at: Timestamp,
}

/// The family of one grant.
struct Model {
    offline: bool,
    signed_in_at: Timestamp,
    signed_out: bool,
    banned: bool,
    revoked: bool,
    /// When each generation but the newest was rotated.
    rotated: Vec<Timestamp>,
    /// When whatever of the grant lives longest ends.
    until: Timestamp,
    refresh_tokens: Vec<Token>,
    access_tokens: Vec<(Value, Timestamp)>,
}

/// What must be answered.
#[derive(Debug, PartialEq, Eq)]
enum Foretold {
    /// A token of that generation, until then.
    Token(usize, Timestamp),
    Refused(ErrorCode),
}

impl Model {
    fn session_until(&self, now: Timestamp) -> Option<Timestamp> {
        let lives = !self.signed_out && now < self.signed_in_at + IDLE;
        lives.then(|| self.signed_in_at + ABSOLUTE)
    }

    fn stands(&self, now: Timestamp) -> bool {
        !self.revoked && !self.banned && (self.offline || self.session_until(now).is_some())
    }

    /// Until when a refresh token that is issued now is good.
    fn refresh_until(&self, now: Timestamp) -> Timestamp {
        match self.session_until(now) {
            Some(session) if !self.offline => session.min(now + REFRESH),
            _ => now + REFRESH,
        }
    }

    fn refresh(&mut self, index: usize, ask: Ask, now: Timestamp) -> Foretold {
        let (generation, expires_at) = (
            self.refresh_tokens[index].generation,
            self.refresh_tokens[index].expires_at,
        );
        let refused = Foretold::Refused(ErrorCode::InvalidGrant);
        let in_time = now < expires_at;
        if ask == Ask::AsAnother {
            return refused;
        }
        if ask == Ask::More {
            return Foretold::Refused(ErrorCode::InvalidScope);
        }
        if !self.stands(now) {
            return refused;
        }
        let until = self.refresh_until(now);
        let Some(rotated_at) = self.rotated.get(generation) else {
            if !in_time {
                return refused;
            }
            self.rotated.push(now);
            self.until = until.max(Timestamp::from_secs(now.secs() + ACCESS_SECONDS));
            return Foretold::Token(generation + 1, until);
        };
        let is_remembered = self.rotated.len() - generation <= REMEMBERED;
        if !is_remembered || now.millis() >= rotated_at.millis() + GRACE {
            self.revoked = true;
            return refused;
        }
        if !in_time {
            return refused;
        }
        Foretold::Token(self.rotated.len(), until.min(self.until))
    }
}

fn steps() -> impl Strategy<Value = (bool, Vec<Step>)> {
    let ask = prop_oneof![
        8 => Just(Ask::All),
        1 => Just(Ask::Less),
        1 => Just(Ask::More),
        1 => Just(Ask::AsAnother),
    ];
    let wait = prop_oneof![
        6 => 0..200u64,
        4 => Just(9_999),
        4 => Just(10_000),
        2 => 1_000..9_000u64,
        2 => Just(3_600_000),
        1 => Just(86_399_000),
        1 => Just(28 * 86_400_000),
    ];
    let step = prop_oneof![
        14 => (Pick::strategy(), ask).prop_map(|(token, ask)| Step::Refresh(token, ask)),
        8 => wait.prop_map(Step::Wait),
        1 => (1..20_000u64).prop_map(Step::GoBack),
        1 => Just(Step::SignOut),
        1 => any::<bool>().prop_map(Step::SetBanned),
        1 => Just(Step::Revoke),
        1 => Pick::strategy().prop_map(Step::GiveBack),
    ];
    (any::<bool>(), prop::collection::vec(step, 1..28))
}

#[test]
fn families_of_refresh_tokens_answer_as_the_rules_foretell() {
    let stage = Stage::new();
    let apps = [stage.app(AuthMethod::ClientSecret), stage.app(AuthMethod::ClientSecret)];
    stage.play(&steps(), async |world, (offline, steps)| {
        play(world, &apps, offline, &steps).await;
    });
}

async fn play(world: &World, [app, other]: &[App; 2], offline: bool, steps: &[Step]) {
    let email = format!("{}@example.com", PlainToken::draw("", &world.cx.rng).expose());
    let (person, device) = (world.person(&email).await, world.device().await);
    world.sign_in(&device, &person).await;
    let told_before = world.events("grant.revoked").await;
    let code = world.code_at_once(&device, app, offline).await;
    let now = world.cx.now();
    let mut model = Model {
        offline,
        signed_in_at: now,
        signed_out: false,
        banned: false,
        revoked: false,
        rotated: Vec::new(),
        until: now,
        refresh_tokens: Vec::new(),
        access_tokens: Vec::new(),
    };
    let first = world.redeem(app, &code).await.expect("tokens");
    model.until = model.refresh_until(now);
    let foretold = Foretold::Token(0, model.until);
    take(world, &mut model, Ok(first), &foretold);
    for step in steps {
        let now = world.cx.now();
        match step {
            Step::Refresh(token, ask) => {
                let index = token.of(model.refresh_tokens.len()).expect("there is a first one");
                let by = if *ask == Ask::AsAnother { other } else { app };
                let answer = refresh(world, by, &model.refresh_tokens[index].text, *ask).await;
                let foretold = model.refresh(index, *ask, now);
                take(world, &mut model, answer, &foretold);
            }
            Step::Wait(millis) => world.wait_for(Duration::from_millis(*millis)).await,
            Step::GoBack(millis) => {
                world.clock.go_back(Duration::from_millis(*millis));
                world.wait_for(Duration::ZERO).await;
            }
            // nobody signs out of a session that is over
            Step::SignOut if model.session_until(now).is_some() && !model.banned => {
                world.sign_out(&device).await;
                model.signed_out = true;
            }
            Step::SignOut => {}
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
            Step::Revoke => {
                let (_, token) = world
                    .provider
                    .open_refresh_token(&model.refresh_tokens[0].text)
                    .expect("ours");
                let revoked = world.provider.revoke_grant(&token.grant, Actor::Operator).await;
                assert_eq!(revoked.is_ok(), !model.revoked);
                model.revoked = true;
            }
            Step::GiveBack(token) => {
                let index = token.of(model.refresh_tokens.len()).expect("there is a first one");
                let given = world.revoke(app, &model.refresh_tokens[index].text).await;
                given.expect("nobody is told anything else");
                model.revoked = true;
            }
        }
        assert_opens(world, app, &model).await;
    }
    let told = world.events("grant.revoked").await - told_before;
    assert_eq!(told, u64::from(model.revoked), "an end is told once");
}

async fn refresh(world: &World, app: &App, token: &str, ask: Ask) -> Result<Value, ErrorCode> {
    let mut form = vec![("grant_type", "refresh_token"), ("refresh_token", token)];
    match ask {
        Ask::All | Ask::AsAnother => {}
        Ask::Less => form.push(("scope", "openid")),
        Ask::More => form.push(("scope", "openid profile")),
    }
    world.token(app, &form).await
}

/// Compares an answer with what was foretold, and takes what it gives.
fn take(world: &World, model: &mut Model, answer: Result<Value, ErrorCode>, foretold: &Foretold) {
    let (tokens, generation, expires_at) = match (answer, foretold) {
        (Ok(tokens), Foretold::Token(generation, expires_at)) => (tokens, *generation, *expires_at),
        (Err(code), Foretold::Refused(foretold)) => return assert_eq!(code, *foretold),
        (answer, foretold) => panic!("foretold {foretold:?}, and it was {:?}", answer.map(|_| "tokens")),
    };
    let text = text(&tokens, "refresh_token");
    let (_, said) = world.provider.open_refresh_token(&text).expect("ours");
    assert_eq!(usize::try_from(said.generation).ok(), Some(generation));
    assert_eq!(said.expires_at, expires_at);
    assert!(
        model.refresh_tokens.iter().all(|token| token.text != text),
        "each is another"
    );
    model.refresh_tokens.push(Token {
        text,
        generation,
        expires_at,
    });
    model.access_tokens.push((tokens, world.cx.now()));
}

/// Access tokens open as long as the rules say, and no longer.
async fn assert_opens(world: &World, app: &App, model: &Model) {
    let now = world.cx.now();
    // the first and the newest stand for all
    let all = &model.access_tokens;
    for (tokens, given_at) in all.first().into_iter().chain(all.last()) {
        let in_time = now.secs() < given_at.secs() + ACCESS_SECONDS;
        assert_eq!(world.opens(app, tokens).await, in_time && model.stands(now));
    }
}
