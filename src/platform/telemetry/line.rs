//! A line of the log for people: the moment, the level, the spans it happened in, who says it, what.
//!
//! There is a line for every request, so each part is written straight into the line's buffer. Whatever comes from outside is
//! escaped: nobody can end a line and begin one of their own, or send commands to the terminal that shows it.

use std::fmt::{self, Debug, Write};

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_log::NormalizeEvent;
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields};
use tracing_subscriber::registry::LookupSpan;

use crate::kernel::clock::{Clock, SystemClock, Timestamp};

/// A whole line.
pub(super) struct Line;

/// The fields of an event or a span: `name=value`, and a message without its name.
pub(super) struct Fields;

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, ctx: &FmtContext<'_, S, N>, mut out: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        // a library that speaks through `log` is named by what it says, not by the bridge
        let bridged = event.normalized_metadata();
        let metadata = bridged.as_ref().unwrap_or_else(|| event.metadata());
        moment(&mut out, SystemClock.now())?;
        level(&mut out, *metadata.level())?;
        if let Some(scope) = ctx.event_scope() {
            for span in scope.from_root() {
                out.write_str(span.name())?;
                let extensions = span.extensions();
                if let Some(fields) = extensions
                    .get::<FormattedFields<N>>()
                    .filter(|fields| !fields.is_empty())
                {
                    out.write_char('{')?;
                    out.write_str(fields)?;
                    out.write_char('}')?;
                }
                out.write_char(':')?;
            }
            out.write_char(' ')?;
        }
        out.write_str(metadata.target())?;
        out.write_str(": ")?;
        ctx.format_fields(out.by_ref(), event)?;
        out.write_char('\n')
    }
}

impl<'w> FormatFields<'w> for Fields {
    fn format_fields<R: RecordFields>(&self, mut out: Writer<'w>, fields: R) -> fmt::Result {
        let mut written = Written {
            // a span's own buffer begins empty and would grow with each field
            text: String::with_capacity(192),
            result: Ok(()),
        };
        fields.record(&mut written);
        written.result?;
        out.write_str(&written.text)
    }
}

/// RFC 3339 in UTC with milliseconds.
fn moment(out: &mut Writer<'_>, now: Timestamp) -> fmt::Result {
    const DAY: i64 = 86_400_000;
    let (days, millis) = (now.millis().div_euclid(DAY), now.millis().rem_euclid(DAY));
    let (year, month, day) = date(days);
    let mut text = *b"0000-00-00T00:00:00.000Z ";
    let parts = [
        (0, 4, year),
        (5, 2, month),
        (8, 2, day),
        (11, 2, millis / 3_600_000),
        (14, 2, millis / 60_000 % 60),
        (17, 2, millis / 1000 % 60),
        (20, 3, millis % 1000),
    ];
    for (at, width, mut value) in parts {
        for digit in text[at..at + width].iter_mut().rev() {
            // the remainder is a digit
            *digit = b'0' + value.rem_euclid(10) as u8;
            value /= 10;
        }
    }
    out.write_str(std::str::from_utf8(&text).unwrap_or_default())
}

/// The Gregorian date that lies `days` after 1970-01-01, reckoned in eras of 400 years that begin on 1 March.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

fn level(out: &mut Writer<'_>, level: Level) -> fmt::Result {
    let (plain, coloured) = match level {
        Level::ERROR => ("ERROR ", "\x1b[31mERROR\x1b[0m "),
        Level::WARN => (" WARN ", "\x1b[33m WARN\x1b[0m "),
        Level::INFO => (" INFO ", "\x1b[32m INFO\x1b[0m "),
        Level::DEBUG => ("DEBUG ", "\x1b[34mDEBUG\x1b[0m "),
        Level::TRACE => ("TRACE ", "\x1b[35mTRACE\x1b[0m "),
    };
    out.write_str(if out.has_ansi_escapes() { coloured } else { plain })
}

struct Written {
    text: String,
    result: fmt::Result,
}

