//! Tokens that only we can read: what they say, sealed into the text itself, so that nothing of them is stored.
//!
//! A token is its prefix and the base64url of `version (1) ‖ key id (4) ‖ nonce (12) ‖ ciphertext and tag`. The cipher is
//! AES-256-GCM-SIV (RFC 8452): tokens are sealed by the million under one key, and with random nonces AES-GCM is safe for 2^32 of
//! them alone (NIST SP 800-38D section 8.3). The nonce is also the token's id: it names the token however its text is written.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, Nonce, UnboundKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::kernel::error::{Error, Result};
use crate::kernel::rng::Rng;
use crate::platform::seal::Sealer;

const VERSION: u8 = 1;
const KEY_ID: usize = 4;
const HEADER: usize = 1 + KEY_ID;

/// Names a token (`jti` of RFC 7519 section 4.1.7).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct TokenId([u8; Self::LENGTH]);

impl TokenId {
    const LENGTH: usize = 12;

    /// A fresh one.
    pub(super) fn draw(rng: &Rng) -> Self {
        Self(rng.bytes())
    }

    /// The bytes in hexadecimal.
    pub(super) fn hex(self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The bytes as a database parameter.
    pub(super) fn to_vec(self) -> Vec<u8> {
        self.0.to_vec()
    }
}

/// As `jti` says it.
impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Text that is no token's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BadTokenId;

impl FromStr for TokenId {
    type Err = BadTokenId;

    fn from_str(text: &str) -> std::result::Result<Self, BadTokenId> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| BadTokenId)?;
        bytes.try_into().map(Self).map_err(|_| BadTokenId)
    }
}

/// Seals and opens the tokens of one kind.
pub(super) struct TokenSealer {
    prefix: &'static str,
    header: [u8; HEADER],
    cipher: LessSafeKey,
}

impl TokenSealer {
    /// The tokens that begin with `prefix`, under a key that is derived for `purpose` alone.
    ///
    /// # Errors
    /// `Internal` when the cipher refuses its key, which it never does for one of 32 bytes.
    pub(super) fn new(sealer: &Sealer, purpose: &str, prefix: &'static str) -> Result<Self> {
        let key = sealer.derive(purpose);
        let cipher = UnboundKey::new(&AES_256_GCM_SIV, key.expose())
            .map(LessSafeKey::new)
            .map_err(|_| Error::internal("the cipher refused its key"))?;
        let mut header = [VERSION; HEADER];
        header[1..].copy_from_slice(&sealer.key_id()[..KEY_ID]);
        Ok(Self { prefix, header, cipher })
    }

    /// A token that says `content`, and its id.
    ///
    /// # Errors
    /// `Internal` when the content does not serialise.
    pub(super) fn seal(&self, content: &impl Serialize, rng: &Rng) -> Result<(TokenId, String)> {
        let id = TokenId::draw(rng);
        let mut body = serde_json::to_vec(content).map_err(Error::internal)?;
        self.cipher
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(id.0), self.associated(), &mut body)
            .map_err(|_| Error::internal("sealing a token failed"))?;
        let bytes = [self.header.as_slice(), &id.0, &body].concat();
        let mut text = String::with_capacity(self.prefix.len() + bytes.len() * 4 / 3 + 1);
        text.push_str(self.prefix);
        URL_SAFE_NO_PAD.encode_string(bytes, &mut text);
        Ok((id, text))
    }

    /// What a token of this kind says, and its id; `None` for any other text.
    pub(super) fn open<T: DeserializeOwned>(&self, text: &str) -> Option<(TokenId, T)> {
        let mut bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(self.prefix)?).ok()?;
        let (header, rest) = bytes.split_at_mut_checked(HEADER)?;
        if *header != self.header {
            return None;
        }
        let (nonce, body) = rest.split_at_mut_checked(TokenId::LENGTH)?;
        let id = TokenId(<[u8; TokenId::LENGTH]>::try_from(&*nonce).ok()?);
        let nonce = Nonce::assume_unique_for_key(id.0);
        let content = self.cipher.open_in_place(nonce, self.associated(), body).ok()?;
        Some((id, serde_json::from_slice(content).ok()?))
    }

    fn associated(&self) -> Aad<[u8; HEADER]> {
        Aad::from(self.header)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, prop_assert, prop_assert_eq, proptest};

    use super::*;
    use crate::kernel::secret::SecretKey;

    fn sealer(purpose: &str, prefix: &'static str) -> TokenSealer {
        TokenSealer::new(&Sealer::new(SecretKey::new([1; 32])), purpose, prefix).expect("a cipher")
    }

    #[test]
    fn a_token_opens_under_its_own_key_alone() {
        let (rng, ours) = (Rng::seeded(1), sealer("a", "x_"));
        let (id, token) = ours.seal(&"hello", &rng).expect("seals");
        assert!(token.starts_with("x_"));
        assert_eq!(ours.open(&token), Some((id, "hello".to_owned())));
        let (_, again) = ours.seal(&"hello", &rng).expect("seals");
        assert_ne!(token, again, "each is another");
        assert_eq!(sealer("b", "x_").open::<String>(&token), None, "another purpose");
        let foreign = Sealer::new(SecretKey::new([2; 32]));
        let foreign = TokenSealer::new(&foreign, "a", "x_").expect("a cipher");
        assert_eq!(foreign.open::<String>(&token), None, "another master key");
        assert_eq!(ours.open::<u8>(&token), None, "another content");
        for other in [
            "",
            "x_",
            "x_AQ",
            &token[2..],
            &format!("{token}="),
            &format!("y_{}", &token[2..]),
        ] {
            assert_eq!(ours.open::<String>(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn an_altered_token_opens_never(index in any::<prop::sample::Index>(), other in any::<u8>()) {
            let ours = sealer("a", "x_");
            let (_, token) = ours.seal(&"hello", &Rng::seeded(1)).expect("seals");
            let index = index.index(token.len());
            let mut altered = token.clone().into_bytes();
            altered[index] = other;
            if let Ok(altered) = String::from_utf8(altered) {
                prop_assert_eq!(ours.open::<String>(&altered).is_some(), altered == token);
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in "(x_)?.*") {
            prop_assert!(sealer("a", "x_").open::<String>(&text).is_none());
        }
    }
}
