//! The authorization response (RFC 6749 sections 4.1.2 and 4.1.2.1), in the mode that the request names.

use super::destination::Destination;
use super::response_mode::ResponseMode;
use crate::kernel::web_url::with_query;
use crate::oidc::browser::{FormPost, Step};
use crate::oidc::error::OAuthError;

impl Destination {
    /// The answer that carries a code.
    pub(super) fn success(&self, issuer: &str, code: &str) -> Step {
        self.answer(issuer, &[("code", code)])
    }

    /// The answer that carries an error.
    pub(super) fn failure(&self, issuer: &str, error: &OAuthError) -> Step {
        self.answer(
            issuer,
            &[
                ("error", error.code().as_str()),
                ("error_description", error.description()),
            ],
        )
    }

    /// Adds the state as it came, and `iss`, which tells a client that talks to several providers which one answers (RFC 9207
    /// section 2).
    fn answer(&self, issuer: &str, pairs: &[(&'static str, &str)]) -> Step {
        let state = self.state.as_deref().map(|state| ("state", state));
        let pairs = pairs.iter().copied().chain(state).chain([("iss", issuer)]);
        match self.mode {
            ResponseMode::Query => Step::ToClient(with_query(&self.redirect_uri, pairs)),
            ResponseMode::FormPost => Step::PostToClient(FormPost {
                action: self.redirect_uri.clone(),
                fields: pairs.map(|(name, value)| (name, value.to_owned())).collect(),
            }),
        }
    }
}
