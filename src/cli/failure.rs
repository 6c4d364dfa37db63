//! How a command ends other than well: one clear line, and what to do next.

use std::error::Error as StdError;
use std::io::{self, ErrorKind as IoKind, Write};

use super::host::Host;
use crate::app::{OpenError, ServeError};
use crate::kernel::error::{Error, ErrorKind};
use crate::platform::db::SchemaProblem;
use crate::platform::seal;
use crate::platform::settings::SettingsError;
use crate::platform::telemetry::LogError;

/// Why a command did not do what it was asked to.
#[derive(Debug)]
pub(super) enum Failure {
    /// It was not understood, or lacks a confirmation.
    Usage(String),
    /// It could not be done.
    Failed(String),
    /// It has said everything itself, such as a check that found something.
    Said,
    /// What it prints does not arrive.
    Output(io::Error),
}

impl Failure {
    /// A failure, in words that say what to do next.
    pub(super) fn new(words: impl Into<String>) -> Self {
        Self::Failed(words.into())
    }
}

/// What an error means to somebody at the command line, who may know its cause.
pub(super) fn words(error: &Error) -> String {
    let Some(cause) = error.cause() else {
        return error.to_string();
    };
    if let Some(seal::OpenError::OtherKey) = cause.downcast_ref() {
        return "the database was sealed under another master key: set keys.master_key or keys.master_key_file to the one \
                it was first started with"
            .to_owned();
    }
    match error.kind() {
        ErrorKind::Internal => cause.to_string(),
        // said by whichever room is away or crowded, mostly the database
        ErrorKind::Busy { .. } if error.code() == "busy" => format!("busy or out of reach: {cause}"),
        _ => format!("{error}: {cause}"),
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Failed(words(&error))
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Other(error) => Self::Failed(format!(
                "the instance does not open: {}; `vestibule doctor` looks for the reason",
                words(&error)
            )),
            told => Self::Failed(told.to_string()),
        }
    }
}

impl From<ServeError> for Failure {
    fn from(error: ServeError) -> Self {
        match &error {
            ServeError::Listen(listen) if listen.source.kind() == IoKind::AddrInUse => Self::Failed(format!(
                "{error}; stop what listens there, or set server.listen or metrics.listen to another address"
            )),
            _ => Self::Failed(error.to_string()),
        }
    }
}

impl From<SchemaProblem> for Failure {
    fn from(problem: SchemaProblem) -> Self {
        Self::Failed(problem.to_string())
    }
}

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<LogError> for Failure {
    fn from(error: LogError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::Failed(format!("the result can't be written as JSON: {error}"))
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// An error and what caused it, each said once.
pub(super) fn chain(error: &dyn StdError) -> String {
    let mut said = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_said = cause.to_string();
        if !said.contains(&cause_said) {
            said = format!("{said}: {cause_said}");
        }
        source = cause.source();
    }
    said
}

/// Says what went wrong on `err`, and gives the exit code.
pub(super) fn exit_code(outcome: Result<(), Failure>, err: &mut dyn Write) -> u8 {
    let (words, code) = match outcome {
        Ok(()) => return 0,
        Err(Failure::Said) => return 1,
        // whoever read has read enough, as `head` does
        Err(Failure::Output(error)) if error.kind() == IoKind::BrokenPipe => return 0,
        Err(Failure::Output(error)) => (format!("the output can't be written: {error}"), 1),
        Err(Failure::Failed(words)) => (words, 1),
        Err(Failure::Usage(words)) => (words, 2),
    };
    // where complaints can't be heard either, only the code is left
    let _ = writeln!(err, "vestibule: {words}");
    code
}

/// Prints the help or version that was asked for, or why the command line is not understood.
pub(super) fn not_understood(refusal: &clap::Error, host: Host<'_>) -> u8 {
    let text = refusal.render().to_string();
    if refusal.use_stderr() {
        let text = text
            .strip_prefix("error: ")
            .map_or(text.clone(), |text| format!("vestibule: {text}"));
        let _ = host.err.write_all(text.as_bytes());
        2
    } else {
        let printed = host.out.write_all(text.as_bytes()).and_then(|()| host.out.flush());
        exit_code(printed.map_err(Failure::from), host.err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(failure: Failure) -> (String, u8) {
        let mut err = Vec::new();
        let code = exit_code(Err(failure), &mut err);
        (String::from_utf8(err).expect("text"), code)
    }

    #[test]
    fn a_reader_that_goes_away_is_no_failure() {
        let gone = Failure::from(io::Error::from(IoKind::BrokenPipe));
        assert_eq!(said(gone), (String::new(), 0));
        let (words, code) = said(Failure::from(io::Error::from(IoKind::StorageFull)));
        assert!(
            words.starts_with("vestibule: the output can't be written: ") && code == 1,
            "{words}"
        );
    }

    #[test]
    fn the_cause_is_said_and_a_wrong_master_key_is_recognised() {
        let (words, code) = said(Failure::from(Error::internal("disk full")));
        assert_eq!((words.as_str(), code), ("vestibule: disk full\n", 1));
        let (words, _) = said(Failure::from(Error::from(seal::OpenError::OtherKey)));
        assert!(
            words.contains("another master key") && words.contains("keys.master_key_file"),
            "{words}"
        );
        let (words, _) = said(Failure::from(OpenError::Other(Error::internal("disk full"))));
        assert!(
            words.contains("disk full") && words.contains("vestibule doctor"),
            "{words}"
        );
        assert_eq!(said(Failure::Usage("no".into())).1, 2);
    }
}
