//! Failed authentication, limited by the address of the network.

use std::time::Duration;

use crate::kernel::error::{Error, Result};
use crate::oidc::error::OAuthError;
use crate::oidc::provider::Provider;
use crate::platform::limits::{Bucket, Rule, take};

/// Clients from one address that do not prove who they are. Only failures are counted, and only failures are refused by it: a secret
/// is too long to be guessed, so there is no need to lock anybody out, and what succeeds costs no row.
const FAILED_IP: Rule = Rule {
    name: "client_auth.ip",
    burst: 30,
    every: Duration::from_secs(10),
};

impl Provider {
    /// Counts a client that did not prove who it is, and says what to answer: one thing for an unknown client and for everything
    /// that does not prove it (RFC 6749 section 5.2), until there were too many.
    ///
    /// # Errors
    /// A database error.
    pub(super) async fn refuse_client(&self, address: &str) -> Result<OAuthError> {
        let now = self.cx.now();
        let bucket = &Bucket::new(FAILED_IP, &self.cx.sealer.derive("rate limits"), &[address]);
        let wait = self
            .cx
            .db
            .write(|tx| async move { take(&tx, bucket, now).await })
            .await?;
        Ok(match wait {
            Some(wait) => OAuthError::from(Error::too_many(wait)),
            None => {
                OAuthError::invalid_client("the client is unknown, or what it authenticates by is wrong or missing")
            }
        })
    }
}
