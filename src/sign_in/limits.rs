//! The limits on guessing and on mailing. Each is a bucket that survives restarts and holds across nodes.
//!
//! A stranger can use up an account's bucket but not lock its owner out: a device on which the owner has signed in before is not
//! counted there, only by its address and by the pair.

use std::time::Duration;

use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::platform::cx::Cx;
use crate::platform::db::Tx;
use crate::platform::limits::{Bucket, Rule, take};

/// Requests that wait for a person, begun from one address.
pub(super) const WAITING_IP: Rule = rule("continuations.ip", 120, 2);
/// Identifiers tried from one address.
pub(super) const START_IP: Rule = rule("sign_in.start.ip", 60, 5);
/// Passwords tried from one address.
pub(super) const PASSWORD_IP: Rule = rule("sign_in.password.ip", 30, 10);
/// Passwords tried for one account from devices it was never signed in on.
pub(super) const PASSWORD_ACCOUNT: Rule = rule("sign_in.password.account", 20, 60);
/// Passwords tried for one account from one address.
pub(super) const PASSWORD_PAIR: Rule = rule("sign_in.password.pair", 5, 60);
/// Sign-ups from one address.
pub(super) const SIGN_UP_IP: Rule = rule("sign_up.ip", 20, 60);
/// Mails to one address because somebody at one address of the network typed it.
pub(super) const MAIL_PAIR: Rule = rule("sign_up.mail.pair", 5, 600);
/// Mails to one address because anybody typed it.
pub(super) const MAIL_ADDRESS: Rule = rule("sign_up.mail", 20, 180);
/// Codes tried from one address.
pub(super) const CODE_IP: Rule = rule("sign_up.code.ip", 30, 10);

const fn rule(name: &'static str, burst: u32, every_seconds: u64) -> Rule {
    Rule {
        name,
        burst,
        every: Duration::from_secs(every_seconds),
    }
}

/// The bucket of `rule` for `subject`.
pub(super) fn bucket(cx: &Cx, rule: Rule, subject: &[&str]) -> Bucket {
    Bucket::new(rule, &cx.sealer.derive("rate limits"), subject)
}

/// Counts one event in each bucket, the narrowest first, and stops at the first that is full: whoever is refused there must not
/// use up what others share with them.
pub(super) async fn take_all(tx: &Tx, buckets: &[Bucket], now: Timestamp) -> Result<Option<Duration>> {
    for bucket in buckets {
        let wait = take(tx, bucket, now).await?;
        if wait.is_some() {
            return Ok(wait);
        }
    }
    Ok(None)
}
