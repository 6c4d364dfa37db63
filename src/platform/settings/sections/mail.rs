//! `[mail]`: outgoing mail.

use std::time::Duration;

use lettre::message::Mailbox;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use url::Url;

use crate::kernel::secret::SecretString;
use crate::kernel::web_url::is_loopback;
use crate::platform::settings::values::seconds;
use crate::platform::settings::{Environment, Problem, Section};

/// The settings of `[mail]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailSettings {
    /// The server that takes outgoing mail; none: the development inbox.
    #[serde(deserialize_with = "optional_smtp_url")]
    pub smtp_url: Option<SmtpUrl>,
    /// The mailbox that mail is sent from.
    #[serde(deserialize_with = "mailbox")]
    pub from: Mailbox,
    /// How long one exchange with the server may take.
    #[serde(rename = "timeout_seconds", deserialize_with = "seconds")]
    pub timeout: Duration,
}

/// The URL of a mail server, in the form that lettre's `from_url` takes.
#[derive(Clone, Debug)]
pub struct SmtpUrl {
    url: SecretString,
    in_clear: bool,
}

impl SmtpUrl {
    /// The URL, which may hold a password.
    pub fn expose(&self) -> &str {
        self.url.expose()
    }
}

/// A `mail.smtp_url` of no known form. Doesn't repeat it: it may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "is of no known form: give `smtps://user:password@host`, `smtp://user:password@host?tls=required` or `smtp://host`, \
     with an optional port, and percent-encode what has a meaning in URLs (`@` is %40)"
)]
pub struct BadSmtpUrl;

impl TryFrom<SecretString> for SmtpUrl {
    type Error = BadSmtpUrl;

    fn try_from(text: SecretString) -> Result<Self, BadSmtpUrl> {
        let url = Url::parse(text.expose()).map_err(|_| BadSmtpUrl)?;
        let has_host = url.host_str().is_some_and(|host| !host.is_empty());
        let is_bare = matches!(url.path(), "" | "/") && url.fragment().is_none();
        let encrypted = match (url.scheme(), url.query()) {
            ("smtps", None) | ("smtp", Some("tls=required")) => true,
            ("smtp", None) => false,
            _ => return Err(BadSmtpUrl),
        };
        if !has_host || !is_bare {
            return Err(BadSmtpUrl);
        }
        // `smtp` is not one of the schemes whose hosts the parser reads as addresses, so it is read again as one.
        let local = url
            .host_str()
            .and_then(|host| Url::parse(&format!("http://{host}")).ok())
            .is_some_and(|url| is_loopback(&url));
        Ok(Self {
            url: text,
            in_clear: !encrypted && !local,
        })
    }
}

fn optional_smtp_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SmtpUrl>, D::Error> {
    let text = SecretString::deserialize(deserializer)?;
    if text.is_empty() {
        return Ok(None);
    }
    SmtpUrl::try_from(text).map(Some).map_err(Error::custom)
}

fn mailbox<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Mailbox, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(|_| {
        Error::custom(format!(
            "`{text}` is not a mailbox, such as `Example Inc <no-reply@example.com>`"
        ))
    })
}

impl Section for MailSettings {
    const NAME: &'static str = "mail";

    fn validate(&self, environment: Environment) -> Vec<Problem> {
        let mut problems = Vec::new();
        if environment.is_production() {
            match &self.smtp_url {
                None => problems.push(Self::warning(
                    "smtp_url",
                    "is empty: no mail can be sent, so nobody can confirm an address; give the URL of your mail server",
                )),
                Some(url) if url.in_clear => problems.push(Self::warning(
                    "smtp_url",
                    "is not encrypted: mail and password can be read on the way; give `smtps://…` or add `?tls=required`",
                )),
                Some(_) => {}
            }
        }
        problems.extend(Self::within(
            "timeout_seconds",
            self.timeout.as_secs(),
            1..=300,
            "seconds",
        ));
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<SmtpUrl, BadSmtpUrl> {
        SmtpUrl::try_from(SecretString::new(text.into()))
    }

    fn settings(url: Option<&str>, timeout: u64) -> MailSettings {
        MailSettings {
            smtp_url: url.map(|url| parse(url).expect(url)),
            from: "a@example.com".parse().expect("a mailbox"),
            timeout: Duration::from_secs(timeout),
        }
    }

    #[test]
    fn only_the_stated_forms_are_accepted() {
        for good in [
            "smtps://u:p%40ss@mail.example.com",
            "smtps://mail.example.com:465",
            "smtp://u:p@mail.example.com?tls=required",
            "smtp://127.0.0.1:1025",
            "smtp://localhost/",
        ] {
            assert!(parse(good).is_ok(), "{good}");
        }
        for bad in [
            "mail.example.com:25",
            "http://mail.example.com",
            "smtp://",
            "smtp:mail.example.com",
            "smtp://u:hunter2@mail.example.com?tls=opportunistic",
            "smtps://mail.example.com?tls=required",
            "smtp://mail.example.com/path",
            "smtp://mail.example.com#x",
        ] {
            assert!(!parse(bad).expect_err(bad).to_string().contains("hunter2"));
        }
    }

    #[test]
    fn production_wants_a_server_and_encryption() {
        let warnings = |url: Option<&str>, environment| {
            let problems = settings(url, 10).validate(environment);
            assert!(problems.iter().all(|problem| !problem.is_error()));
            problems.len()
        };
        assert_eq!(warnings(None, Environment::Development), 0);
        assert_eq!(warnings(None, Environment::Production), 1);
        assert_eq!(warnings(Some("smtp://mail.example.com"), Environment::Production), 1);
        assert_eq!(warnings(Some("smtp://mail.example.com"), Environment::Development), 0);
        for good in [
            "smtps://mail.example.com",
            "smtp://mail.example.com?tls=required",
            "smtp://127.0.0.1",
            "smtp://[::1]:25",
        ] {
            assert_eq!(warnings(Some(good), Environment::Production), 0, "{good}");
        }
    }

    #[test]
    fn the_timeout_has_bounds() {
        for (timeout, problems) in [(0, 1), (1, 0), (300, 0), (301, 1)] {
            assert_eq!(
                settings(None, timeout).validate(Environment::Development).len(),
                problems,
                "{timeout}"
            );
        }
    }

    #[test]
    fn printing_shows_no_password() {
        let shown = format!("{:?}", settings(Some("smtps://u:hunter2@mail.example.com"), 10));
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
