//! Creating an account.

use askama::Template;

use super::FieldError;
use crate::portal::frame::Frame;

/// `/sign-up`: names, email address and a new password. Posts `first_name`, `last_name`, `email` and `password` to
/// the same address; links to `/sign-in`.
#[derive(Debug, Template)]
#[template(path = "pages/sign_up.html")]
pub struct SignUp<'a> {
    /// The frame around the page.
    pub f: &'a Frame,
    /// The handle of what goes on afterwards, sent back as `continue`.
    pub continuation: Option<&'a str>,
    /// The application that asked for the sign-in.
    pub app_name: Option<&'a str>,
    /// What was typed before.
    pub first_name: &'a str,
    /// What was typed before.
    pub last_name: &'a str,
    /// What was typed before, or the `login_hint`.
    pub email: &'a str,
    /// The fewest characters that a password may have.
    pub password_min: u32,
    /// What is wrong with the fields.
    pub errors: SignUpErrors,
}

/// What is wrong with each field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignUpErrors {
    /// About `first_name`.
    pub first_name: Option<FieldError>,
    /// About `last_name`.
    pub last_name: Option<FieldError>,
    /// About `email`.
    pub email: Option<FieldError>,
    /// About `password`.
    pub password: Option<FieldError>,
}

impl SignUpErrors {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.all().is_empty()
    }

    /// The faulty fields, in the order of the page.
    fn all(&self) -> Vec<Faulty> {
        [
            ("first_name", "field-first-name", self.first_name),
            ("last_name", "field-last-name", self.last_name),
            ("email", "field-email", self.email),
            ("password", "field-password", self.password),
        ]
        .into_iter()
        .filter_map(|(id, label, message)| {
            Some(Faulty {
                id,
                label,
                message: message?,
            })
        })
        .collect()
    }

    /// The faulty fields for the summary, which stands at the top only when there are several.
    fn several(&self) -> Vec<Faulty> {
        let all = self.all();
        if all.len() > 1 { all } else { Vec::new() }
    }

    /// Whether `id` is the first faulty field, the one that gets the focus.
    fn is_first(&self, id: &str) -> bool {
        self.all().first().is_some_and(|first| first.id == id)
    }
}

/// A line of the summary.
struct Faulty {
    id: &'static str,
    label: &'static str,
    message: FieldError,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_is_for_several_errors_and_the_first_gets_the_focus() {
        let one = SignUpErrors {
            email: Some(FieldError::EmailInvalid),
            ..Default::default()
        };
        assert!(one.several().is_empty() && !one.is_empty());
        let two = SignUpErrors {
            password: Some(FieldError::PasswordMissing),
            ..one
        };
        assert_eq!(
            two.several().iter().map(|faulty| faulty.id).collect::<Vec<_>>(),
            ["email", "password"]
        );
        assert!(two.is_first("email") && !two.is_first("password"));
        assert!(SignUpErrors::default().is_empty());
    }
}
