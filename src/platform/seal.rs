//! Encryption at rest: AES-256-GCM under a subkey per purpose, bound to the very cell it is stored in.
//!
//! A sealed value is `version (1) ‖ key id (8) ‖ nonce (12) ‖ ciphertext and tag`. The subkey is HKDF-SHA-256 of the master key
//! over table and column; table, column and row are associated data, so a value moved to another cell does not open.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use zeroize::Zeroizing;

use crate::kernel::digest::sha256;
use crate::kernel::error::Error;
use crate::kernel::secret::SecretKey;

const VERSION: u8 = 1;
const HEADER: usize = 1 + 8 + 12;

/// The cell a sealed value lives in.
#[derive(Clone, Copy, Debug)]
pub struct Cell<'a> {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The row's id.
    pub row: &'a str,
}

/// Why a sealed value did not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// It was sealed under another master key.
    #[error("sealed under another key than the master key in use")]
    OtherKey,
    /// It was altered, moved to another cell, or is not a sealed value.
    #[error("sealed value is damaged or was moved")]
    Damaged,
}

impl From<OpenError> for Error {
    fn from(cause: OpenError) -> Self {
        Self::internal(cause)
    }
}

/// Seals and opens under one key, and derives the keys of other purposes from it.
#[derive(Clone)]
pub struct Sealer {
    key: SecretKey,
    id: [u8; 8],
}

impl Sealer {
    /// A sealer under `key`.
    pub fn new(key: SecretKey) -> Self {
        let digest = sha256(&[b"vestibule key id".as_slice(), key.expose()].concat());
        let mut id = [0; 8];
        id.copy_from_slice(&digest[..8]);
        Self { key, id }
    }

    /// Names the key without revealing it.
    pub fn key_id(&self) -> [u8; 8] {
        self.id
    }

    /// A key for `purpose`, which nothing else is derived for.
    pub fn derive(&self, purpose: &str) -> SecretKey {
        SecretKey::new(self.expand(&[b"derive", purpose.as_bytes()]))
    }

    /// Seals `plain` into `cell`. `nonce` is random and never used twice with the same key.
    ///
    /// # Errors
    /// [`Error`] (internal) when the cipher refuses, which it does only for values of many gigabytes.
    pub fn seal(&self, cell: Cell<'_>, plain: &[u8], nonce: [u8; 12]) -> Result<Vec<u8>, Error> {
        let mut body = plain.to_vec();
        self.cipher(cell)?
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), associated(cell), &mut body)
            .map_err(|_| Error::internal("sealing failed"))?;
        let mut out = Vec::with_capacity(HEADER + body.len());
        out.push(VERSION);
        out.extend_from_slice(&self.id);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&body);
        Ok(out)
    }

    /// Opens what was sealed into `cell`.
    ///
    /// # Errors
    /// [`OpenError`] when it was sealed under another key, altered or moved.
    pub fn open(&self, cell: Cell<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        if sealed.len() < HEADER || sealed[0] != VERSION {
            return Err(OpenError::Damaged);
        }
        if sealed[1..9] != self.id {
            return Err(OpenError::OtherKey);
        }
        let nonce = Nonce::try_assume_unique_for_key(&sealed[9..HEADER]).map_err(|_| OpenError::Damaged)?;
        let mut body = Zeroizing::new(sealed[HEADER..].to_vec());
        let length = self
            .cipher(cell)
            .map_err(|_| OpenError::Damaged)?
            .open_in_place(nonce, associated(cell), &mut body)
            .map_err(|_| OpenError::Damaged)?
            .len();
        body.truncate(length);
        Ok(body)
    }

    fn cipher(&self, cell: Cell<'_>) -> Result<LessSafeKey, Error> {
        let subkey = Zeroizing::new(self.expand(&[b"seal", cell.table.as_bytes(), b".", cell.column.as_bytes()]));
        UnboundKey::new(&AES_256_GCM, subkey.as_slice())
            .map(LessSafeKey::new)
            .map_err(|_| Error::internal("the cipher refused its key"))
    }

    fn expand(&self, info: &[&[u8]]) -> [u8; 32] {
        struct Len32;
        impl KeyType for Len32 {
            fn len(&self) -> usize {
                32
            }
        }
        let mut out = [0; 32];
        let pseudo_random = Salt::new(HKDF_SHA256, b"vestibule").extract(self.key.expose());
        let filled = pseudo_random.expand(info, Len32).and_then(|okm| okm.fill(&mut out));
        // HKDF refuses only outputs of more than 255 hashes (RFC 5869 section 2.3); this is one
        debug_assert!(filled.is_ok());
        out
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer")
    }
}

fn associated(cell: Cell<'_>) -> Aad<Vec<u8>> {
    let mut out = Vec::with_capacity(cell.table.len() + cell.column.len() + cell.row.len() + 2);
    out.extend_from_slice(cell.table.as_bytes());
    out.push(0);
    out.extend_from_slice(cell.column.as_bytes());
    out.push(0);
    out.extend_from_slice(cell.row.as_bytes());
    Aad::from(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CELL: Cell<'static> = Cell {
        table: "mails",
        column: "sealed",
        row: "mail_1",
    };

    #[test]
    fn a_value_opens_only_in_its_own_cell() {
        let sealer = Sealer::new(SecretKey::new([1; 32]));
        let sealed = sealer.seal(CELL, b"hello", [2; 12]).expect("seals");
        assert_eq!(sealer.open(CELL, &sealed).expect("opens").as_slice(), b"hello");
        for other in [
            Cell { row: "mail_2", ..CELL },
            Cell { column: "x", ..CELL },
            Cell { table: "x", ..CELL },
        ] {
            assert_eq!(sealer.open(other, &sealed), Err(OpenError::Damaged), "{other:?}");
        }
    }

    #[test]
    fn altered_values_and_other_keys_are_told_apart() {
        let sealer = Sealer::new(SecretKey::new([1; 32]));
        let mut sealed = sealer.seal(CELL, b"hello", [2; 12]).expect("seals");
        let other = Sealer::new(SecretKey::new([3; 32]));
        assert_eq!(other.open(CELL, &sealed), Err(OpenError::OtherKey));
        let last = sealed.len() - 1;
        sealed[last] ^= 1;
        assert_eq!(sealer.open(CELL, &sealed), Err(OpenError::Damaged));
        assert_eq!(sealer.open(CELL, b"short"), Err(OpenError::Damaged));
    }

    #[test]
    fn purposes_have_different_keys() {
        let sealer = Sealer::new(SecretKey::new([1; 32]));
        assert_ne!(sealer.derive("csrf").expose(), sealer.derive("codes").expose());
        assert_eq!(sealer.derive("csrf").expose(), sealer.derive("csrf").expose());
    }
}
