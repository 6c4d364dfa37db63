//! Passwords: what is accepted, and argon2id with a pepper in a bounded pool.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::{Algorithm, Argon2, KeyId, Params, ParamsBuilder, PasswordHasher, PasswordVerifier, Version};
use precis_profiles::OpaqueString;
use precis_profiles::precis_core::profile::PrecisFastInvocation;

use crate::kernel::error::{Error, Result};
use crate::kernel::rng::Rng;
use crate::kernel::secret::{SecretKey, SecretString};
use crate::platform::pool::Pool;
use crate::platform::seal::Sealer;
use crate::platform::settings::sections::PasswordsSettings;

/// What a password must be, in characters.
pub const RULES: std::ops::RangeInclusive<usize> = 8..=128;

/// A password as it is hashed: prepared by the OpaqueString profile (RFC 8265 section 4.2), so that the same characters typed
/// on another keyboard are the same password.
#[derive(Clone, Debug)]
pub struct Password(SecretString);

/// Why a new password is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPassword {
    /// Fewer than the least characters.
    #[error("too short")]
    TooShort,
    /// More than the most characters.
    #[error("too long")]
    TooLong,
    /// Characters no password may have (control characters).
    #[error("has characters that can not be used")]
    Characters,
}

impl Password {
    /// A password somebody chooses.
    ///
    /// # Errors
    /// [`BadPassword`].
    pub fn choose(typed: &SecretString) -> Result<Self, BadPassword> {
        let length = typed.expose().chars().count();
        if length < *RULES.start() {
            return Err(BadPassword::TooShort);
        }
        if length > *RULES.end() {
            return Err(BadPassword::TooLong);
        }
        prepare(typed).ok_or(BadPassword::Characters)
    }

    /// A password somebody claims to know. One that could never have been chosen is still compared, against nothing, so that the
    /// answer takes as long as any other.
    pub fn claim(typed: &SecretString) -> Self {
        let short: String = typed.expose().chars().take(RULES.end() + 1).collect();
        prepare(&SecretString::new(short.clone())).unwrap_or(Self(SecretString::new(short)))
    }
}

fn prepare(typed: &SecretString) -> Option<Password> {
    OpaqueString::enforce(typed.expose())
        .ok()
        .map(|prepared| Password(SecretString::new(prepared.into_owned())))
}

/// A stored hash in PHC string format; its `keyid` names the pepper.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct PasswordHash(String);

impl PasswordHash {
    pub(super) fn from_stored(text: String) -> Self {
        Self(text)
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[password hash]")
    }
}

/// Hashes and compares in the bounded pool; clones share it.
#[derive(Clone)]
pub struct Passwords(Arc<Inner>);

struct Inner {
    pool: Pool,
    params: Params,
    pepper: SecretKey,
    rng: Rng,
    /// What an unknown person's password is compared with: a hash of nothing anybody knows, at today's cost.
    decoy: PasswordHash,
}

impl Passwords {
    /// A hasher of the configured cost; the pepper is derived from the master key.
    ///
    /// # Errors
    /// `Internal` when the cost is out of argon2's bounds.
    pub fn new(settings: &PasswordsSettings, sealer: &Sealer, rng: Rng) -> Result<Self> {
        let keyid = KeyId::new(&sealer.key_id()).map_err(|e| Error::internal(e.to_string()))?;
        let params = ParamsBuilder::new()
            .m_cost(settings.memory_kib)
            .t_cost(settings.iterations)
            .p_cost(settings.parallelism)
            .keyid(keyid)
            .build()
            .map_err(|e| Error::internal(e.to_string()))?;
        let pepper = sealer.derive("password pepper");
        let nobody_knows = rng.bytes::<32>();
        let decoy = hash(&params, &pepper, &nobody_knows, &rng.bytes())?;
        Ok(Self(Arc::new(Inner {
            pool: Pool::new(settings.workers(), settings.queue),
            params,
            pepper,
            rng,
            decoy,
        })))
    }

    /// Hashes a chosen password.
    ///
    /// # Errors
    /// `Busy` when the pool is full.
    pub async fn hash(&self, password: Password) -> Result<PasswordHash> {
        let inner = Arc::clone(&self.0);
        let salt = inner.rng.bytes::<16>();
        self.0
            .pool
            .run(move || hash(&inner.params, &inner.pepper, password.0.expose().as_bytes(), &salt))
            .await?
    }

