//! The parameter `claims` (OpenID Connect Core section 5.5): claims that are asked for one by one.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::acr::Acr;
use super::standard::known;
use crate::kernel::error::{Error, Result};
use crate::oidc::error::{ErrorCode, OAuthError};
use crate::oidc::scope::Scope;

/// What the parameter asks for, as far as it is known here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimsRequest {
    /// What is to be told.
    pub asked: AskedClaims,
    /// The one person whom the answer may be about, by `sub`.
    pub sub: Option<String>,
}

/// Names of standard claims, for each place where they can be told. This is what is kept with the grant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AskedClaims {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    userinfo: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    id_token: Vec<String>,
}

impl AskedClaims {
    /// What was stored with a grant; what another build wrote and this one can't read is worth nothing here.
    pub fn from_stored(stored: Option<&str>) -> Self {
        stored
            .and_then(|json| serde_json::from_str(json).ok())
            .unwrap_or_default()
    }

    /// As it is stored with a grant; `None` where nothing was asked for.
    ///
    /// # Errors
    /// `Internal` when it does not serialise.
    pub fn to_stored(&self) -> Result<Option<String>> {
        if self.is_empty() {
            return Ok(None);
        }
        serde_json::to_string(self).map(Some).map_err(Error::internal)
    }

    /// Whether nothing is asked for.
    fn is_empty(&self) -> bool {
        self.userinfo.is_empty() && self.id_token.is_empty()
    }

    /// Whether ID tokens are to tell anything.
    pub fn has_id_token(&self) -> bool {
        !self.id_token.is_empty()
    }

    /// What of it an application may have that may have so much at most.
    #[must_use]
    pub fn within(mut self, scope: Scope) -> Self {
        let may_have = |name: &String| known(name).is_some_and(|(_, value)| scope.has(value));
        self.userinfo.retain(may_have);
        self.id_token.retain(may_have);
        self
    }

    /// What userinfo is to tell besides what the scope opens.
    pub(super) fn userinfo(&self) -> impl Iterator<Item = &str> {
        self.userinfo.iter().map(String::as_str)
    }

    /// What ID tokens are to tell.
    pub(super) fn id_token(&self) -> impl Iterator<Item = &str> {
        self.id_token.iter().map(String::as_str)
    }

    /// The scope values that open what is asked for: so much the person has to allow.
    pub fn scope(&self) -> Scope {
        self.userinfo()
            .chain(self.id_token())
            .filter_map(known)
            .fold(Scope::EMPTY, |scope, (_, value)| scope.with(value))
    }
}

impl ClaimsRequest {
    /// Reads the parameter. Claims that we do not know are ignored, and so is whether the others are essential: what is not known of
    /// a person is never an error (OpenID Connect Core section 5.5.1).
    ///
    /// # Errors
    /// `invalid_request` where it is not what section 5.5 describes; `unmet_authentication_requirements` where `acr` is essential
    /// with values that nobody can reach here (OpenID Connect Core Error Code unmet_authentication_requirements 1.0).
    pub fn parse(text: &str) -> Result<Self, OAuthError> {
        let json: Value = serde_json::from_str(text).map_err(|_| malformed("it is not JSON"))?;
        let Value::Object(members) = json else {
            return Err(malformed("it is not a JSON object"));
        };
        let userinfo = wanted(&members, "userinfo")?;
        let id_token = wanted(&members, "id_token")?;
        let mut sub = None;
        for (name, wanted) in userinfo.iter().chain(&id_token) {
            match *name {
                "sub" => sub = merge_sub(sub, wanted)?,
                "acr" => wanted.check_acr()?,
                _ => {}
            }
        }
        let names = |claims: &[(&str, Wanted<'_>)]| {
            let names = claims.iter().filter_map(|(name, _)| known(name));
            names.map(|(name, _)| name.to_owned()).collect()
        };
        Ok(Self {
            asked: AskedClaims {
                userinfo: names(&userinfo),
                id_token: names(&id_token),
            },
            sub,
        })
    }
}

/// How a claim is asked for (OpenID Connect Core section 5.5.1).
#[derive(Default)]
struct Wanted<'a> {
    essential: bool,
    /// None where any value will do.
    values: Option<Vec<&'a Value>>,
}

impl<'a> Wanted<'a> {
    fn parse(json: &'a Value) -> Result<Self, OAuthError> {
        let members = match json {
            Value::Null => return Ok(Self::default()),
            Value::Object(members) => members,
            _ => return Err(malformed("a claim is asked for by null or by an object")),
        };
        let essential = match members.get("essential") {
            None => false,
            Some(Value::Bool(essential)) => *essential,
            Some(_) => return Err(malformed("essential is not true or false")),
        };
        let values = match (members.get("value"), members.get("values")) {
            (Some(_), Some(_)) => return Err(malformed("a claim has both value and values")),
            (Some(value), None) => Some(vec![value]),
            (None, Some(Value::Array(values))) => Some(values.iter().collect()),
            (None, Some(_)) => return Err(malformed("values is not a list")),
            (None, None) => None,
        };
        Ok(Self { essential, values })
    }

    /// OpenID Connect Core section 5.5.1.1.
    fn check_acr(&self) -> Result<(), OAuthError> {
        let can_be_met = |values: &Vec<&Value>| {
            let mut names = values.iter().filter_map(|value| value.as_str());
            names.any(|name| Acr::SUPPORTED.contains(&name))
        };
        if self.essential && !self.values.as_ref().is_none_or(can_be_met) {
            return Err(OAuthError::new(
                ErrorCode::UnmetAuthenticationRequirements,
                "no acr that the request calls essential can be reached here",
            ));
        }
        Ok(())
    }
}

