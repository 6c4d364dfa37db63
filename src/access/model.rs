//! Secret keys.

use serde::Serialize;

use crate::kernel::clock::Timestamp;
use crate::kernel::error::{Error, Result};
use crate::kernel::id::SecretKeyId;
use crate::kernel::rng::Rng;
use crate::kernel::token::{PlainToken, TokenHash, is_checked};

/// What every secret key begins with: secret scanners know it.
const PREFIX: &str = "sk_live_";
const MAX_NAME: usize = 256;
/// The characters of the end that are kept to tell a key from others; more than 250 bits stay unknown, for six are a checksum.
const HINT: usize = 4;

/// A key that a server calls the Backend API with, as far as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SecretKey {
    /// Its id.
    pub id: SecretKeyId,
    /// What it is for.
    pub name: String,
    /// Its last four characters.
    pub hint: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used, to about a minute.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked; it opens nothing since.
    pub revoked_at: Option<Timestamp>,
}

/// A key just made.
#[derive(Debug)]
pub struct CreatedSecretKey {
    /// The key.
    pub key: SecretKey,
    /// Its text, which can't be shown again.
    pub plain: PlainToken,
}

impl CreatedSecretKey {
    /// Checks the name, which loses blanks around it, and draws the rest.
    pub(super) fn draw(name: &str, now: Timestamp, rng: &Rng) -> Result<Self> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
            return Err(Error::bad_input(
                "invalid_secret_key",
                "the name must have 1 to 256 characters on one line",
            ));
        }
        let plain = PlainToken::draw_checked(PREFIX, rng);
        let text = plain.expose();
        Ok(Self {
            key: SecretKey {
                id: SecretKeyId::draw(now, rng),
                name: name.to_owned(),
                hint: text[text.len() - HINT..].to_owned(),
                created_at: now,
                last_used_at: None,
                revoked_at: None,
            },
            plain,
        })
    }
}

/// The hash of what was presented, if it has the form of a secret key; typing errors do not.
pub(super) fn read(presented: &str) -> Option<TokenHash> {
    is_checked(presented, PREFIX).then(|| TokenHash::of(presented))
}

/// A part of the list of secret keys, the oldest first; revoked ones are among them.
#[derive(Debug)]
pub struct SecretKeyPage {
    /// The keys.
    pub keys: Vec<SecretKey>,
    /// Where the next part begins; `None` at the end.
    pub next: Option<SecretKeyId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_a_name_on_one_line_and_a_text_that_is_known_by_its_form() {
        let rng = Rng::seeded(1);
        let made = CreatedSecretKey::draw(" deploy ", Timestamp::from_secs(1), &rng).expect("made");
        assert_eq!(made.key.name, "deploy");
        let text = made.plain.expose();
        assert!(text.starts_with("sk_live_") && text.ends_with(&made.key.hint), "{text}");
        assert!(read(text).is_some_and(|hash| hash == made.plain.hash()));
        assert!(read(&text[1..]).is_none() && read("sk_live_").is_none());
        for bad in ["", "  ", "a\nb", &"n".repeat(257)] {
            assert!(
                CreatedSecretKey::draw(bad, Timestamp::from_secs(1), &rng).is_err(),
                "{bad:?}"
            );
        }
    }
}
