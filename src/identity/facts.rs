//! The events of this room.

use serde::Serialize;

use super::email::EmailAddress;
use super::model::PersonName;
use crate::kernel::event::Fact;
use crate::kernel::id::UserId;

/// A person was created.
#[derive(Serialize)]
pub struct UserCreated<'a> {
    /// The person.
    pub id: &'a UserId,
    /// The verified address.
    pub email_address: &'a str,
    /// The name.
    pub name: &'a PersonName,
}

impl<'a> UserCreated<'a> {
    /// The fact about a new person.
    pub fn new(id: &'a UserId, email: &'a EmailAddress, name: &'a PersonName) -> Self {
        Self {
            id,
            email_address: email.address(),
            name,
        }
    }
}

impl Fact for UserCreated<'_> {
    const KIND: &'static str = "user.created";

    fn subject(&self) -> &str {
        self.id.as_str()
    }

    fn person(&self) -> Option<&UserId> {
        Some(self.id)
    }
}

/// A person's name, role, ban, claims, phone number or password changed.
#[derive(Serialize)]
pub struct UserUpdated<'a> {
    /// The person.
    pub id: &'a UserId,
    /// The name it is now, when it changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a PersonName>,
    /// Whether the person operates the instance, when that changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator: Option<bool>,
    /// Whether the person is kept out, when that changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub banned: Option<bool>,
    /// Whether the password was set anew.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub password: bool,
    /// The names of the claims that changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claims: Option<&'a [&'a str]>,
    /// The primary phone number it is now, when it changed; empty when there is none any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<&'a str>,
}

impl<'a> UserUpdated<'a> {
    /// That something of this person changed, to be filled in.
    pub fn of(id: &'a UserId) -> Self {
        Self {
            id,
            name: None,
            operator: None,
            banned: None,
            password: false,
            claims: None,
            phone_number: None,
        }
    }
}

impl Fact for UserUpdated<'_> {
    const KIND: &'static str = "user.updated";

    fn subject(&self) -> &str {
        self.id.as_str()
    }

    fn person(&self) -> Option<&UserId> {
        Some(self.id)
    }
}
