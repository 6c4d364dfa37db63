//! One-time codes: six digits, ten minutes, three tries, stored as a keyed hash.

use std::time::Duration;

use super::model::SentCode;
use crate::kernel::digest::{constant_time_eq, hmac_sha256};
use crate::platform::cx::Cx;

/// How long a code can be used.
pub(super) const LIFETIME: Duration = Duration::from_secs(600);
/// Wrong guesses that end a code.
pub(super) const TRIES: i32 = 3;
/// How long until another code can be sent.
pub(super) const RESEND_AFTER: Duration = Duration::from_secs(30);
/// Codes sent for one attempt.
pub(super) const MAX_SENT: i32 = 5;

/// A fresh code for an attempt: the digits to mail, and what is stored.
pub(super) fn draw(cx: &Cx, attempt: &str) -> (String, SentCode) {
    let code = format!("{:06}", cx.rng.below(1_000_000));
    let sent_at = cx.now();
    let stored = SentCode {
        digest: digest(cx, attempt, &code),
        sent_at,
        expires_at: sent_at + LIFETIME,
    };
    (code, stored)
}

/// Whether what was typed, blanks and hyphens aside, is the code behind `stored`.
pub(super) fn matches(cx: &Cx, attempt: &str, typed: &str, stored: &[u8]) -> bool {
    let digits: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    constant_time_eq(&digest(cx, attempt, &digits), stored)
}

/// Keyed, because a million codes are hashed in no time by whoever reads the database.
fn digest(cx: &Cx, attempt: &str, code: &str) -> [u8; 32] {
    hmac_sha256(
        cx.sealer.derive("one-time codes").expose(),
        &[attempt.as_bytes(), code.as_bytes()],
    )
}
