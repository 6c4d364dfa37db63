//! How a mail leaves the house.

use std::time::{Duration, UNIX_EPOCH};

use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::Error as SmtpError;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use super::inbox::{Inbox, Received};
use super::model::Mail;
use crate::kernel::clock::Timestamp;
use crate::kernel::id::MailId;
use crate::platform::jobs::JobError;

/// Where mails go.
#[derive(Clone)]
pub enum Transport {
    /// To a mail server.
    Smtp {
        /// The connection pool.
        server: Box<AsyncSmtpTransport<Tokio1Executor>>,
        /// The sender.
        from: Mailbox,
    },
    /// To the development inbox.
    Inbox(Inbox),
    /// Nowhere: no mail server is configured. Mails wait in the queue for one, as long as jobs are retried.
    Nowhere,
}

/// A mail server URL that can't be used.
#[derive(Debug, thiserror::Error)]
#[error("mail.smtp_url is not smtp://… or smtps://…: {0}")]
pub struct BadTransport(#[source] SmtpError);

impl Transport {
    /// A mail server by its URL; how far it is encrypted is the URL's to say (`mail.smtp_url` documents the forms).
    ///
    /// # Errors
    /// [`BadTransport`] when the URL can't be read.
    pub fn smtp(url: &str, from: Mailbox, timeout: Duration) -> Result<Self, BadTransport> {
        let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(BadTransport)?
            .timeout(Some(timeout))
            .build();
        Ok(Self::Smtp {
            server: Box::new(server),
            from,
        })
    }

    /// Sends `mail`. Its id becomes the Message-ID, so that a repeated delivery is recognisable.
    ///
    /// # Errors
    /// [`JobError::Fail`] when the server refuses it for good or the address is unusable, [`JobError::Retry`] otherwise.
    pub async fn send(&self, id: &MailId, mail: &Mail, now: Timestamp) -> Result<(), JobError> {
        match self {
            Self::Inbox(inbox) => {
                inbox.put(Received {
                    id: id.clone(),
                    sent_at: now,
                    mail: mail.clone(),
                });
                Ok(())
            }
            Self::Nowhere => Err(JobError::Retry("mail.smtp_url is not set".to_owned())),
            Self::Smtp { server, from } => {
                let message = compose(from, id, mail, now)?;
                server.send(message).await.map(drop).map_err(classify)
            }
        }
    }
}

fn compose(from: &Mailbox, id: &MailId, mail: &Mail, now: Timestamp) -> Result<Message, JobError> {
    let unusable = |what: &str| JobError::Fail(format!("the mail has an unusable {what}"));
    let to = mail.to.parse::<lettre::Address>().map_err(|_| unusable("recipient"))?;
    let at = UNIX_EPOCH + Duration::from_millis(u64::try_from(now.millis()).unwrap_or(0));
    Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(mail.subject.as_str())
        .message_id(Some(format!("<{id}@{}>", from.email.domain())))
        .date(at)
        .multipart(MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone()))
        .map_err(|_| unusable("header"))
}

/// The reply's code only: its text may repeat the recipient's address.
fn classify(error: SmtpError) -> JobError {
    let status = error
        .status()
        .map_or_else(|| "no reply".to_owned(), |code| code.to_string());
    if error.is_permanent() {
        JobError::Fail(format!("the mail server refused the mail ({status})"))
    } else {
        JobError::Retry(format!("the mail server did not take the mail ({status})"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::rng::Rng;

    #[test]
    fn a_subject_can_not_add_a_header_and_a_recipient_can_not_add_another() {
        let from: Mailbox = "Acme <no-reply@acme.example>".parse().expect("a mailbox");
        let now = Timestamp::from_secs(1_700_000_000);
        let id = MailId::draw(now, &Rng::seeded(1));
        let mut mail = Mail {
            to: "ada@example.com".into(),
            subject: "Hi\r\nBcc: eve@example.com".into(),
            text: "t".into(),
            html: "<p>h</p>".into(),
        };
        let bytes = compose(&from, &id, &mail, now).expect("composes").formatted();
        let head = String::from_utf8_lossy(&bytes).into_owned();
        assert!(!head.lines().any(|line| line.starts_with("Bcc:")), "{head}");
        mail.to = "ada@example.com, eve@example.com".into();
        assert!(matches!(compose(&from, &id, &mail, now), Err(JobError::Fail(_))));
    }
}
