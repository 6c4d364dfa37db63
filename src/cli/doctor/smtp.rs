//! The mail server.

use super::finding::Finding;
use crate::cli::failure::chain;
use crate::platform::mail::Transport;
use crate::platform::settings::Environment;
use crate::platform::settings::sections::MailSettings;

const CHECK: &str = "mail server";

/// Whether the mail server lets us in; nothing is sent.
pub(super) async fn server(mail: &MailSettings, environment: Environment) -> Finding {
    let Some(url) = &mail.smtp_url else {
        return match environment {
            Environment::Development => Finding::ok(CHECK, "none: mail stays in the development inbox"),
            Environment::Production => Finding::warn(
                CHECK,
                "none: nobody can confirm an address",
                "set mail.smtp_url to the URL of your mail server",
            ),
        };
    };
    let advice =
        "look at mail.smtp_url: host, port, encryption, user and password; then try `vestibule mail test --to …`";
    let reached = match Transport::smtp(url.expose(), mail.from.clone(), mail.timeout) {
        Ok(Transport::Smtp { server, .. }) => server.test_connection().await.map_err(|error| chain(&error)),
        // no other transport comes of a URL
        Ok(_) => Ok(false),
        Err(error) => Err(chain(&error)),
    };
    match reached {
        Ok(true) => Finding::ok(CHECK, "it lets us in"),
        Ok(false) => Finding::fail(CHECK, "it took the connection but gives no sensible answer", advice),
        Err(cause) => Finding::fail(CHECK, format!("it does not let us in: {cause}"), advice),
    }
}
