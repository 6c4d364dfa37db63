//! What people say of themselves beyond their name: the standard claims of OpenID Connect Core section 5.1.

use serde::{Deserialize, Serialize};
use url::Url;

/// The longest value, in characters.
const MAX_LENGTH: usize = 1000;

/// The claims that a person has. Those of the name, the email address and the phone number are kept elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Profile {
    #[serde(skip_serializing_if = "Option::is_none")]
    middle_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nickname: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    preferred_username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    website: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gender: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    birthdate: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    zoneinfo: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<String>,
    #[serde(skip_serializing_if = "Address::is_empty")]
    address: Address,
}

/// A postal address (OpenID Connect Core section 5.1.1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Address {
    #[serde(skip_serializing_if = "Option::is_none")]
    formatted: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    street_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    locality: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    postal_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<String>,
}

impl Address {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// One claim of a [`Profile`], or one part of its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfileClaim {
    /// Between the given and the family name.
    MiddleName,
    /// What friends say.
    Nickname,
    /// By which the person wants to be called at the application; not unique.
    PreferredUsername,
    /// The address of a page about the person.
    Profile,
    /// The address of a picture of the person.
    Picture,
    /// The address of the person's own page.
    Website,
    /// In the person's own word.
    Gender,
    /// As ISO 8601 writes it; the year alone, or 0000 for a year that is not told.
    Birthdate,
    /// As the IANA time zone database names it.
    Zoneinfo,
    /// A BCP 47 language tag.
    Locale,
    /// The address as it stands on a letter.
    Formatted,
    /// Street and house number.
    StreetAddress,
    /// City.
    Locality,
    /// State or province.
    Region,
    /// Postal code.
    PostalCode,
    /// Country.
    Country,
}

/// A value that a claim can't have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} can't have this value: {why}", claim.as_str())]
pub struct BadClaim {
    claim: ProfileClaim,
    why: &'static str,
}

/// A value for a claim, checked; `None` takes the claim away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimChange {
    claim: ProfileClaim,
    value: Option<String>,
}

impl ProfileClaim {
    /// All there are.
    pub const ALL: [Self; 16] = [
        Self::MiddleName,
        Self::Nickname,
        Self::PreferredUsername,
        Self::Profile,
        Self::Picture,
        Self::Website,
        Self::Gender,
        Self::Birthdate,
        Self::Zoneinfo,
        Self::Locale,
        Self::Formatted,
        Self::StreetAddress,
        Self::Locality,
        Self::Region,
        Self::PostalCode,
        Self::Country,
    ];

    /// The name of the claim, or of the member of `address`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MiddleName => "middle_name",
            Self::Nickname => "nickname",
            Self::PreferredUsername => "preferred_username",
            Self::Profile => "profile",
            Self::Picture => "picture",
            Self::Website => "website",
            Self::Gender => "gender",
            Self::Birthdate => "birthdate",
            Self::Zoneinfo => "zoneinfo",
            Self::Locale => "locale",
            Self::Formatted => "formatted",
            Self::StreetAddress => "street_address",
            Self::Locality => "locality",
            Self::Region => "region",
            Self::PostalCode => "postal_code",
            Self::Country => "country",
        }
    }

    /// The claim of the profile itself, not of its address, that has this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|claim| !claim.is_of_address() && claim.as_str() == name)
    }

    /// Whether it is a part of the address.
    pub fn is_of_address(self) -> bool {
        matches!(
            self,
            Self::Formatted | Self::StreetAddress | Self::Locality | Self::Region | Self::PostalCode | Self::Country
        )
    }

    /// A new value for the claim; an empty one takes it away.
    ///
    /// # Errors
    /// [`BadClaim`].
    pub fn set(self, value: &str) -> Result<ClaimChange, BadClaim> {
        let value = value.trim();
        let refused = |why| Err(BadClaim { claim: self, why });
        // lines are parts of an address (OpenID Connect Core section 5.1.1)
        let may_break = matches!(self, Self::Formatted | Self::StreetAddress);
        if value.chars().any(|c| c.is_control() && !(may_break && c == '\n')) {
            return refused("it has control characters");
        }
        if value.chars().count() > MAX_LENGTH {
            return refused("it is longer than 1000 characters");
        }
        let fits = match self {
            _ if value.is_empty() => true,
            Self::Profile | Self::Picture | Self::Website => is_web_address(value),
            Self::Birthdate => is_birthdate(value),
            Self::Zoneinfo => is_made_of(value, b"/_+-"),
            Self::Locale => is_made_of(value, b"_-"),
            _ => true,
        };
        if !fits {
            return refused(match self {
                Self::Birthdate => "write it as YYYY-MM-DD, as 0000-MM-DD, or as YYYY",
                Self::Zoneinfo => "name a time zone, as in Europe/Berlin",
                Self::Locale => "name a language, as in de-AT",
                _ => "it is not an http or https address",
            });
        }
        Ok(ClaimChange {
            claim: self,
            value: (!value.is_empty()).then(|| value.to_owned()),
        })
    }
}

