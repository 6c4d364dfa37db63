//! What a command prints: aligned text for people, JSON for programs.

use std::io::Write;

use serde::Serialize;

use super::failure::Failure;
use crate::kernel::clock::Timestamp;

/// Stands where there is nothing to show.
const NOTHING: &str = "-";

/// Where results go.
pub(super) struct Output<'a>(&'a mut dyn Write);

impl<'a> Output<'a> {
    pub(super) fn new(writer: &'a mut dyn Write) -> Self {
        Self(writer)
    }

    /// One line.
    pub(super) fn line(&mut self, text: impl std::fmt::Display) -> Result<(), Failure> {
        writeln!(self.0, "{text}")?;
        Ok(self.0.flush()?)
    }

    /// A text as it is.
    pub(super) fn text(&mut self, text: &str) -> Result<(), Failure> {
        self.0.write_all(text.as_bytes())?;
        Ok(self.0.flush()?)
    }

    /// JSON, indented, on lines of its own.
    pub(super) fn json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        self.line(serde_json::to_string_pretty(value)?)
    }

    /// Rows under headings.
    pub(super) fn table<const N: usize>(&mut self, head: [&str; N], rows: &[[String; N]]) -> Result<(), Failure> {
        let head = head.map(str::to_uppercase);
        let mut lines = vec![&head];
        lines.extend(rows);
        self.columns("", &lines)
    }

    /// What is known of one thing: names and values, one a line.
    pub(super) fn facts(&mut self, facts: &[[String; 2]]) -> Result<(), Failure> {
        self.columns("  ", &facts.iter().collect::<Vec<_>>())
    }

    fn columns<const N: usize>(&mut self, indent: &str, lines: &[&[String; N]]) -> Result<(), Failure> {
        let mut widths = [0; N];
        for line in lines {
            for (width, cell) in widths.iter_mut().zip(line.iter()) {
                *width = (*width).max(cell.chars().count());
            }
        }
        for line in lines {
            let cells = line.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
            let line = cells.collect::<Vec<_>>().join("  ");
            writeln!(self.0, "{indent}{}", line.trim_end())?;
        }
        Ok(self.0.flush()?)
    }
}

/// A part of a list, as JSON: the same for every list that has parts.
#[derive(Serialize)]
pub(super) struct Part<T, N> {
    /// What is listed.
    pub(super) data: Vec<T>,
    /// The id to go on from; none at the end.
    pub(super) next: Option<N>,
}

/// A name and its value, for [`Output::facts`].
pub(super) fn fact(name: &str, value: impl Into<String>) -> [String; 2] {
    [name.to_owned(), value.into()]
}

/// A text that may be missing.
pub(super) fn or_nothing(text: Option<String>) -> String {
    text.unwrap_or_else(|| NOTHING.to_owned())
}

/// A moment that may never have been.
pub(super) fn moment(at: Option<Timestamp>) -> String {
    or_nothing(at.map(Timestamp::rfc3339))
}

/// A number with its noun: `1 key`, `2 keys`.
pub(super) fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_by_characters_and_lines_have_no_blanks_at_their_end() {
        let mut out = Vec::new();
        let rows = [["Bücher".to_owned(), "1".to_owned()], ["a".to_owned(), String::new()]];
        Output::new(&mut out).table(["name", "count"], &rows).expect("printed");
        assert_eq!(String::from_utf8_lossy(&out), "NAME    COUNT\nBücher  1\na\n");
    }

    #[test]
    fn nothing_is_shown_as_a_dash_and_one_is_singular() {
        assert_eq!((or_nothing(None), moment(None)), ("-".to_owned(), "-".to_owned()));
        assert_eq!(
            (count(1, "key"), count(0, "key")),
            ("1 key".to_owned(), "0 keys".to_owned())
        );
    }
}
