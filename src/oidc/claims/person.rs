//! What the claims say of a person.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::request::AskedClaims;
use super::standard::opened_by;
use crate::identity::{ProfileClaim, User};
use crate::oidc::scope::Scope;

/// Claims by name. What is not known is left out, never null (OpenID Connect Core section 5.3.2).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Claims(Map<String, Value>);

impl Claims {
    /// What userinfo tells: what the scope opens, and what was asked for by name.
    pub(in crate::oidc) fn of(user: &User, sub: &str, scope: Scope, asked: &AskedClaims) -> Self {
        let mut claims = Self::named(user, opened_by(scope).chain(asked.userinfo()));
        claims.0.insert("sub".to_owned(), sub.into());
        claims
    }

    /// What an ID token tells of a person in the code flow: what was asked for by name (OpenID Connect Core section 5.4).
    pub(in crate::oidc) fn in_id_token(user: &User, asked: &AskedClaims) -> Self {
        Self::named(user, asked.id_token())
    }

    fn named<'a>(user: &User, names: impl Iterator<Item = &'a str>) -> Self {
        let known = names.filter_map(|name| Some((name.to_owned(), value(user, name)?)));
        Self(known.collect())
    }
}

fn value(user: &User, name: &str) -> Option<Value> {
    match name {
        "name" => user.full_name().map(Value::from),
        "given_name" => user.first_name.clone().map(Value::from),
        "family_name" => user.last_name.clone().map(Value::from),
        // in seconds
        "updated_at" => Some(user.updated_at.secs().into()),
        "email" => user.email.as_ref().map(|email| email.address.clone().into()),
        "email_verified" => user.email.as_ref().map(|email| email.verified_at.is_some().into()),
        "phone_number" => user.phone.as_ref().map(|phone| phone.number.clone().into()),
        "phone_number_verified" => user.phone.as_ref().map(|phone| phone.verified_at.is_some().into()),
        "address" => user.profile.address().map(|address| json!(address)),
        _ => user.profile.get(ProfileClaim::named(name)?).map(Value::from),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::{Email, Phone, Profile};
    use crate::kernel::clock::Timestamp;
    use crate::kernel::id::{IdentificationId, UserId};
    use crate::kernel::rng::Rng;
    use crate::oidc::claims::STANDARD;

    fn somebody() -> User {
        let (rng, at) = (Rng::seeded(1), Timestamp::from_millis(1_700_000_000_999));
        User {
            id: UserId::draw(at, &rng),
            first_name: None,
            last_name: Some("Lovelace".into()),
            email: None,
            phone: None,
            profile: Profile::default(),
            operator_since: None,
            banned_at: None,
            grants_valid_after: None,
            last_sign_in_at: None,
            created_at: at,
            updated_at: at,
        }
    }

    /// With a value for every claim.
    fn ada() -> User {
        let (rng, at) = (Rng::seeded(1), Timestamp::from_secs(1));
        let mut user = somebody();
        user.first_name = Some("Ada".into());
        user.email = Some(Email {
            id: IdentificationId::draw(at, &rng),
            address: "ada@example.com".into(),
            verified_at: Some(at),
        });
        user.phone = Some(Phone {
            id: IdentificationId::draw(at, &rng),
            number: "+49301234567".into(),
            verified_at: None,
        });
        for claim in ProfileClaim::ALL {
            let value = match claim {
                ProfileClaim::Profile | ProfileClaim::Picture | ProfileClaim::Website => "https://ada.example/",
                ProfileClaim::Birthdate => "1815-12-10",
                _ => claim.as_str(),
            };
            user.profile.apply(&claim.set(value).expect("a value"));
        }
        user
    }

    fn told(user: &User, scope: &str) -> Value {
        let scope = Scope::requested(scope).expect("a scope");
        serde_json::to_value(Claims::of(user, "user_1", scope, &AskedClaims::default())).expect("JSON")
    }

    #[test]
    fn each_scope_opens_its_claims_with_their_types() {
        assert_eq!(told(&ada(), "openid offline_access"), json!({"sub": "user_1"}));
        assert_eq!(
            told(&ada(), "email phone"),
            json!({
                "sub": "user_1",
                "email": "ada@example.com",
                "email_verified": true,
                "phone_number": "+49301234567",
                "phone_number_verified": false,
            })
        );
        let address = json!({
            "formatted": "formatted",
            "street_address": "street_address",
            "locality": "locality",
            "region": "region",
            "postal_code": "postal_code",
            "country": "country",
        });
        assert_eq!(told(&ada(), "address"), json!({"sub": "user_1", "address": address}));
        assert_eq!(
            told(&ada(), "profile"),
            json!({
                "sub": "user_1",
                "name": "Ada Lovelace",
                "given_name": "Ada",
                "family_name": "Lovelace",
                "middle_name": "middle_name",
                "nickname": "nickname",
                "preferred_username": "preferred_username",
                "profile": "https://ada.example/",
                "picture": "https://ada.example/",
                "website": "https://ada.example/",
                "gender": "gender",
                "birthdate": "1815-12-10",
                "zoneinfo": "zoneinfo",
                "locale": "locale",
                "updated_at": 1_700_000_000,
            })
        );
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        assert_eq!(
            told(&somebody(), "openid profile email address phone"),
            json!({"sub": "user_1", "name": "Lovelace", "family_name": "Lovelace", "updated_at": 1_700_000_000})
        );
    }

    #[test]
    fn every_listed_claim_can_be_told() {
        for (name, _) in STANDARD {
            assert!(value(&ada(), name).is_some(), "{name}");
        }
        assert_eq!(value(&ada(), "locality"), None, "a member of the address is no claim");
    }
}