    /// Compares a claimed password with a stored hash; without one (no such person, or no password) it does the same work and
    /// answers no.
    ///
    /// # Errors
    /// `Busy` when the pool is full, `Internal` when the stored hash can't be read.
    pub async fn verify(&self, password: Password, stored: Option<PasswordHash>) -> Result<bool> {
        let inner = Arc::clone(&self.0);
        self.0
            .pool
            .run(move || {
                let known = stored.is_some();
                let against = stored.unwrap_or_else(|| inner.decoy.clone());
                let same = verify(&inner.pepper, password.0.expose().as_bytes(), &against)?;
                Ok(known && same)
            })
            .await?
    }
}

fn hasher<'a>(params: &Params, pepper: &'a SecretKey) -> Result<Argon2<'a>> {
    Argon2::new_with_secret(pepper.expose(), Algorithm::Argon2id, Version::V0x13, params.clone())
        .map_err(|e| Error::internal(e.to_string()))
}

fn hash(params: &Params, pepper: &SecretKey, password: &[u8], salt: &[u8; 16]) -> Result<PasswordHash> {
    let phc = hasher(params, pepper)?
        .hash_password_with_salt(password, salt)
        .map_err(|e| Error::internal(e.to_string()))?;
    Ok(PasswordHash(phc.to_string()))
}

fn verify(pepper: &SecretKey, password: &[u8], stored: &PasswordHash) -> Result<bool> {
    let phc = Phc::new(stored.as_str()).map_err(|e| Error::internal(e.to_string()))?;
    // the cost is the stored hash's own
    let params = Params::try_from(&phc).map_err(|e| Error::internal(e.to_string()))?;
    Ok(hasher(&params, pepper)?.verify_password(password, &phc).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passwords() -> Passwords {
        let settings = PasswordsSettings::for_tests();
        Passwords::new(&settings, &Sealer::new(SecretKey::new([1; 32])), Rng::seeded(1)).expect("settings are fine")
    }

    fn typed(text: &str) -> SecretString {
        SecretString::new(text.to_owned())
    }

    #[tokio::test]
    async fn only_the_right_password_under_the_right_pepper_matches() {
        let passwords = passwords();
        let chosen = Password::choose(&typed("correct horse")).expect("long enough");
        let stored = passwords.hash(chosen).await.expect("hashes");
        assert!(stored.as_str().starts_with("$argon2id$v=19$"), "{}", stored.as_str());
        assert!(stored.as_str().contains("keyid="));
        let right = Password::claim(&typed("correct horse"));
        assert!(
            passwords
                .verify(right.clone(), Some(stored.clone()))
                .await
                .expect("compares")
        );
        assert!(
            !passwords
                .verify(Password::claim(&typed("correct horsf")), Some(stored.clone()))
                .await
                .expect("compares")
        );
        assert!(!passwords.verify(right.clone(), None).await.expect("compares"));
        let other = Sealer::new(SecretKey::new([2; 32]));
        let elsewhere =
            Passwords::new(&PasswordsSettings::for_tests(), &other, Rng::seeded(1)).expect("settings are fine");
        assert!(!elsewhere.verify(right, Some(stored)).await.expect("compares"));
    }

    #[tokio::test]
    async fn the_same_characters_from_another_keyboard_are_the_same_password() {
        let passwords = passwords();
        let composed = Password::choose(&typed("caf\u{e9} au lait")).expect("long enough");
        let stored = passwords.hash(composed).await.expect("hashes");
        let decomposed = Password::claim(&typed("cafe\u{301} au lait"));
        assert!(passwords.verify(decomposed, Some(stored)).await.expect("compares"));
    }

    #[test]
    fn length_and_characters_are_bounded() {
        assert_eq!(Password::choose(&typed("1234567")).err(), Some(BadPassword::TooShort));
        assert_eq!(
            Password::choose(&typed(&"x".repeat(129))).err(),
            Some(BadPassword::TooLong)
        );
        assert_eq!(
            Password::choose(&typed("12345678\u{7}")).err(),
            Some(BadPassword::Characters)
        );
        assert!(Password::choose(&typed("päßwörtl")).is_ok());
    }
}
