//! What a body says of an application.

use crate::oidc::application::{AuthMethod, Changes, Profile, ScopeTokens};
use crate::platform::http::{ApiError, JsonFields};

/// Reads what may be given of an application, new or not; `is_public` says what it is before.
///
/// # Errors
/// 422 with the name of the field that is unknown, of another type, or contradicts another.
pub(super) fn changes(mut body: JsonFields, is_public: bool) -> Result<Changes, ApiError> {
    let pkce_required = body.flag("pkce_required")?;
    let profile = profile(&mut body, pkce_required)?;
    let changes = Changes {
        name: body.text("name")?,
        redirect_uris: redirect_uris(&mut body)?,
        scopes: scopes(&mut body)?,
        consent_screen_enabled: body.flag("consent_screen_enabled")?,
        profile,
        pkce_required,
        authentication: match body.flag("public")? {
            Some(true) => Some(AuthMethod::None),
            Some(false) if is_public => Some(AuthMethod::ClientSecret),
            _ => None,
        },
        ..Changes::default()
    };
    body.finish()?;
    Ok(changes)
}

/// The profile by name, or the one that goes with a refusal of PKCE: OAuth 2.1 is never without it. That PKCE is required says
/// nothing of the profile, for both may.
fn profile(body: &mut JsonFields, pkce_required: Option<bool>) -> Result<Option<Profile>, ApiError> {
    let refused = |why: String| ApiError::param("form_param_value_invalid", "profile", why);
    let named = body.text("profile")?.map(|name| name.parse());
    let named = named.transpose().map_err(|why| refused(format!("profile is {why}")))?;
    match (named, pkce_required) {
        (Some(Profile::OAuth21), Some(false)) => Err(refused(
            "the profile oauth2.1 requires PKCE, so pkce_required can't be false".to_owned(),
        )),
        (None, Some(false)) => Ok(Some(Profile::OidcCore)),
        (named, _) => Ok(named),
    }
}

/// `callback_url` is an older name for the only one of `redirect_uris`.
fn redirect_uris(body: &mut JsonFields) -> Result<Option<Vec<String>>, ApiError> {
    match (body.texts("redirect_uris")?, body.text("callback_url")?) {
        (Some(_), Some(_)) => Err(ApiError::param(
            "form_param_value_invalid",
            "callback_url",
            "give redirect_uris or callback_url, not both",
        )),
        (None, Some(one)) => Ok(Some(vec![one])),
        (uris, None) => Ok(uris),
    }
}

fn scopes(body: &mut JsonFields) -> Result<Option<ScopeTokens>, ApiError> {
    let Some(text) = body.text("scopes")? else {
        return Ok(None);
    };
    ScopeTokens::parse(&text)
        .map(Some)
        .map_err(|why| ApiError::param("form_param_format_invalid", "scopes", format!("scopes {why}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str, is_public: bool) -> Result<Changes, ApiError> {
        changes(JsonFields::parse(body.as_bytes()).expect("an object"), is_public)
    }

    #[test]
    fn whether_it_is_public_changes_how_it_authenticates_only_where_it_was_not_so() {
        let authentication = |body, is_public| read(body, is_public).expect("reads").authentication;
        assert_eq!(authentication("{}", false), None);
        assert_eq!(
            authentication(r#"{"public":false}"#, false),
            None,
            "it keeps its method"
        );
        assert_eq!(
            authentication(r#"{"public":false}"#, true),
            Some(AuthMethod::ClientSecret)
        );
        assert_eq!(authentication(r#"{"public":true}"#, false), Some(AuthMethod::None));
    }

    #[test]
    fn without_pkce_it_is_held_to_the_rules_of_openid_connect_core() {
        let profile = |body| read(body, false).expect("reads").profile;
        assert_eq!(profile(r#"{"pkce_required":false}"#), Some(Profile::OidcCore));
        assert_eq!(profile(r#"{"pkce_required":true}"#), None);
        assert_eq!(profile("{}"), None);
        assert_eq!(
            profile(r#"{"pkce_required":true,"profile":"oauth2.1"}"#),
            Some(Profile::OAuth21)
        );
        assert_eq!(profile(r#"{"profile":"oidc-core"}"#), Some(Profile::OidcCore));
        for bad in [
            r#"{"profile":"oauth2.0"}"#,
            r#"{"profile":true}"#,
            r#"{"pkce_required":false,"profile":"oauth2.1"}"#,
        ] {
            assert!(read(bad, false).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_older_name_stands_for_the_only_address_and_not_beside_the_new_one() {
        let changes = read(r#"{"callback_url":"https://a.example/cb"}"#, false).expect("reads");
        assert_eq!(changes.redirect_uris, Some(vec!["https://a.example/cb".to_owned()]));
        assert!(read(r#"{"callback_url":"https://a.example/cb","redirect_uris":[]}"#, false).is_err());
        assert!(read(r#"{"scopes":"a\"b"}"#, false).is_err());
        assert!(read(r#"{"colour":"red"}"#, false).is_err());
    }
}