/// The claims of one place.
fn wanted<'a>(members: &'a Map<String, Value>, place: &str) -> Result<Vec<(&'a str, Wanted<'a>)>, OAuthError> {
    match members.get(place) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Object(claims)) => claims
            .iter()
            .map(|(name, json)| Ok((name.as_str(), Wanted::parse(json)?)))
            .collect(),
        Some(_) => Err(malformed("userinfo and id_token are objects")),
    }
}

/// The one `sub` that is asked for.
fn merge_sub(earlier: Option<String>, wanted: &Wanted<'_>) -> Result<Option<String>, OAuthError> {
    let sub = match wanted.values.as_deref() {
        None => return Ok(earlier),
        Some([Value::String(sub)]) => sub,
        Some(_) => return Err(malformed("sub is asked for with anything but one string")),
    };
    // it is looked up, and no database takes all of these
    if sub.chars().any(char::is_control) {
        return Err(malformed("sub has control characters"));
    }
    match earlier {
        Some(earlier) if earlier != *sub => Err(malformed("sub is asked for with two values")),
        _ => Ok(Some(sub.clone())),
    }
}

fn malformed(why: &'static str) -> OAuthError {
    OAuthError::invalid_request(format!("the parameter claims is malformed: {why}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn parse(json: &Value) -> Result<ClaimsRequest, ErrorCode> {
        ClaimsRequest::parse(&json.to_string()).map_err(|error| error.code())
    }

    #[test]
    fn known_names_are_kept_for_their_place_and_others_are_ignored() {
        let request = parse(&json!({
            "userinfo": {
                "given_name": {"essential": true},
                "nickname": null,
                "http://example.info/claims/groups": null,
                "email": {"value": "ada@example.com", "purpose": "none"},
            },
            "id_token": {"auth_time": {"essential": true}, "phone_number": {"values": ["+49301234567"]}},
            "other": 1,
        }))
        .expect("a request");
        let mut names: Vec<&str> = request.asked.userinfo().collect();
        names.sort_unstable();
        assert_eq!(names, ["email", "given_name", "nickname"]);
        assert_eq!(request.asked.id_token().collect::<Vec<_>>(), ["phone_number"]);
        assert_eq!(request.asked.scope().to_string(), "profile email phone");
        assert_eq!(request.sub, None);
    }

    #[test]
    fn it_is_stored_when_there_is_something_to_store() {
        assert_eq!(
            parse(&json!({})).expect("nothing").asked.to_stored().expect("JSON"),
            None
        );
        let asked = parse(&json!({"id_token": {"email": null}})).expect("a request").asked;
        let stored = asked.to_stored().expect("JSON");
        assert_eq!(stored.as_deref(), Some(r#"{"id_token":["email"]}"#));
        assert_eq!(AskedClaims::from_stored(stored.as_deref()), asked);
        assert!(AskedClaims::from_stored(None).is_empty());
    }

    #[test]
    fn what_is_malformed_is_refused() {
        for bad in [
            json!([]),
            json!("userinfo"),
            json!({"userinfo": []}),
            json!({"userinfo": {"name": true}}),
            json!({"id_token": {"name": {"essential": "yes"}}}),
            json!({"id_token": {"acr": {"values": "aal1"}}}),
            json!({"id_token": {"acr": {"value": "aal1", "values": ["aal1"]}}}),
            json!({"id_token": {"sub": {"value": 1}}}),
            json!({"id_token": {"sub": {"values": ["a", "b"]}}}),
            json!({"id_token": {"sub": {"value": "user_\0"}}}),
            json!({"userinfo": {"sub": {"values": ["a\nb"]}}}),
            json!({"id_token": {"sub": {"value": "a"}}, "userinfo": {"sub": {"value": "b"}}}),
        ] {
            assert_eq!(parse(&bad), Err(ErrorCode::InvalidRequest), "{bad}");
        }
        assert!(ClaimsRequest::parse("{").is_err());
    }

    #[test]
    fn a_sub_names_the_person() {
        let asked = parse(&json!({"id_token": {"sub": {"value": "user_1"}}})).expect("a request");
        assert_eq!(asked.sub.as_deref(), Some("user_1"));
        assert!(asked.asked.is_empty());
        assert_eq!(
            parse(&json!({"id_token": {"sub": {"essential": true}}}))
                .expect("any")
                .sub,
            None
        );
    }

    #[test]
    fn an_essential_acr_has_to_be_reachable() {
        let acr = |wanted: Value| parse(&json!({"id_token": {"acr": wanted}})).map(drop);
        let unmet = Err(ErrorCode::UnmetAuthenticationRequirements);
        assert_eq!(acr(json!({"essential": true, "values": ["aal3", "aal2"]})), unmet);
        assert_eq!(
            acr(json!({"essential": true, "value": "urn:mace:incommon:iap:silver"})),
            unmet
        );
        assert_eq!(acr(json!({"essential": true, "values": ["aal2", "aal1"]})), Ok(()));
        assert_eq!(acr(json!({"essential": true})), Ok(()));
        assert_eq!(acr(json!({"values": ["aal3"]})), Ok(()), "a wish");
        assert_eq!(acr(Value::Null), Ok(()));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in r#"[{}\[\]":,a-z ]{0,60}"#) {
            let _ = ClaimsRequest::parse(&text);
        }
    }
}