impl Written {
    fn write(&mut self, field: &Field, value: impl FnOnce(&mut String, bool) -> fmt::Result) {
        // the bridge's notes about where a message of `log` comes from; the line has named it
        if self.result.is_err() || field.name().starts_with("log.") {
            return;
        }
        self.result = self.put(field.name(), value);
    }

    fn put(&mut self, name: &str, value: impl FnOnce(&mut String, bool) -> fmt::Result) -> fmt::Result {
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        let is_message = name == "message";
        if !is_message {
            self.text.push_str(name);
            self.text.push('=');
        }
        value(&mut self.text, is_message)
    }
}

impl Visit for Written {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.write(field, |out, is_message| {
            if is_message {
                return Escaped(out).write_str(value);
            }
            if value
                .bytes()
                .any(|byte| !(b' '..=b'~').contains(&byte) || byte == b'"' || byte == b'\\')
            {
                return write!(out, "{value:?}");
            }
            out.write_char('"')?;
            out.write_str(value)?;
            out.write_char('"')
        });
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.write(field, |out, _| write!(out, "{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.write(field, |out, _| write!(Escaped(out), "{value:?}"));
    }
}

/// Whether it is printable ASCII, as nearly everything is.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

/// Writes control characters as escapes.
struct Escaped<'a>(&'a mut String);

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if is_plain(text) {
            self.0.push_str(text);
            return Ok(());
        }
        let mut rest = text;
        while let Some(at) = rest.find(char::is_control) {
            let (plain, from) = rest.split_at(at);
            self.0.push_str(plain);
            let mut characters = from.chars();
            if let Some(control) = characters.next() {
                write!(self.0, "{}", control.escape_default())?;
            }
            rest = characters.as_str();
        }
        self.0.push_str(rest);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::telemetry::log::tests::logged;

    fn shown(millis: i64) -> String {
        let mut text = String::new();
        moment(&mut Writer::new(&mut text), Timestamp::from_millis(millis)).expect("text");
        text
    }

    #[test]
    fn a_moment_is_rfc_3339() {
        assert_eq!(shown(0), "1970-01-01T00:00:00.000Z ");
        assert_eq!(shown(951_782_400_000), "2000-02-29T00:00:00.000Z ");
        assert_eq!(shown(1_709_251_199_999), "2024-02-29T23:59:59.999Z ");
        assert_eq!(shown(-1), "1969-12-31T23:59:59.999Z ");
        // a day of every month, over two eras
        for day in (0..300_000).step_by(27) {
            let at = Timestamp::from_secs(day * 86_400);
            assert_eq!(shown(at.millis())[..19], at.rfc3339()[..19], "day {day}");
        }
    }

    #[test]
    fn a_line_names_its_spans_and_fields() {
        let line = logged(|| {
            let span = tracing::info_span!("request", id = "0a", path = "/x", route = tracing::field::Empty);
            span.record("route", "/{x}");
            span.in_scope(|| tracing::warn!(status = 404u16, cause = %"none", found = ?Some(1), is_odd = true, "gone"));
        });
        let (_, rest) = line.split_once(' ').expect("a moment");
        assert_eq!(
            rest,
            " WARN request{id=\"0a\" path=\"/x\" route=\"/{x}\"}: \
             vestibule::platform::telemetry::line::tests: gone status=404 cause=none found=Some(1) is_odd=true\n"
        );
    }

    #[test]
    fn what_comes_from_outside_stays_in_its_line() {
        let line = logged(|| {
            let hostile = "a\nb\x1b[2J\"c";
            tracing::error!(text = hostile, shown = %hostile, "{hostile}");
        });
        assert_eq!(line.matches('\n').count(), 1, "{line}");
        assert!(!line.contains('\x1b'), "{line}");
        assert!(line.contains(r#"text="a\nb\u{1b}[2J\"c""#), "{line}");
        assert!(line.contains(r#"shown=a\nb\u{1b}[2J"c"#), "{line}");
    }
}
