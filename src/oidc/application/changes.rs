//! A partial change of what is registered of an application.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use super::kinds::{AccessTokenFormat, AuthMethod, GrantTypes, Profile};
use super::registration::Registration;
use super::scope_tokens::ScopeTokens;
use crate::kernel::error::{Error, Result};
use crate::keys::Algorithm;

/// What changes of a [`Registration`]: what is `None` stays as it is. What may be missing is removed by `Some(None)`, and a list takes
/// the place of the whole list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// What people are shown.
    pub name: Option<String>,
    /// The set of rules it is held to.
    pub profile: Option<Profile>,
    /// How it proves who it is.
    pub authentication: Option<AuthMethod>,
    /// What it may exchange for tokens.
    pub grant_types: Option<GrantTypes>,
    /// What it may ask for.
    pub scopes: Option<ScopeTokens>,
    /// What its access tokens look like.
    pub access_token_format: Option<AccessTokenFormat>,
    /// What its access tokens are signed with, where they are JWTs.
    pub access_token_algorithm: Option<Algorithm>,
    /// What its ID tokens are signed with.
    pub id_token_algorithm: Option<Algorithm>,
    /// Whether people are asked for their consent.
    pub consent_screen_enabled: Option<bool>,
    /// Whether it must use PKCE even where its profile does not say so.
    pub pkce_required: Option<bool>,
    /// Where people read about it.
    pub client_uri: Option<Option<String>>,
    /// Its picture.
    pub client_image_url: Option<Option<String>>,
    /// Its public keys. Given without a word on `jwks_uri`, they take its place.
    pub jwks: Option<Option<String>>,
    /// Where its public keys are. Given without a word on `jwks`, it takes their place.
    pub jwks_uri: Option<Option<String>>,
    /// Where browsers may be sent with an answer.
    pub redirect_uris: Option<Vec<String>>,
    /// Where browsers may be sent after signing out.
    pub post_logout_redirect_uris: Option<Vec<String>>,
}

impl Changes {
    /// What is registered after the change. The rules are not checked here.
    pub fn apply(self, before: Registration) -> Registration {
        let names_keys = |keys: &Option<Option<String>>| matches!(keys, Some(Some(_)));
        // the two ways to name keys exclude each other (RFC 7591 section 2)
        let (jwks, jwks_uri) = match (self.jwks, self.jwks_uri) {
            (jwks, None) if names_keys(&jwks) => (jwks, Some(None)),
            (None, jwks_uri) if names_keys(&jwks_uri) => (Some(None), jwks_uri),
            both => both,
        };
        Registration {
            name: self.name.unwrap_or(before.name),
            profile: self.profile.unwrap_or(before.profile),
            authentication: self.authentication.unwrap_or(before.authentication),
            grant_types: self.grant_types.unwrap_or(before.grant_types),
            scopes: self.scopes.unwrap_or(before.scopes),
            access_token_format: self.access_token_format.unwrap_or(before.access_token_format),
            access_token_algorithm: self.access_token_algorithm.unwrap_or(before.access_token_algorithm),
            id_token_algorithm: self.id_token_algorithm.unwrap_or(before.id_token_algorithm),
            consent_screen_enabled: self.consent_screen_enabled.unwrap_or(before.consent_screen_enabled),
            pkce_required: self.pkce_required.unwrap_or(before.pkce_required),
            client_uri: self.client_uri.unwrap_or(before.client_uri),
            client_image_url: self.client_image_url.unwrap_or(before.client_image_url),
            jwks: jwks.unwrap_or(before.jwks),
            jwks_uri: jwks_uri.unwrap_or(before.jwks_uri),
            redirect_uris: self.redirect_uris.unwrap_or(before.redirect_uris),
            post_logout_redirect_uris: self
                .post_logout_redirect_uris
                .unwrap_or(before.post_logout_redirect_uris),
        }
    }
}

/// What one field was, and what it is now.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(in crate::oidc) struct Difference {
    before: Value,
    after: Value,
}

/// The fields in which two registrations differ, by name.
///
/// # Errors
/// `Internal` when one does not serialise.
pub(super) fn differences(before: &Registration, after: &Registration) -> Result<BTreeMap<String, Difference>> {
    let fields = |of: &Registration| -> Result<Map<String, Value>> {
        match serde_json::to_value(of).map_err(Error::internal)? {
            Value::Object(fields) => Ok(fields),
            _ => Err(Error::internal("a registration is an object")),
        }
    };
    let mut before = fields(before)?;
    let differ = fields(after)?.into_iter().filter_map(|(name, after)| {
        let before = before.remove(&name).unwrap_or_default();
        (before != after).then_some((name, Difference { before, after }))
    });
    Ok(differ.collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn notes() -> Registration {
        Registration::new("Notes", vec!["https://notes.example/cb".to_owned()])
    }

    #[test]
    fn what_is_not_named_stays_and_what_differs_is_told_by_name() {
        assert_eq!(Changes::default().apply(notes()), notes());
        assert!(differences(&notes(), &notes()).expect("compares").is_empty());
        let changes = Changes {
            name: Some("Jottings".to_owned()),
            grant_types: Some("authorization_code".parse().expect("grant types")),
            client_uri: Some(Some("https://notes.example/".to_owned())),
            ..Changes::default()
        };
        let after = changes.apply(notes());
        let told = serde_json::to_value(differences(&notes(), &after).expect("compares")).expect("serialises");
        assert_eq!(
            told,
            json!({
                "name": { "before": "Notes", "after": "Jottings" },
                "grant_types": {
                    "before": ["authorization_code", "refresh_token"],
                    "after": ["authorization_code"],
                },
                "client_uri": { "before": null, "after": "https://notes.example/" },
            })
        );
        let removed = Changes {
            client_uri: Some(None),
            ..Changes::default()
        };
        assert_eq!(removed.apply(after).client_uri, None);
    }

    #[test]
    fn keys_named_one_way_take_the_place_of_the_other() {
        let (set, uri) = (Some("{}".to_owned()), Some("https://notes.example/jwks".to_owned()));
        let by_uri = Changes {
            jwks_uri: Some(uri.clone()),
            ..Changes::default()
        };
        let by_set = Changes {
            jwks: Some(set.clone()),
            ..Changes::default()
        };
        let remote = by_uri.apply(notes());
        assert_eq!((&remote.jwks, &remote.jwks_uri), (&None, &uri));
        let local = by_set.apply(remote);
        assert_eq!((&local.jwks, &local.jwks_uri), (&set, &None));
        // both at once stay, for the rules to refuse
        let both = Changes {
            jwks: Some(set.clone()),
            jwks_uri: Some(uri.clone()),
            ..Changes::default()
        };
        let both = both.apply(notes());
        assert_eq!((&both.jwks, &both.jwks_uri), (&set, &uri));
    }
}
