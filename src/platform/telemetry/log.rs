//! The log: lines for people, or one JSON object a line, on standard error.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::{LevelFilter, ParseError};
use tracing_subscriber::fmt::Subscriber;

use super::line::{Fields, Line};
use crate::platform::settings::sections::{LogFormat, LogSettings};

/// Directives that the log does not understand.
#[derive(Debug, thiserror::Error)]
#[error("log.level is not understood: {0}")]
pub struct LogError(#[from] ParseError);

/// Starts the log. Standard output stays free for what a command prints. Where a log is already running, as in tests, it stays.
///
/// # Errors
/// When the directives are not understood.
pub fn init(settings: &LogSettings) -> Result<(), LogError> {
    let filter = EnvFilter::builder().parse(directives(&settings.level))?;
    let builder = Subscriber::builder().with_env_filter(filter).with_writer(io::stderr);
    // Refused only where a log is running.
    let _ = match settings.format {
        LogFormat::Text => builder
            .with_ansi(io::stderr().is_terminal())
            .event_format(Line)
            .fmt_fields(Fields)
            .try_init(),
        LogFormat::Json => builder.json().flatten_event(true).with_span_list(false).try_init(),
    };
    Ok(())
}

/// A level alone is meant for our own lines. Libraries stay at warnings: what they say below, such as every header of a request,
/// holds secrets of our users.
fn directives(level: &str) -> String {
    match level.trim().parse::<LevelFilter>() {
        Ok(own) => format!("{},vestibule={own}", own.min(LevelFilter::WARN)),
        Err(_) => level.to_owned(),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// What `speak` says, as lines.
    pub(in super::super) fn logged(speak: impl FnOnce()) -> String {
        #[derive(Clone, Default)]
        struct Buffer(Arc<Mutex<Vec<u8>>>);
        impl io::Write for Buffer {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0.lock().expect("a buffer").write(bytes)
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let buffer = Buffer::default();
        let writer = buffer.clone();
        let subscriber = Subscriber::builder()
            .with_writer(move || writer.clone())
            .with_ansi(false)
            .event_format(Line)
            .fmt_fields(Fields)
            .finish();
        tracing::subscriber::with_default(subscriber, speak);
        let bytes = buffer.0.lock().expect("a buffer").clone();
        String::from_utf8(bytes).expect("text")
    }

    #[test]
    fn a_level_alone_is_for_our_own_lines() {
        assert_eq!(directives("debug"), "warn,vestibule=debug");
        assert_eq!(directives("error"), "error,vestibule=error");
        assert_eq!(directives("off"), "off,vestibule=off");
        assert_eq!(directives("info,h2=debug"), "info,h2=debug");
    }

    #[test]
    fn a_second_start_is_harmless() {
        let settings = LogSettings {
            format: LogFormat::Json,
            level: "off".into(),
        };
        assert!(init(&settings).is_ok() && init(&settings).is_ok());
        let settings = LogSettings {
            format: LogFormat::Text,
            level: "vestibule=loud".into(),
        };
        assert!(init(&settings).is_err());
    }
}
