//! Owns becoming signed in: attempts (resumable state machines bound to a device), the strategies that prove a factor, the
//! limits on guessing, and continuations, by which others start a sign-in and are resumed by it. Does not own people, nor the
//! session that results. Entered by the pages and by `oidc`.

mod attempt;
mod code;
mod complete;
mod continuation;
mod limits;
mod mail;
mod model;
mod password;
mod reset;
mod sign_up;
mod store;
mod verify;

pub use complete::SignedIn;
pub use continuation::{
    Beginner, Continuation, Continuations, Intent, consume as consume_continuation, purge as purge_continuations,
};
pub use model::{Caller, SignInView, SignUpView};
pub use password::{PasswordOutcome, SignIn, StartOutcome};
pub use reset::reset_password;
pub use sign_up::{SignUp, SignUpForm, SignUpOutcome, SignUpProblem};
pub use store::purge as purge_attempts;
pub use verify::{CodeOutcome, ResendOutcome};
