//! One error shape for the whole house: a kind that decides the status, a code and a public text that may be shown, and a
//! private cause that goes to the log and nowhere else.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

/// What went wrong, as far as a caller may know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The request is malformed or breaks a rule (400, or 422 where the surface says so).
    BadInput,
    /// The caller has not shown who it is (401).
    Unauthenticated,
    /// The caller may not do this (403).
    Forbidden,
    /// There is no such thing (404).
    NotFound,
    /// The state of things forbids it now (409).
    Conflict,
    /// The body is larger than allowed (413).
    TooLarge,
    /// Too often; `retry_after` says when (429).
    TooMany {
        /// How long to wait.
        retry_after: Duration,
    },
    /// A bounded queue is full or a dependency is away; `retry_after` says when to try again (503).
    Busy {
        /// How long to wait.
        retry_after: Duration,
    },
    /// Our fault (500).
    Internal,
}

/// An error on its way to a caller.
pub struct Error {
    kind: ErrorKind,
    code: &'static str,
    public: Cow<'static, str>,
    more: Option<Box<More>>,
}

/// What few errors have, apart so that all are small.
#[derive(Default)]
struct More {
    field: Option<&'static str>,
    cause: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error of `kind` with a stable machine-readable `code` and a text that may be shown to the caller.
    pub fn new(kind: ErrorKind, code: &'static str, public: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            code,
            public: public.into(),
            more: None,
        }
    }

    /// The request breaks a rule.
    pub fn bad_input(code: &'static str, public: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::BadInput, code, public)
    }

    /// There is no such thing.
    pub fn not_found() -> Self {
        Self::new(ErrorKind::NotFound, "not_found", "there is no such thing here")
    }

    /// Our fault; the cause is for the log alone.
    pub fn internal(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::new(
            ErrorKind::Internal,
            "internal_error",
            "something went wrong on our side",
        )
        .because(cause)
    }

    /// A queue is full or a dependency is away.
    pub fn busy(retry_after: Duration, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let public = "the server is busy, please try again shortly";
        Self::new(ErrorKind::Busy { retry_after }, "busy", public).because(cause)
    }

    /// Too often.
    pub fn too_many(retry_after: Duration) -> Self {
        Self::new(
            ErrorKind::TooMany { retry_after },
            "too_many_requests",
            "too many attempts, please wait and try again",
        )
    }

    /// Names the field that breaks the rule.
    #[must_use]
    pub fn of_field(mut self, name: &'static str) -> Self {
        self.more.get_or_insert_default().field = Some(name);
        self
    }

    /// Adds what the log should know.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.more.get_or_insert_default().cause = Some(cause.into());
        self
    }

    /// The kind, which decides the status.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The stable machine-readable code.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The text that may be shown.
    pub fn public(&self) -> &str {
        &self.public
    }

    /// The field that breaks the rule, where it is one.
    pub fn field(&self) -> Option<&'static str> {
        self.more.as_ref()?.field
    }

    /// What only the log may say.
    pub fn cause(&self) -> Option<&(dyn StdError + Send + Sync + 'static)> {
        self.more.as_ref()?.cause.as_deref()
    }

    /// How long the caller should wait, where that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        match self.kind {
            ErrorKind::TooMany { retry_after } | ErrorKind::Busy { retry_after } => Some(retry_after),
            _ => None,
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.kind)
            .field("code", &self.code)
            .field("public", &self.public)
            .field("field", &self.field())
            .field("cause", &self.cause())
            .finish()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.public)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.cause().map(|cause| cause as &(dyn StdError + 'static))
    }
}

/// What commands and queries return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cause_is_not_in_the_public_text() {
        let error = Error::internal("disk /dev/sda1 is full");
        assert!(!error.to_string().contains("sda1"));
        assert!(error.source().is_some_and(|c| c.to_string().contains("sda1")));
    }
}