impl ClaimChange {
    /// Which claim it changes.
    pub fn claim(&self) -> ProfileClaim {
        self.claim
    }
}

impl Profile {
    /// Applies a change.
    pub fn apply(&mut self, change: &ClaimChange) {
        let address = &mut self.address;
        let field = match change.claim {
            ProfileClaim::MiddleName => &mut self.middle_name,
            ProfileClaim::Nickname => &mut self.nickname,
            ProfileClaim::PreferredUsername => &mut self.preferred_username,
            ProfileClaim::Profile => &mut self.profile,
            ProfileClaim::Picture => &mut self.picture,
            ProfileClaim::Website => &mut self.website,
            ProfileClaim::Gender => &mut self.gender,
            ProfileClaim::Birthdate => &mut self.birthdate,
            ProfileClaim::Zoneinfo => &mut self.zoneinfo,
            ProfileClaim::Locale => &mut self.locale,
            ProfileClaim::Formatted => &mut address.formatted,
            ProfileClaim::StreetAddress => &mut address.street_address,
            ProfileClaim::Locality => &mut address.locality,
            ProfileClaim::Region => &mut address.region,
            ProfileClaim::PostalCode => &mut address.postal_code,
            ProfileClaim::Country => &mut address.country,
        };
        field.clone_from(&change.value);
    }

    /// The value of a claim.
    pub fn get(&self, claim: ProfileClaim) -> Option<&str> {
        let address = &self.address;
        let field = match claim {
            ProfileClaim::MiddleName => &self.middle_name,
            ProfileClaim::Nickname => &self.nickname,
            ProfileClaim::PreferredUsername => &self.preferred_username,
            ProfileClaim::Profile => &self.profile,
            ProfileClaim::Picture => &self.picture,
            ProfileClaim::Website => &self.website,
            ProfileClaim::Gender => &self.gender,
            ProfileClaim::Birthdate => &self.birthdate,
            ProfileClaim::Zoneinfo => &self.zoneinfo,
            ProfileClaim::Locale => &self.locale,
            ProfileClaim::Formatted => &address.formatted,
            ProfileClaim::StreetAddress => &address.street_address,
            ProfileClaim::Locality => &address.locality,
            ProfileClaim::Region => &address.region,
            ProfileClaim::PostalCode => &address.postal_code,
            ProfileClaim::Country => &address.country,
        };
        field.as_deref()
    }

    /// The postal address, where any part of it is known.
    pub fn address(&self) -> Option<&Address> {
        (!self.address.is_empty()).then_some(&self.address)
    }
}

fn is_web_address(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

fn is_made_of(text: &str, more: &[u8]) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || more.contains(&b))
}

