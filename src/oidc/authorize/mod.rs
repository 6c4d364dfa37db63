//! Owns the authorization endpoint: checking a request, deciding what stands between it and its answer, asking for that, and
//! answering. Does not own how a person signs in, nor what becomes of the code. Entered by `oidc::http` and, for the pages
//! that ask for an account and for consent, by `portal`.

mod answer;
mod ask;
mod checks;
mod choose;
mod consent;
mod decide;
mod destination;
mod issue;
mod params;
mod pending;
mod prompt;
mod request;
mod response_mode;
mod service;

#[cfg(any(test, feature = "fuzzing"))]
pub(super) mod fuzzing;

pub use choose::{Account, ChooseView};
pub use consent::{AskedScope, ConsentView};
pub use params::RequestParams;
pub(super) use prompt::SUPPORTED as PROMPTS;
pub(super) use response_mode::SUPPORTED as RESPONSE_MODES;
