//! The events of this room.

use serde::Serialize;

use crate::kernel::event::Fact;
use crate::kernel::id::{SecretKeyId, UserId};

/// A secret key was made.
#[derive(Serialize)]
pub(super) struct SecretKeyCreated<'a> {
    pub(super) id: &'a SecretKeyId,
    pub(super) name: &'a str,
}

impl Fact for SecretKeyCreated<'_> {
    const KIND: &'static str = "secret_key.created";

    fn subject(&self) -> &str {
        self.id.as_str()
    }

    fn person(&self) -> Option<&UserId> {
        None
    }
}

/// A secret key was revoked.
#[derive(Serialize)]
pub(super) struct SecretKeyRevoked<'a> {
    pub(super) id: &'a SecretKeyId,
    pub(super) name: &'a str,
}

impl Fact for SecretKeyRevoked<'_> {
    const KIND: &'static str = "secret_key.revoked";

    fn subject(&self) -> &str {
        self.id.as_str()
    }

    fn person(&self) -> Option<&UserId> {
        None
    }
}
