//! Spans of time on the command line.

use std::time::Duration;

const UNITS: [(char, u64); 4] = [('d', 24 * 60 * 60), ('h', 60 * 60), ('m', 60), ('s', 1)];

/// Reads a whole number with its unit (`90s`, `30m`, `24h`, `7d`), or `0`.
pub(super) fn span(text: &str) -> Result<Duration, &'static str> {
    const BAD: &str = "write a whole number and its unit, such as 90s, 30m, 24h or 7d";
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    let unit = UNITS
        .iter()
        .find_map(|(unit, seconds)| Some((text.strip_suffix(*unit)?, *seconds)));
    let (number, seconds) = unit.ok_or(BAD)?;
    if !number.bytes().all(|b| b.is_ascii_digit()) {
        return Err(BAD);
    }
    let seconds = number
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(seconds));
    seconds.map(Duration::from_secs).ok_or(BAD)
}

/// A span in the largest unit that leaves no rest.
pub(super) fn spelled(span: Duration) -> String {
    let seconds = span.as_secs();
    let fitting = UNITS.iter().find(|(_, unit)| seconds.is_multiple_of(*unit));
    let (name, unit) = fitting.copied().unwrap_or(('s', 1));
    format!("{}{name}", seconds / unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_a_whole_number_with_a_unit() {
        let seconds = |text: &str| span(text).map(|span| span.as_secs());
        for (text, expected) in [("0", 0), ("90s", 90), ("30m", 1_800), ("24h", 86_400), ("7d", 604_800)] {
            assert_eq!(seconds(text), Ok(expected), "{text}");
        }
        for bad in ["", "h", "24", "-1h", "+1h", "1.5h", "1w", "99999999999999999d", " 1h"] {
            assert!(seconds(bad).is_err(), "{bad}");
        }
        assert_eq!(
            [90, 3_600, 172_800].map(|seconds| spelled(Duration::from_secs(seconds))),
            ["90s", "1h", "2d"]
        );
    }
}
