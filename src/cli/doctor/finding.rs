//! What a check found.

use std::fmt;

use serde::Serialize;

/// How grave it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Grade {
    /// As it should be.
    Ok,
    /// It works, but somebody should look.
    Warn,
    /// It does not work.
    Fail,
}

/// The outcome of one check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    /// What was looked at.
    pub(super) check: &'static str,
    /// How grave it is.
    pub(super) result: Grade,
    /// What was found.
    pub(super) finding: String,
    /// How to mend it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) advice: Option<String>,
}

impl Finding {
    /// As it should be.
    pub(super) fn ok(check: &'static str, finding: impl Into<String>) -> Self {
        Self {
            check,
            result: Grade::Ok,
            finding: finding.into(),
            advice: None,
        }
    }

    /// Somebody should look.
    pub(super) fn warn(check: &'static str, finding: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            result: Grade::Warn,
            advice: Some(advice.into()),
            ..Self::ok(check, finding)
        }
    }

    /// It does not work.
    pub(super) fn fail(check: &'static str, finding: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            result: Grade::Fail,
            ..Self::warn(check, finding, advice)
        }
    }

    /// Whether it does not work.
    pub(super) fn is_failure(&self) -> bool {
        self.result == Grade::Fail
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let grade = match self.result {
            Grade::Ok => "ok",
            Grade::Warn => "warn",
            Grade::Fail => "FAIL",
        };
        write!(f, "{grade:4}  {}: {}", self.check, self.finding)?;
        match &self.advice {
            Some(advice) => write!(f, "\n      {advice}"),
            None => Ok(()),
        }
    }
}
