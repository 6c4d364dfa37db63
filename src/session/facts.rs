//! The events of this room.

use serde::Serialize;

use crate::kernel::event::Fact;
use crate::kernel::id::{DeviceId, SessionId, UserId};

/// A person signed in.
#[derive(Serialize)]
pub struct SessionCreated<'a> {
    /// The session.
    pub id: &'a SessionId,
    /// The person.
    pub user_id: &'a UserId,
    /// The device; the wire calls it a client.
    pub client_id: &'a DeviceId,
}

impl Fact for SessionCreated<'_> {
    const KIND: &'static str = "session.created";

    fn subject(&self) -> &str {
        self.id.as_str()
    }

    fn person(&self) -> Option<&UserId> {
        Some(self.user_id)
    }
}

/// A session ended before its time: the person signed out, or got a new password.
#[derive(Serialize)]
pub struct SessionEnded<'a> {
    /// The session.
    pub id: &'a SessionId,
    /// The person.
    pub user_id: &'a UserId,
    /// The device; the wire calls it a client.
    pub client_id: &'a DeviceId,
}

impl Fact for SessionEnded<'_> {
    const KIND: &'static str = "session.ended";

    fn subject(&self) -> &str {
        self.id.as_str()
    }

    fn person(&self) -> Option<&UserId> {
        Some(self.user_id)
    }
}
