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
            FieldError::Mismatch => lang.text("field-mismatch"),
            FieldError::NameTooLong(max) => lang.text_with("field-name-too-long", &[("max", max.into())]),
            FieldError::NameInvalid => lang.text("field-name-invalid"),
            FieldError::CodeMissing => lang.text("field-code-missing"),
            FieldError::CodeWrong => lang.text("field-code-wrong"),
            FieldError::CodeExpired => lang.text("field-code-expired"),
            FieldError::CodeUsedUp => lang.text("field-code-used-up"),
            FieldError::TooManyAttempts(seconds) => try_again(lang, "field-too-many-seconds", "field-too-many-minutes", seconds),
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
        }
    }

    /// Whether it tells of a success.
    pub fn good(&self) -> bool {
        matches!(self, Notice::CodeSent | Notice::Saved)
    }

    /// The class that colours it.
    pub(super) fn tone(&self) -> &'static str {
        if self.good() { "success" } else { "" }
    }
}

/// A text with the waiting time in `seconds` up to one minute and a half, else in minutes, rounded up.
pub(super) fn try_again(lang: Lang, seconds_key: &str, minutes_key: &str, seconds: u32) -> String {
    if seconds <= 90 {
        lang.text_with(seconds_key, &[("seconds", seconds.max(1).into())])
    } else {
        lang.text_with(minutes_key, &[("minutes", seconds.div_ceil(60).into())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_times_are_told_in_a_fitting_unit() {
        let text = |seconds| try_again(Lang::En, "field-too-many-seconds", "field-too-many-minutes", seconds);
        assert!(text(0).contains("1 second."), "{}", text(0));
        assert!(text(90).contains("90 seconds."));
        assert!(text(91).contains("2 minutes."));
        assert!(text(900).contains("15 minutes."));
    }
}
