//! `vestibule mail`.

use std::time::{Duration, UNIX_EPOCH};

use clap::Subcommand;
use lettre::message::{Mailbox, MultiPart};
use lettre::{AsyncTransport, Message};

use super::failure::{Failure, chain};
use super::invocation::Invocation;
use super::output::Output;
use crate::app::App;
use crate::kernel::clock::Timestamp;
use crate::kernel::id::MailId;
use crate::platform::i18n::Lang;
use crate::platform::mail::{Rendered, TestMail, Transport};

#[derive(Subcommand)]
pub(super) enum MailCommand {
    /// Send a test mail now, past the queue, and say what the mail server answered
    Test {
        /// The address to send it to
        #[arg(long, value_name = "ADDRESS")]
        to: lettre::Address,
    },
}

impl MailCommand {
    pub(super) async fn run(self, invocation: &mut Invocation<'_>) -> Result<(), Failure> {
        let Self::Test { to } = self;
        let id = MailId::draw(invocation.now(), invocation.rng());
        invocation
            .with_app(async |app, out| test(app, to, &id, out).await)
            .await
    }
}

async fn test(app: &App, to: lettre::Address, id: &MailId, out: &mut Output<'_>) -> Result<(), Failure> {
    let (server, from) = match &app.cx.mail {
        Transport::Smtp { server, from } => (server, from),
        Transport::Inbox(_) => {
            return Err(Failure::new(format!(
                "there is no mail server to test: mail.smtp_url is not set, so mail stays in the inbox of the running server, \
                 {}; set mail.smtp_url to try a server",
                app.cx.public_url().join("/dev/inbox")
            )));
        }
        Transport::Nowhere => {
            return Err(Failure::new(
                "no mail can be sent: set mail.smtp_url to the URL of your mail server, such as \
                 smtps://user:password@mail.example.com",
            ));
        }
    };
    let brand = &app.cx.instance.settings().branding.name;
    let mail = TestMail { brand }.render(Lang::En).map_err(failed)?;
    let message = compose(from, to.clone(), id, mail, app.cx.now()).map_err(failed)?;
    let answer = server.send(message).await.map_err(|error| {
        Failure::new(format!(
            "the mail did not go out: {}; look at mail.smtp_url and mail.from",
            chain(&error)
        ))
    })?;
    let said: Vec<&str> = answer.message().collect();
    out.line(format_args!(
        "The mail server took the mail to {to} and said: {} {}",
        answer.code(),
        said.join(" ")
    ))?;
    out.line("Where it does not arrive, look into the spam folder and the mail server's log.")
}

fn compose(
    from: &Mailbox,
    to: lettre::Address,
    id: &MailId,
    mail: Rendered,
    now: Timestamp,
) -> Result<Message, lettre::error::Error> {
    let at = UNIX_EPOCH + Duration::from_millis(u64::try_from(now.millis()).unwrap_or(0));
    Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(mail.subject)
        .message_id(Some(format!("<{id}@{}>", from.email.domain())))
        .date(at)
        .multipart(MultiPart::alternative_plain_html(mail.text, mail.html))
}

fn failed(error: impl std::error::Error) -> Failure {
    Failure::new(format!("the mail can't be written: {error}"))
}
