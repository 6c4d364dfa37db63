//! Opaque bearer secrets: shown once in plain, stored only as a hash.

use std::fmt;

use super::digest::sha256;
use super::error::{Error, Result};
use super::id::base62;
use super::rng::Rng;
use super::secret::SecretString;

const RANDOM_LENGTH: usize = 43;
/// The checksum at the end of a token that has one: 32 bits in base62.
const CHECKSUM_LENGTH: usize = 6;

/// A token in plain, on its way to its owner: a prefix and 256 random bits in base62.
#[derive(Clone, Debug)]
pub struct PlainToken(SecretString);

impl PlainToken {
    /// A fresh token that begins with `prefix` (`oat_`, `ort_` …; may be empty).
    pub fn draw(prefix: &str, rng: &Rng) -> Self {
        Self(SecretString::new(format!(
            "{prefix}{}",
            base62(&rng.bytes::<32>(), RANDOM_LENGTH)
        )))
    }

    /// The same with a checksum at its end, by which a typing error, and a text that merely looks like a token to who searches for
    /// leaked ones, is told apart without asking anybody.
    pub fn draw_checked(prefix: &str, rng: &Rng) -> Self {
        let token = Self::draw(prefix, rng);
        let sum = checksum(token.expose());
        Self(SecretString::new(format!("{}{sum}", token.expose())))
    }

    /// The text to hand over.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// The only form that is stored.
    pub fn hash(&self) -> TokenHash {
        TokenHash::of(self.expose())
    }
}

/// Whether `presented` has the form of a token of `prefix` that was drawn with a checksum.
pub fn is_checked(presented: &str, prefix: &str) -> bool {
    let length = prefix.len() + RANDOM_LENGTH + CHECKSUM_LENGTH;
    if presented.len() != length || !presented.is_ascii() || !presented.starts_with(prefix) {
        return false;
    }
    let (text, sum) = presented.split_at(length - CHECKSUM_LENGTH);
    text.bytes().skip(prefix.len()).all(|byte| byte.is_ascii_alphanumeric()) && checksum(text) == sum
}

/// CRC-32 (the polynomial of IEEE 802.3) in base62. It has no secret: it tells errors, not forgeries.
fn checksum(text: &str) -> String {
    const POLYNOMIAL: u32 = 0xedb8_8320;
    let crc = text.bytes().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            crc >> 1 ^ POLYNOMIAL & (crc & 1).wrapping_neg()
        })
    });
    base62(&(!crc).to_be_bytes(), CHECKSUM_LENGTH)
}

/// SHA-256 of a token: enough to find it, useless to whoever reads the database, because a token has 256 random bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// The hash of a token somebody presented.
    pub fn of(presented: &str) -> Self {
        Self(sha256(presented.as_bytes()))
    }

    /// The inverse of [`Self::to_vec`].
    ///
    /// # Errors
    /// `Internal` when it is no such hash.
    pub fn from_stored(bytes: &[u8]) -> Result<Self> {
        let hash = bytes
            .try_into()
            .map_err(|_| Error::internal("a token's hash has 32 bytes"))?;
        Ok(Self(hash))
    }

    /// The bytes as stored.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The bytes in hexadecimal, for where a text is wanted as key.
    pub fn hex(&self) -> String {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let digits = |byte: u8| [byte >> 4, byte & 15].map(|half| char::from(DIGITS[usize::from(half)]));
        self.0.into_iter().flat_map(digits).collect()
    }

    /// The bytes as a database parameter.
    pub fn to_vec(self) -> Vec<u8> {
        self.0.to_vec()
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[token hash]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_long_random_and_never_printed() {
        let rng = Rng::seeded(3);
        let token = PlainToken::draw("oat_", &rng);
        assert!(token.expose().starts_with("oat_"));
        assert_eq!(token.expose().len(), 4 + RANDOM_LENGTH);
        assert!(!format!("{token:?}").contains(&token.expose()[4..]));
        assert_ne!(token.expose(), PlainToken::draw("oat_", &rng).expose());
        assert_eq!(token.hash(), TokenHash::of(token.expose()));
    }

    #[test]
    fn a_checksum_tells_a_typing_error() {
        // the check value of CRC-32
        assert_eq!(checksum("123456789"), base62(&0xcbf4_3926_u32.to_be_bytes(), 6));
        let token = PlainToken::draw_checked("sk_live_", &Rng::seeded(4));
        let text = token.expose();
        assert!(is_checked(text, "sk_live_"));
        assert!(!is_checked(text, "sk_test_"));
        for (at, byte) in text.bytes().enumerate() {
            let other = if byte == b'a' { "b" } else { "a" };
            let mut wrong = text.to_owned();
            wrong.replace_range(at..=at, other);
            assert!(!is_checked(&wrong, "sk_live_"), "{at}");
            assert!(!is_checked(&text[..at], "sk_live_"), "{at}");
        }
        assert!(!is_checked(&format!("{text}a"), "sk_live_"));
        let wide = "\u{fc}".repeat(text.len() / 2);
        assert!(!is_checked(&wide, "sk_live_") && !is_checked("", "sk_live_"));
    }
}
