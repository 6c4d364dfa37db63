//! The authorization response (RFC 6749 sections 4.1.2 and 4.1.2.1), in the query of the redirect URI.

use super::destination::Destination;
use crate::kernel::web_url::with_query;
use crate::oidc::error::OAuthError;

impl Destination {
    /// The address that carries a code.
    pub(super) fn success(&self, issuer: &str, code: &str) -> String {
        self.answer(issuer, &[("code", code)])
    }

    /// The address that carries an error.
    pub(super) fn failure(&self, issuer: &str, error: &OAuthError) -> String {
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
    fn answer(&self, issuer: &str, pairs: &[(&str, &str)]) -> String {
        let state = self.state.as_deref().map(|state| ("state", state));
        let pairs = pairs.iter().copied().chain(state).chain([("iss", issuer)]);
        with_query(&self.redirect_uri, pairs)
    }
}
