//! What a page says about a field or about what has just happened.

use crate::{platform::i18n::Lang, portal::frame::Frame};

/// What is wrong with a field, and thereby what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldError {
    /// The email address is empty.
    EmailMissing,
    /// What was typed is no email address.
    EmailInvalid,
    /// The password is empty.
    PasswordMissing,
    /// A new password is shorter than this many characters.
    PasswordTooShort(u32),
    /// A new password is longer than this many characters.
    PasswordTooLong(u32),
    /// A new password has characters that no keyboard types, such as control characters.
    PasswordInvalid,
    /// Email and password do not match; said alike for an unknown account.
    Mismatch,
    /// A name is longer than this many characters.
    NameTooLong(u32),
    /// A name has characters that no name has, such as control characters.
    NameInvalid,
    /// The code is empty.
    CodeMissing,
    /// The code is not the one that was sent.
    CodeWrong,
    /// The code was right once and is too old now.
    CodeExpired,
    /// Too many wrong codes: this code is void, a new one is needed.
    CodeUsedUp,
    /// Too many attempts; the next is possible after this many seconds.
    TooManyAttempts(u32),
}

impl FieldError {
    /// The words beside the field.
    pub fn text(&self, f: &Frame) -> String {
        let lang = f.lang;
        match *self {
            FieldError::EmailMissing => lang.text("field-email-missing"),
            FieldError::EmailInvalid => lang.text("field-email-invalid"),
            FieldError::PasswordMissing => lang.text("field-password-missing"),
            FieldError::PasswordTooShort(min) => lang.text_with("field-password-too-short", &[("min", min.into())]),
            FieldError::PasswordTooLong(max) => lang.text_with("field-password-too-long", &[("max", max.into())]),
            FieldError::PasswordInvalid => lang.text("field-password-invalid"),
            FieldError::Mismatch => lang.text("field-mismatch"),
            FieldError::NameTooLong(max) => lang.text_with("field-name-too-long", &[("max", max.into())]),
            FieldError::NameInvalid => lang.text("field-name-invalid"),
            FieldError::CodeMissing => lang.text("field-code-missing"),
            FieldError::CodeWrong => lang.text("field-code-wrong"),
            FieldError::CodeExpired => lang.text("field-code-expired"),
            FieldError::CodeUsedUp => lang.text("field-code-used-up"),
            FieldError::TooManyAttempts(seconds) => {
                lang.text_with("field-too-many", &[("time", waiting_time(lang, seconds).into())])
            }
        }
    }
}

/// What has just happened, said at the top of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The sign-in or sign-up that was under way is too old; it starts anew.
    AttemptExpired,
    /// The session that the person had has ended.
    SessionEnded,
    /// A new code is on its way.
    CodeSent,
    /// A new code was asked for too early; the last one still holds.
    CodeTooSoon,
    /// No more codes are sent for this sign-up.
    CodesUsedUp,
    /// The change is saved.
    Saved,
    /// An application has lost its access.
    AccessRemoved,
}

impl Notice {
    /// The words of the notice.
    pub fn text(&self, f: &Frame) -> String {
        match self {
            Notice::AttemptExpired => f.t("notice-attempt-expired"),
            Notice::SessionEnded => f.t("notice-session-ended"),
            Notice::CodeSent => f.t("notice-code-sent"),
            Notice::CodeTooSoon => f.t("notice-code-too-soon"),
            Notice::CodesUsedUp => f.t("notice-codes-used-up"),
            Notice::Saved => f.t("notice-saved"),
            Notice::AccessRemoved => f.t("notice-access-removed"),
        }
    }

    /// Whether it tells of a success.
    pub fn good(&self) -> bool {
        matches!(self, Notice::CodeSent | Notice::Saved | Notice::AccessRemoved)
    }

    /// The class that colours it.
    pub(super) fn tone(&self) -> &'static str {
        if self.good() { "success" } else { "" }
    }
}

/// A waiting time in the largest unit that keeps it below ninety, rounded up.
pub(super) fn waiting_time(lang: Lang, seconds: u32) -> String {
    match seconds {
        0..=90 => lang.text_with("wait-seconds", &[("seconds", seconds.max(1).into())]),
        91..=5400 => lang.text_with("wait-minutes", &[("minutes", seconds.div_ceil(60).into())]),
        5401.. => lang.text_with("wait-hours", &[("hours", seconds.div_ceil(3600).into())]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_times_are_told_in_a_fitting_unit() {
        let expected = [
            (0, "1 second", "1 Sekunde"),
            (90, "90 seconds", "90 Sekunden"),
            (91, "2 minutes", "2 Minuten"),
            (5400, "90 minutes", "90 Minuten"),
            (5401, "2 hours", "2 Stunden"),
        ];
        for (seconds, english, german) in expected {
            assert_eq!(waiting_time(Lang::En, seconds), english);
            assert_eq!(waiting_time(Lang::De, seconds), german);
        }
    }
}
