//! A mail, and a mail on its way into the queue.

use serde::{Deserialize, Serialize};

use crate::kernel::clock::Timestamp;
use crate::kernel::error::{Error, Result};
use crate::kernel::id::MailId;
use crate::kernel::rng::Rng;
use crate::platform::jobs::NewJob;
use crate::platform::seal::{Cell, Sealer};

/// The kind of the job that delivers a mail.
pub(super) const DELIVER: &str = "mail.deliver";

/// A mail, ready to be sent.
#[derive(Clone, Serialize, Deserialize)]
pub struct Mail {
    /// The recipient's address.
    pub to: String,
    /// The subject, one line.
    pub subject: String,
    /// The body as plain text.
    pub text: String,
    /// The body as HTML.
    pub html: String,
}

/// What the delivery job carries.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct DeliverMail {
    pub(super) mail_id: MailId,
}

/// A sealed mail with its delivery job, drawn before the transaction that enqueues it.
#[derive(Clone, Debug)]
pub struct Outgoing {
    pub(super) id: MailId,
    pub(super) template: &'static str,
    pub(super) sealed: Vec<u8>,
    pub(super) job: NewJob,
    pub(super) created_at: Timestamp,
}

impl Outgoing {
    /// Seals `mail`; `template` names the message in logs and statistics.
    ///
    /// # Errors
    /// `Internal` when sealing fails.
    pub fn draw(template: &'static str, mail: &Mail, sealer: &Sealer, now: Timestamp, rng: &Rng) -> Result<Self> {
        let id = MailId::draw(now, rng);
        let plain = zeroize::Zeroizing::new(serde_json::to_vec(mail).map_err(Error::internal)?);
        let sealed = sealer.seal(cell(&id), &plain, rng.bytes())?;
        let job = NewJob::draw(DELIVER, &DeliverMail { mail_id: id.clone() }, now, rng)?;
        Ok(Self {
            id,
            template,
            sealed,
            job,
            created_at: now,
        })
    }
}

pub(super) fn cell(id: &MailId) -> Cell<'_> {
    Cell {
        table: "mails",
        column: "sealed",
        row: id.as_str(),
    }
}
