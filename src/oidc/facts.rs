//! The events of this room.

use std::collections::BTreeMap;

use serde::Serialize;

use super::application::Difference;
use super::scope::Scope;
use crate::kernel::clock::Timestamp;
use crate::kernel::event::Fact;
use crate::kernel::id::{ApplicationId, ApplicationSecretId, GrantId, SessionId, UserId};

/// An application was registered.
#[derive(Serialize)]
pub(super) struct ApplicationCreated<'a> {
    pub(super) id: &'a ApplicationId,
    pub(super) client_id: &'a str,
    pub(super) name: &'a str,
    pub(super) public: bool,
    pub(super) redirect_uris: &'a [String],
}

impl Fact for ApplicationCreated<'_> {
    const KIND: &'static str = "application.created";

    fn subject(&self) -> &str {
        self.id.as_str()
    }

    fn person(&self) -> Option<&UserId> {
        None
    }
}

/// What is registered of an application changed.
#[derive(Serialize)]
pub(super) struct ApplicationUpdated<'a> {
    pub(super) id: &'a ApplicationId,
    pub(super) client_id: &'a str,
    /// By the name of the field.
    pub(super) changed: BTreeMap<String, Difference>,
}

impl Fact for ApplicationUpdated<'_> {
    const KIND: &'static str = "application.updated";

    fn subject(&self) -> &str {
        self.id.as_str()
    }

    fn person(&self) -> Option<&UserId> {
        None
    }
}

/// An application got a client secret beside those it has.
#[derive(Serialize)]
pub(super) struct ApplicationSecretAdded<'a> {
    pub(super) id: &'a ApplicationId,
    pub(super) client_id: &'a str,
    pub(super) secret_id: &'a ApplicationSecretId,
}

impl Fact for ApplicationSecretAdded<'_> {
    const KIND: &'static str = "application.secret_added";

    fn subject(&self) -> &str {
        self.id.as_str()
    }

    fn person(&self) -> Option<&UserId> {
        None
    }
}

/// An application got a client secret in the place of those it has.
#[derive(Serialize)]
pub(super) struct ApplicationSecretRotated<'a> {
    pub(super) id: &'a ApplicationId,
    pub(super) client_id: &'a str,
    pub(super) secret_id: &'a ApplicationSecretId,
    pub(super) others_end_at: Timestamp,
}

impl Fact for ApplicationSecretRotated<'_> {
    const KIND: &'static str = "application.secret_rotated";

    fn subject(&self) -> &str {
        self.id.as_str()
    }

    fn person(&self) -> Option<&UserId> {
        None
    }
}

/// An application lost a client secret before its time.
#[derive(Serialize)]
pub(super) struct ApplicationSecretRevoked<'a> {
    pub(super) id: &'a ApplicationId,
    pub(super) client_id: &'a str,
    pub(super) secret_id: &'a ApplicationSecretId,
}

impl Fact for ApplicationSecretRevoked<'_> {
    const KIND: &'static str = "application.secret_revoked";

    fn subject(&self) -> &str {
        self.id.as_str()
    }

    fn person(&self) -> Option<&UserId> {
        None
    }
}

/// An application was deleted, and with it everything that was granted to it.
#[derive(Serialize)]
pub(super) struct ApplicationDeleted<'a> {
    pub(super) id: &'a ApplicationId,
    pub(super) client_id: &'a str,
}

impl Fact for ApplicationDeleted<'_> {
    const KIND: &'static str = "application.deleted";

    fn subject(&self) -> &str {
        self.id.as_str()
    }

    fn person(&self) -> Option<&UserId> {
        None
    }
}

/// A person let an application sign them in.
#[derive(Serialize)]
pub(super) struct GrantCreated<'a> {
    pub(super) id: &'a GrantId,
    pub(super) application_id: &'a ApplicationId,
    pub(super) user_id: &'a UserId,
    pub(super) session_id: &'a SessionId,
    pub(super) scope: Scope,
}

impl Fact for GrantCreated<'_> {
    const KIND: &'static str = "grant.created";

    fn subject(&self) -> &str {
        self.id.as_str()
    }

    fn person(&self) -> Option<&UserId> {
        Some(self.user_id)
    }
}

/// A grant ended before its time, and every token of it.
#[derive(Serialize)]
pub(super) struct GrantRevoked<'a> {
    pub(super) id: &'a GrantId,
    pub(super) user_id: &'a UserId,
    pub(super) reason: &'static str,
}

impl Fact for GrantRevoked<'_> {
    const KIND: &'static str = "grant.revoked";

    fn subject(&self) -> &str {
        self.id.as_str()
    }

    fn person(&self) -> Option<&UserId> {
        Some(self.user_id)
    }
}
