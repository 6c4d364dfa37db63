//! People, as the other rooms see them.

use crate::kernel::clock::Timestamp;
use crate::kernel::id::{IdentificationId, UserId};
use crate::platform::db::PersonKey;

use super::email::EmailAddress;
use super::password::PasswordHash;
use super::profile::Profile;

/// A person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Never reused.
    pub id: UserId,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// The primary address.
    pub email: Option<Email>,
    /// The primary phone number.
    pub phone: Option<Phone>,
    /// What the person says of themselves beyond that.
    pub profile: Profile,
    /// Since when this person operates the instance.
    pub operator_since: Option<Timestamp>,
    /// Since when this person may not sign in.
    pub banned_at: Option<Timestamp>,
    /// What this person granted before then is worth nothing.
    pub grants_valid_after: Option<Timestamp>,
    /// The last sign-in.
    pub last_sign_in_at: Option<Timestamp>,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When anything of it last changed.
    pub updated_at: Timestamp,
}

impl User {
    /// The primary address, as typed.
    pub fn address(&self) -> Option<&str> {
        self.email.as_ref().map(|email| email.address.as_str())
    }

    /// Given and family name, as far as there are any.
    pub fn full_name(&self) -> Option<String> {
        let parts: Vec<&str> = [&self.first_name, &self.last_name]
            .into_iter()
            .filter_map(|part| part.as_deref())
            .collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }
}

/// An email address of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email {
    /// The identification.
    pub id: IdentificationId,
    /// As typed.
    pub address: String,
    /// When the person proved to receive mail there.
    pub verified_at: Option<Timestamp>,
}

/// A phone number of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone {
    /// The identification.
    pub id: IdentificationId,
    /// As E.164 writes it.
    pub number: String,
    /// When it was proven, or vouched for, that it is the person's.
    pub verified_at: Option<Timestamp>,
}

/// Names as a person types them.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PersonName {
    /// Given name.
    pub first: Option<String>,
    /// Family name.
    pub last: Option<String>,
}

/// A name that can't be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a name has at most 100 characters, none of them a control character")]
pub struct BadName;

impl PersonName {
    /// The most characters in each part.
    pub const MAX_LENGTH: usize = 100;

    /// Cleans what was typed: blanks around it are dropped, nothing is `None`.
    ///
    /// # Errors
    /// [`BadName`].
    pub fn parse(first: Option<&str>, last: Option<&str>) -> Result<Self, BadName> {
        let clean = |part: Option<&str>| -> Result<Option<String>, BadName> {
            let part = part.map_or("", str::trim);
            if part.chars().count() > Self::MAX_LENGTH || part.chars().any(is_forbidden) {
                return Err(BadName);
            }
            Ok((!part.is_empty()).then(|| part.to_owned()))
        };
        Ok(Self {
            first: clean(first)?,
            last: clean(last)?,
        })
    }
}

/// Control characters, and the marks that turn the direction of the text around them (a name is shown beside other people's).
fn is_forbidden(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// A person about to be created, everything drawn. The address has been verified.
#[derive(Debug)]
pub struct NewUser {
    /// Drawn.
    pub id: UserId,
    /// Drawn.
    pub email_id: IdentificationId,
    /// The name.
    pub name: PersonName,
    /// The verified address.
    pub email: EmailAddress,
    /// The hash, when the person has a password.
    pub password_hash: Option<PasswordHash>,
    /// The key that seals what is recorded about the person.
    pub key: PersonKey,
    /// When.
    pub created_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_bounded() {
        let name = PersonName::parse(Some("  Ada "), Some("")).expect("a name");
        assert_eq!((name.first.as_deref(), name.last), (Some("Ada"), None));
        assert_eq!(PersonName::parse(Some(&"x".repeat(101)), None), Err(BadName));
        assert_eq!(PersonName::parse(Some("a\nb"), None), Err(BadName));
        assert_eq!(PersonName::parse(Some("a\u{202e}b"), None), Err(BadName));
    }
}
