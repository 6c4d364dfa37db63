//! The mails we write: typed values in, subject and both bodies out.

use askama::Template;

use crate::platform::i18n::{Lang, TextValue};

/// A mail, ready to be sent. What it says may be a secret (the subject too): it is never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct Rendered {
    /// One line.
    pub subject: String,
    /// The `text/plain` body.
    pub text: String,
    /// The `text/html` body, a whole document that asks for nothing from elsewhere.
    pub html: String,
}

impl std::fmt::Debug for Rendered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Rendered(..)")
    }
}

/// The code that proves an email address.
pub struct VerificationCode<'a> {
    /// Six digits.
    pub code: &'a str,
    /// For how long the code holds.
    pub minutes: u32,
    /// The product's name.
    pub brand: &'a str,
}

impl VerificationCode<'_> {
    /// The mail in a language.
    ///
    /// # Errors
    /// When formatting fails, which only a fault of the template can cause.
    pub fn render(&self, lang: Lang) -> Result<Rendered, askama::Error> {
        let brand = [("brand", self.brand.into())];
        Letter {
            lang,
            brand: self.brand,
            heading: lang.text("mail-code-heading"),
            intro: lang.text_with("mail-code-intro", &brand),
            code: Some(self.code),
            action: None,
            notes: vec![
                lang.text_with("mail-code-expiry", &[("minutes", self.minutes.into())]),
                lang.text("mail-code-not-you"),
            ],
        }
        .compose(lang.text_with(
            "mail-code-subject",
            &[("brand", self.brand.into()), ("code", self.code.into())],
        ))
    }
}

/// Tells the owner of an address that somebody tried to create another account with it.
pub struct AddressTaken<'a> {
    /// The product's name.
    pub brand: &'a str,
    /// Where to sign in.
    pub sign_in_url: &'a str,
}

impl AddressTaken<'_> {
    /// The mail in a language.
    ///
    /// # Errors
    /// When formatting fails, which only a fault of the template can cause.
    pub fn render(&self, lang: Lang) -> Result<Rendered, askama::Error> {
        let brand: [(&'static str, TextValue<'_>); 1] = [("brand", self.brand.into())];
        Letter {
            lang,
            brand: self.brand,
            heading: lang.text("mail-taken-heading"),
            intro: lang.text_with("mail-taken-intro", &brand),
            code: None,
            action: Some((lang.text("action-sign-in"), self.sign_in_url)),
            notes: vec![lang.text("mail-taken-not-you")],
        }
        .compose(lang.text_with("mail-taken-subject", &brand))
    }
}

/// What `vestibule mail test` sends.
pub struct TestMail<'a> {
    /// The product's name.
    pub brand: &'a str,
}

impl TestMail<'_> {
    /// The mail in a language.
    ///
    /// # Errors
    /// When formatting fails, which only a fault of the template can cause.
    pub fn render(&self, lang: Lang) -> Result<Rendered, askama::Error> {
        let brand: [(&'static str, TextValue<'_>); 1] = [("brand", self.brand.into())];
        Letter {
            lang,
            brand: self.brand,
            heading: lang.text("mail-test-heading"),
            intro: lang.text_with("mail-test-intro", &brand),
            code: None,
            action: None,
            notes: Vec::new(),
        }
        .compose(lang.text_with("mail-test-subject", &brand))
    }
}

/// The one shape of our mails: a heading, a paragraph, a code or a button, and notes.
#[derive(Template)]
#[template(path = "mail/letter.html")]
struct Letter<'a> {
    lang: Lang,
    brand: &'a str,
    heading: String,
    intro: String,
    code: Option<&'a str>,
    action: Option<(String, &'a str)>,
    notes: Vec<String>,
}

/// The same letter as plain text.
#[derive(Template)]
#[template(path = "mail/letter.txt", whitespace = "preserve")]
struct PlainLetter<'a> {
    letter: &'a Letter<'a>,
}

impl Letter<'_> {
    fn compose(&self, subject: String) -> Result<Rendered, askama::Error> {
        // A brand is one line by its settings; a header stays one line whatever it holds.
        let subject = subject.split_whitespace().collect::<Vec<_>>().join(" ");
        Ok(Rendered {
            subject,
            text: PlainLetter { letter: self }.render()?,
            html: self.render()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_stands_in_subject_and_bodies() {
        let mail = VerificationCode {
            code: "042917",
            minutes: 10,
            brand: "Acme",
        }
        .render(Lang::En)
        .expect("renders");
        assert_eq!(mail.subject, "042917 is your Acme code");
        assert!(mail.html.contains(">042917<") && mail.html.contains("<html lang=\"en\" dir=\"ltr\">"));
        assert!(mail.text.contains("\n\n042917\n\n"), "{}", mail.text);
        assert!(mail.text.contains("10 minutes"));
        assert_eq!(format!("{mail:?}"), "Rendered(..)");
    }

    #[test]
    fn text_is_plain_and_html_is_escaped() {
        let mail = AddressTaken {
            brand: "R&D <b>\r\nBcc: x",
            sign_in_url: "https://id.example/sign-in?a=1&b=2",
        };
        let mail = mail.render(Lang::De).expect("renders");
        assert!(!mail.subject.contains(['\r', '\n']));
        assert!(mail.text.contains("R&D <b>") && mail.text.contains("https://id.example/sign-in?a=1&b=2"));
        assert!(!mail.html.contains("<b>") && !mail.html.contains("a=1&b=2"));
    }

    #[test]
    fn every_mail_in_every_language_is_complete() {
        for lang in Lang::ALL {
            let mails = [
                VerificationCode {
                    code: "123456",
                    minutes: 10,
                    brand: "Acme",
                }
                .render(lang),
                AddressTaken {
                    brand: "Acme",
                    sign_in_url: "https://id.example/sign-in",
                }
                .render(lang),
                TestMail { brand: "Acme" }.render(lang),
            ];
            for mail in mails {
                let mail = mail.expect("renders");
                assert!(mail.subject.contains("Acme"));
                for body in [&mail.text, &mail.html] {
                    assert!(
                        body.contains("Acme") && !body.contains("Unknown localization key"),
                        "{body}"
                    );
                }
                assert!(
                    !mail.text.contains("\n\n\n") && mail.text.ends_with('\n') && !mail.text.starts_with('\n'),
                    "{:?}",
                    mail.text
                );
            }
        }
    }
}