/// OpenID Connect Core section 5.1: ISO 8601, where the year may be 0000, or the year alone.
fn is_birthdate(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let number = |part: &str, length: usize| {
        (part.len() == length && part.bytes().all(|b| b.is_ascii_digit()))
            .then(|| part.parse::<i32>().ok())
            .flatten()
    };
    match parts[..] {
        [year] => number(year, 4).is_some_and(|year| year > 0),
        [year, month, day] => match (number(year, 4), number(month, 2), number(day, 2)) {
            (Some(year), Some(month), Some(day)) => {
                // a year that is not told may have been a leap year
                let year = if year == 0 { 4 } else { year };
                (1..=12).contains(&month) && (1..=days_of(year, month)).contains(&day)
            }
            _ => false,
        },
        _ => false,
    }
}

fn days_of(year: i32, month: i32) -> i32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn with(changes: &[(ProfileClaim, &str)]) -> Profile {
        let mut profile = Profile::default();
        for (claim, value) in changes {
            profile.apply(&claim.set(value).expect("a value"));
        }
        profile
    }

    #[test]
    fn it_is_kept_by_the_names_of_the_standard() {
        let profile = with(&[
            (ProfileClaim::Nickname, " Ada "),
            (ProfileClaim::Birthdate, "1815-12-10"),
            (ProfileClaim::Locality, "London"),
        ]);
        let json = serde_json::to_value(&profile).expect("JSON");
        assert_eq!(
            json,
            json!({"nickname": "Ada", "birthdate": "1815-12-10", "address": {"locality": "London"}})
        );
        assert_eq!(serde_json::from_value::<Profile>(json).expect("a profile"), profile);
        assert_eq!(serde_json::to_value(with(&[])).expect("JSON"), json!({}));
    }

    #[test]
    fn an_empty_value_takes_a_claim_away() {
        let mut profile = with(&[(ProfileClaim::Nickname, "Ada"), (ProfileClaim::Country, "UK")]);
        for claim in [ProfileClaim::Nickname, ProfileClaim::Country] {
            profile.apply(&claim.set("").expect("nothing"));
        }
        assert_eq!(profile, Profile::default());
        assert!(profile.address().is_none());
    }

    #[test]
    fn every_claim_keeps_a_value_of_its_own() {
        let mut profile = Profile::default();
        for claim in ProfileClaim::ALL {
            let value = match claim {
                ProfileClaim::Profile | ProfileClaim::Picture | ProfileClaim::Website => "https://ada.example/",
                ProfileClaim::Birthdate => "1815",
                _ => claim.as_str(),
            };
            profile.apply(&claim.set(value).expect("a value"));
            assert_eq!(profile.get(claim), Some(value));
            assert_eq!(ProfileClaim::named(claim.as_str()).is_some(), !claim.is_of_address());
        }
    }

    #[test]
    fn values_have_the_form_that_the_standard_gives_them() {
        use ProfileClaim::{Birthdate, Formatted, Locale, Nickname, Picture, Website, Zoneinfo};
        let long = "x".repeat(1001);
        for (claim, bad) in [
            (Birthdate, "10.12.1815"),
            (Birthdate, "1815-02-29"),
            (Birthdate, "1815-13-01"),
            (Birthdate, "0000"),
            (Birthdate, "1815-12"),
            (Website, "javascript:alert(1)"),
            (Picture, "/me.png"),
            (Zoneinfo, "Europe Berlin"),
            (Locale, "de, en"),
            (Nickname, "a\nb"),
            (Nickname, long.as_str()),
        ] {
            assert!(claim.set(bad).is_err(), "{claim:?} {bad}");
        }
        for (claim, good) in [
            (Birthdate, "1816-02-29"),
            (Birthdate, "0000-02-29"),
            (Birthdate, "1815"),
            (Zoneinfo, "Etc/GMT+1"),
            (Locale, "en-US"),
            (Formatted, "12 St James's Square\nLondon"),
        ] {
            assert!(claim.set(good).is_ok(), "{claim:?} {good}");
        }
    }
}
