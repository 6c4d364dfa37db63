//! Phone numbers in their international form.

use std::fmt;

/// A number as E.164 writes it: a plus sign, a country code, at most fifteen digits.
#[derive(Clone, PartialEq, Eq)]
pub struct PhoneNumber(String);

/// Text that is not such a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a phone number: write it with a plus sign and the country code, as in +49 30 1234567")]
pub struct BadPhone;

impl PhoneNumber {
    /// The plus sign and the digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for PhoneNumber {
    type Err = BadPhone;

    /// Blanks, hyphens, dots and brackets, by which people group digits, are dropped.
    fn from_str(text: &str) -> Result<Self, BadPhone> {
        let digits = text.trim().strip_prefix('+').ok_or(BadPhone)?;
        let digits: String = digits.chars().filter(|c| !" -.()".contains(*c)).collect();
        let is_number = (7..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            // no country code begins with zero (ITU-T E.164 section 6)
            && !digits.starts_with('0');
        is_number.then(|| Self(format!("+{digits}"))).ok_or(BadPhone)
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[phone number]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_international_and_lose_what_groups_them() {
        let number: PhoneNumber = " +49 (30) 1234-567 ".parse().expect("a number");
        assert_eq!(number.as_str(), "+49301234567");
        for bad in [
            "",
            "030 1234567",
            "+0301234567",
            "+49 30 12 34 56 78 90 12 3",
            "+123456",
            "+49x301234567",
            "+٤٩٣٠١٢٣٤٥٦٧",
            "tel:+49301234567",
        ] {
            assert_eq!(bad.parse::<PhoneNumber>(), Err(BadPhone), "{bad}");
        }
    }
}
