//! Client secrets.

use crate::kernel::clock::Timestamp;
use crate::kernel::digest::constant_time_eq;
use crate::kernel::id::ApplicationSecretId;
use crate::kernel::rng::Rng;
use crate::kernel::token::{PlainToken, TokenHash};

/// The characters of the end that are kept to tell a secret from others; 42 characters, 250 bits, stay unknown.
const HINT: usize = 4;

/// A client secret, as far as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientSecret {
    /// Its id.
    pub id: ApplicationSecretId,
    /// Its last four characters; empty where they are not known.
    pub hint: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops to admit, if it does.
    pub expires_at: Option<Timestamp>,
    pub(super) hash: Vec<u8>,
}

impl ClientSecret {
    /// A fresh secret, and the only copy of it in plain. It has unreserved characters, so that the form-urlencoding of
    /// `client_secret_basic` (RFC 6749 section 2.3.1), which many clients forget, changes nothing.
    pub(super) fn draw(now: Timestamp, rng: &Rng) -> (Self, PlainToken) {
        let plain = PlainToken::draw("", rng);
        let text = plain.expose();
        let secret = Self {
            id: ApplicationSecretId::draw(now, rng),
            hint: text[text.len() - HINT..].to_owned(),
            created_at: now,
            expires_at: None,
            hash: plain.hash().to_vec(),
        };
        (secret, plain)
    }

    /// Whether it still admits.
    pub fn is_current(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|at| now < at)
    }

    /// Whether it is what was presented, in a time that does not depend on it.
    pub(super) fn is(&self, presented: &TokenHash) -> bool {
        constant_time_eq(&self.hash, presented.as_bytes())
    }
}
