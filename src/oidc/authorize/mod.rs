//! Owns the authorization endpoint: checking a request, deciding what stands between it and its answer, asking for that, and
//! answering. Does not own how a person signs in, nor what becomes of the code. Entered by `oidc::http` and, for the consent
//! page, by `portal`.

mod answer;
mod ask;
mod checks;
mod consent;
mod decide;
mod destination;
mod issue;
mod params;
mod pending;
mod prompt;
mod request;
mod service;

pub use consent::ConsentView;
pub use params::RequestParams;
pub(super) use prompt::SUPPORTED as PROMPTS;
