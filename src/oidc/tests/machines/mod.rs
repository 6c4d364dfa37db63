//! Random sequences of what happens to codes and to families of refresh tokens, through the real service: a small model of the rules
//! foretells every answer. The sequences are the same in every run; `PROPTEST_CASES` asks for more than 256 of them.

mod codes;
mod families;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use tokio::runtime::{Builder, Runtime};

use super::*;

/// How long codes live.
const CODE_SECONDS: i64 = 60;
/// How long access tokens live.
const ACCESS_SECONDS: i64 = 3600;

/// One of several: the last, which things usually happen to, or any.
#[derive(Clone, Debug)]
enum Pick {
    Last,
    Any(Index),
}

impl Pick {
    fn strategy() -> impl Strategy<Value = Self> {
        prop_oneof![2 => Just(Self::Last), 3 => any::<Index>().prop_map(Self::Any)]
    }

    /// The place in a list of `count`, if there is any.
    fn of(&self, count: usize) -> Option<usize> {
        match self {
            _ if count == 0 => None,
            Self::Last => Some(count - 1),
            Self::Any(index) => Some(index.index(count)),
        }
    }
}

/// A world in which all sequences happen one after another, each to a person of its own.
struct Stage {
    runtime: Runtime,
    world: World,
}

impl Stage {
    fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let world = runtime.block_on(World::new());
        Self { runtime, world }
    }

    /// Registers an application that asks nobody.
    fn app(&self, authentication: AuthMethod) -> App {
        let registration = Registration {
            authentication,
            consent_screen_enabled: false,
            ..notes()
        };
        self.runtime.block_on(self.world.register(registration))
    }

    /// Plays sequences of steps.
    ///
    /// # Panics
    /// With the shortest sequence that is not answered as foretold.
    fn play<S: Strategy>(&self, steps: &S, sequence: impl AsyncFn(&World, S::Value)) {
        let config = Config {
            failure_persistence: None,
            ..Config::default()
        };
        let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        let played = TestRunner::new_with_rng(config, rng).run(steps, |steps| {
            // where it panics, a shorter sequence is looked for
            self.runtime.block_on(sequence(&self.world, steps));
            Ok(())
        });
        if let Err(failure) = played {
            panic!("{failure}");
        }
    }
}

impl World {
    /// A code without a question.
    async fn code_at_once(&self, device: &Device, app: &App, offline: bool) -> String {
        let scope = if offline {
            "openid email offline_access"
        } else {
            "openid email"
        };
        let step = self.authorize(device, &query(app, &[("scope", scope)])).await;
        answer(step.expect("a step"))["code"].clone()
    }

    /// Whether an access token opens anything, which every endpoint says alike.
    async fn opens(&self, app: &App, tokens: &Value) -> bool {
        let told = self.introspect(app, &text(tokens, "access_token")).await.expect("told");
        let opens = match self.userinfo(tokens).await {
            Ok(_) => true,
            Err(code) => {
                assert_eq!(code, ErrorCode::InvalidToken);
                false
            }
        };
        assert_eq!(told["active"], opens, "introspection and userinfo say the same");
        opens
    }
}
