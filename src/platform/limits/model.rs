//! Rules and buckets.

use std::time::Duration;

use crate::kernel::digest::hmac_sha256;
use crate::kernel::secret::SecretKey;

/// How often something may happen: `burst` times at once, then once every `every`.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The name, part of the bucket's key and of the documentation.
    pub name: &'static str,
    /// How many may come at once.
    pub burst: u32,
    /// The time in which one more is allowed.
    pub every: Duration,
}

impl Rule {
    /// In milliseconds, what one event adds to the theoretical arrival time.
    pub(super) fn increment(&self) -> i64 {
        i64::try_from(self.every.as_millis()).unwrap_or(i64::MAX / 1024).max(1)
    }

    /// In milliseconds, how far the theoretical arrival time may run ahead of now, the new event included.
    pub(super) fn tolerance(&self) -> i64 {
        self.increment().saturating_mul(i64::from(self.burst.max(1)))
    }
}

/// One counter: a rule and whom it counts. The key is a keyed hash, so the table reveals neither addresses nor identifiers.
#[derive(Clone, Debug)]
pub struct Bucket {
    pub(super) rule: Rule,
    pub(super) key: String,
}

impl Bucket {
    /// The counter of `rule` for `subject` (an address, an identifier, a pair …).
    pub fn new(rule: Rule, key: &SecretKey, subject: &[&str]) -> Self {
        let mut parts: Vec<&[u8]> = vec![rule.name.as_bytes()];
        parts.extend(subject.iter().map(|part| part.as_bytes()));
        let digest = hmac_sha256(key.expose(), &parts);
        Self {
            rule,
            key: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
        }
    }
}
