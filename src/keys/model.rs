//! What a signing key is, and when it may go from one state to the next.

use std::time::Duration;

use serde::Serialize;

use crate::kernel::clock::Timestamp;
use crate::kernel::event::Fact;
use crate::kernel::id::{KeyId, UserId};
use crate::kernel::named::named;

/// How long a key is published before anything is signed with it, so that relying parties that cache the key set know it.
pub(super) const PUBLISHED_BEFORE_USE: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a key is published after it was last signed with. An ID token lives at most a day; the rest is for relying parties
/// that show old ones.
pub(super) const PUBLISHED_AFTER_USE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

named! {
    /// The one thing a key signs. What one purpose's key signed is never accepted for another.
    Purpose {
        /// ID tokens; an `id_token_hint` is one that comes back.
        IdToken = "id_token",
        /// Access tokens in JWT form (RFC 9068).
        AccessToken = "access_token",
    }
}

named! {
    /// How a key signs, by its JWS name.
    Algorithm {
        /// RSASSA-PKCS1-v1_5 with SHA-256 and a 2048-bit key (RFC 7518 section 3.3).
        Rs256 = "RS256",
        /// ECDSA on P-256 with SHA-256 (RFC 7518 section 3.4).
        Es256 = "ES256",
        /// Ed25519 (RFC 8037 section 3.1).
        EdDsa = "EdDSA",
    }
}

named! {
    /// Where a key is in its life; it only ever moves down this list.
    KeyState {
        /// Published, not yet signed with.
        Next = "next",
        /// Signed with.
        Active = "active",
        /// No longer signed with, still published.
        Retiring = "retiring",
        /// No longer published. The private half is destroyed; the public half still verifies what the key once signed.
        Gone = "gone",
        /// Taken out, from whichever state, because it may be in other hands: not published, and what it signed is believed no
        /// more. The private half is destroyed.
        Revoked = "revoked",
    }
}

/// What may be shown of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyInfo {
    /// The id, which is also the JWK `kid`.
    pub id: KeyId,
    /// What it signs.
    pub purpose: Purpose,
    /// How it signs.
    pub algorithm: Algorithm,
    /// Where it is in its life.
    pub state: KeyState,
    /// When it was made and published.
    pub created_at: Timestamp,
    /// When it became active.
    pub activated_at: Option<Timestamp>,
    /// When another key took its place.
    pub retired_at: Option<Timestamp>,
    /// When its private half was destroyed.
    pub gone_at: Option<Timestamp>,
}

impl KeyInfo {
    /// The earliest moment at which everybody may be expected to know the key.
    pub fn promotable_at(&self) -> Timestamp {
        self.created_at + PUBLISHED_BEFORE_USE
    }

    /// Whether its time has come under a schedule by which a key signs for `period`: it has signed that long. When the next key
    /// may take over is another question: see [`Self::promotable_at`].
    pub(super) fn is_due(&self, period: Duration, now: Timestamp) -> bool {
        self.state == KeyState::Active && self.activated_at.is_some_and(|at| at + period <= now)
    }

    /// Whether nothing that it signed is of use to anybody any more.
    pub(super) fn is_spent(&self, now: Timestamp) -> bool {
        self.state == KeyState::Retiring && self.retired_at.is_some_and(|at| at <= spent_since(now))
    }
}

/// What retired then or earlier is spent.
pub(super) fn spent_since(now: Timestamp) -> Timestamp {
    now - PUBLISHED_AFTER_USE
}

/// A key as stored.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) info: KeyInfo,
    /// PKCS#8 under the master key; `None` once the key is gone.
    pub(super) sealed_private_key: Option<Vec<u8>>,
    /// The JWK of the public half, as JSON.
    pub(super) public_jwk: String,
}

/// What a rotation did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rotation {
    /// What the keys sign.
    pub purpose: Purpose,
    /// How they sign.
    pub algorithm: Algorithm,
    /// The key that signs from now on.
    pub active: KeyId,
    /// The key that signed until now.
    pub retiring: KeyId,
    /// The key that was made to be the next.
    pub next: KeyId,
}

impl Fact for Rotation {
    const KIND: &'static str = "key.rotated";

    fn subject(&self) -> &str {
        self.active.as_str()
    }

    fn person(&self) -> Option<&UserId> {
        None
    }
}

/// What taking a key out did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Revocation {
    /// What the key signed.
    pub purpose: Purpose,
    /// How it signed.
    pub algorithm: Algorithm,
    /// The key that was taken out.
    pub revoked: KeyId,
    /// Where it was in its life.
    pub was: KeyState,
    /// The key that signs from now on, where the one taken out was the active one.
    pub active: Option<KeyId>,
    /// The key that was made to be the next, where that place became free.
    pub next: Option<KeyId>,
}

impl Fact for Revocation {
    const KIND: &'static str = "key.revoked";

    fn subject(&self) -> &str {
        self.revoked.as_str()
    }

    fn person(&self) -> Option<&UserId> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::rng::Rng;

    #[test]
    fn names_read_back_as_what_they_name() {
        for &algorithm in Algorithm::ALL {
            assert_eq!(algorithm.as_str().parse(), Ok(algorithm));
            assert_eq!(serde_json::to_value(algorithm).expect("serialises"), algorithm.as_str());
        }
        let error = "none".parse::<Algorithm>().expect_err("no such algorithm");
        assert_eq!(error.to_string(), "not one of: RS256, ES256, EdDSA");
        assert_eq!(format!("{:<10}|", Purpose::IdToken), "id_token  |");
    }

    #[test]
    fn only_a_key_that_retired_long_ago_is_spent() {
        let retired = Timestamp::from_secs(1_700_000_000);
        let key = |state| KeyInfo {
            id: KeyId::draw(retired, &Rng::seeded(1)),
            purpose: Purpose::IdToken,
            algorithm: Algorithm::Es256,
            state,
            created_at: retired,
            activated_at: Some(retired),
            retired_at: Some(retired),
            gone_at: None,
        };
        let last_moment = retired + PUBLISHED_AFTER_USE - Duration::from_millis(1);
        assert!(!key(KeyState::Retiring).is_spent(last_moment));
        assert!(key(KeyState::Retiring).is_spent(retired + PUBLISHED_AFTER_USE));
        assert!(!key(KeyState::Active).is_spent(retired + PUBLISHED_AFTER_USE));
    }
}
