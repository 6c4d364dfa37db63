//! The shape of an event: one fact that happened, written in the transaction of the change it speaks of.

use serde::Serialize;

use super::clock::Timestamp;
use super::id::{EventId, SecretKeyId, UserId};
use super::rng::Rng;

/// Who caused an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A person, through a page or an API of their own.
    User(UserId),
    /// A server of the operator's, by a key of the Backend API.
    SecretKey(SecretKeyId),
    /// Somebody at the command line of the machine.
    Operator,
    /// The daemon itself.
    System,
}

impl Actor {
    /// As stored: the id of a person or of a secret key, `operator` or `system`.
    pub fn as_str(&self) -> &str {
        match self {
            Self::User(id) => id.as_str(),
            Self::SecretKey(id) => id.as_str(),
            Self::Operator => "operator",
            Self::System => "system",
        }
    }
}

/// A typed fact. Implemented by each feature for the facts it produces.
pub trait Fact: Serialize {
    /// The event's name, such as `user.created`.
    const KIND: &'static str;

    /// The id of what the fact is about.
    fn subject(&self) -> &str;

    /// The person whose data the payload holds. Their key seals it, so that erasing the person destroys the key and with it
    /// every payload; a fact about nobody is sealed under the instance's own key.
    fn person(&self) -> Option<&UserId>;
}

/// A fact with its id, time, actor and the randomness that seals it, all drawn before the transaction: the closure of
/// `db.write` may run again and must then write the same event.
#[derive(Debug)]
pub struct Event {
    /// Drawn once.
    pub id: EventId,
    /// The fact's name.
    pub kind: &'static str,
    /// What it is about.
    pub subject: String,
    /// Who caused it.
    pub actor: Actor,
    /// Whose key seals the payload.
    pub person: Option<UserId>,
    /// The fact as JSON, in plain until it is written.
    pub payload: Vec<u8>,
    /// The nonce the payload is sealed with.
    pub nonce: [u8; 12],
    /// When it happened.
    pub created_at: Timestamp,
}

impl Event {
    /// Draws an event from a fact.
    ///
    /// # Errors
    /// When the fact does not serialise, which is a defect of its type.
    pub fn draw<F: Fact>(fact: &F, actor: Actor, now: Timestamp, rng: &Rng) -> Result<Self, serde_json::Error> {
        Ok(Self {
            id: EventId::draw(now, rng),
            kind: F::KIND,
            subject: fact.subject().to_owned(),
            actor,
            person: fact.person().cloned(),
            payload: serde_json::to_vec(fact)?,
            nonce: rng.bytes(),
            created_at: now,
        })
    }
}
