//! Devices, sessions and their evidence.

use std::time::Duration;

use crate::kernel::clock::Timestamp;
use crate::kernel::id::{DeviceId, IdentificationId, ProofId, SessionId, UserId};
use crate::kernel::token::TokenHash;

/// One way to prove a factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// The account's password.
    Password,
    /// A code sent to an email address.
    EmailCode,
}

impl Strategy {
    /// As stored, and as the wire calls it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::EmailCode => "email_code",
        }
    }

    /// The inverse of [`Self::as_str`].
    pub(super) fn from_stored(text: &str) -> Option<Self> {
        [Self::Password, Self::EmailCode]
            .into_iter()
            .find(|s| s.as_str() == text)
    }

    /// The authentication method reference (RFC 8176 section 2).
    fn amr(self) -> &'static str {
        match self {
            Self::Password => "pwd",
            Self::EmailCode => "otp",
        }
    }
}

/// One piece of a session's evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// How it was proven.
    pub strategy: Strategy,
    /// Which identifier was proven, where there was one.
    pub identification_id: Option<IdentificationId>,
    /// When.
    pub proven_at: Timestamp,
}

/// A signed-in person on a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The session, also `sid` in ID tokens.
    pub id: SessionId,
    /// The device it lives on.
    pub device_id: DeviceId,
    /// The person.
    pub user_id: UserId,
    /// The address it began from.
    pub ip: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// The last activity, to the minute.
    pub last_active_at: Timestamp,
    /// When it ends if nothing happens until then.
    pub idle_expires_at: Timestamp,
    /// When it ends in any case.
    pub expires_at: Timestamp,
    /// What it rests on; never empty.
    pub proofs: Vec<Proof>,
}

impl Session {
    /// Whether it has not run out. One that was signed out is not read at all.
    pub(super) fn is_live(&self, now: Timestamp) -> bool {
        now < self.idle_expires_at && now < self.expires_at
    }

    /// When the person last proved who they are (`auth_time`).
    pub fn auth_time(&self) -> Timestamp {
        self.proofs
            .iter()
            .map(|proof| proof.proven_at)
            .max()
            .unwrap_or(self.created_at)
    }

    /// How they proved it: authentication method references (RFC 8176), each once, in a fixed order.
    pub fn amr(&self) -> Vec<&'static str> {
        let mut methods: Vec<&str> = self.proofs.iter().map(|proof| proof.strategy.amr()).collect();
        methods.sort_unstable();
        methods.dedup();
        methods
    }
}

/// A browser or native app, and everything on it, as it is remembered.
#[derive(Debug)]
pub(super) struct Device {
    /// The device; the wire calls it a client.
    pub(super) id: DeviceId,
    pub(super) secret: TokenHash,
    /// The session that was last chosen here.
    pub(super) last_session_id: Option<SessionId>,
    /// Those that nobody ended, the last used first; some may have run out since.
    pub(super) sessions: Vec<Session>,
}

impl Device {
    /// Its live sessions, the last chosen first.
    pub(super) fn live(&self, now: Timestamp) -> Vec<Session> {
        let live = self.sessions.iter().filter(|session| session.is_live(now));
        let mut live: Vec<Session> = live.cloned().collect();
        // stable: among the others the last used stays first
        live.sort_by_key(|session| Some(&session.id) != self.last_session_id.as_ref());
        live
    }
}

/// A device and who is signed in on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnDevice {
    /// The device.
    pub device: DeviceId,
    /// Its live sessions, the last chosen first.
    pub sessions: Vec<Session>,
}

impl OnDevice {
    /// The session that pages speak to.
    pub fn current(&self) -> Option<&Session> {
        self.sessions.first()
    }
}

/// A session about to begin, or, where the person has one on the device already, evidence about to be added to it.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Drawn; used when a session begins.
    pub id: SessionId,
    /// Drawn.
    pub proof_id: ProofId,
    /// Where.
    pub device: DeviceId,
    /// Who.
    pub user: UserId,
    /// What was proven; its time is the time of the command.
    pub proof: Proof,
    /// The address it came from.
    pub ip: Option<String>,
    /// How long it lives without activity.
    pub idle: Duration,
    /// How long it lives at most.
    pub absolute: Duration,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::rng::Rng;

    #[test]
    fn auth_time_is_the_latest_proof_and_methods_are_named_once() {
        let (rng, at) = (Rng::seeded(1), Timestamp::from_secs(100));
        let proof = |strategy, secs| Proof {
            strategy,
            identification_id: None,
            proven_at: Timestamp::from_secs(secs),
        };
        let session = Session {
            id: SessionId::draw(at, &rng),
            device_id: DeviceId::draw(at, &rng),
            user_id: UserId::draw(at, &rng),
            ip: None,
            created_at: at,
            last_active_at: at,
            idle_expires_at: at,
            expires_at: at,
            proofs: vec![
                proof(Strategy::Password, 100),
                proof(Strategy::EmailCode, 200),
                proof(Strategy::Password, 150),
            ],
        };
        assert_eq!(session.auth_time(), Timestamp::from_secs(200));
        assert_eq!(session.amr(), ["otp", "pwd"]);
    }
}
