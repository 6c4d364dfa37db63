//! The checks of an authorization request, each one rule.

use super::params::RequestParams;
use crate::oidc::application::Application;
use crate::oidc::claims::ClaimsRequest;
use crate::oidc::error::{ErrorCode, OAuthError};
use crate::oidc::pkce::{self, CodeChallenge};
use crate::oidc::scope::Scope;
use crate::platform::i18n::Lang;

/// The width of the column.
const MAX_NONCE: usize = 2048;

/// The state is opaque and comes back as it is; but there is one (RFC 6749 section 3.1).
pub(super) fn check_state(params: &RequestParams) -> Result<(), OAuthError> {
    params.get("state").map(|_| ())
}

/// Request objects and inline registration are refused by the errors made for it, never ignored: what they say would override
/// what stands beside them (OpenID Connect Core sections 3.1.2.6, 6 and 7.2.1).
pub(super) fn check_no_request_object(params: &RequestParams) -> Result<(), OAuthError> {
    let refused = [
        ("request", ErrorCode::RequestNotSupported),
        ("request_uri", ErrorCode::RequestUriNotSupported),
        ("registration", ErrorCode::RegistrationNotSupported),
    ];
    for (name, code) in refused {
        if params.get(name)?.is_some() {
            return Err(OAuthError::new(code, format!("the parameter {name} is not supported")));
        }
    }
    Ok(())
}

/// The authorization code flow alone (RFC 6749 section 3.1.1; RFC 9700 section 2.1.2 discourages the others).
pub(super) fn check_response_type(params: &RequestParams) -> Result<(), OAuthError> {
    match params.get("response_type")? {
        Some("code") => Ok(()),
        Some(_) => Err(OAuthError::new(
            ErrorCode::UnsupportedResponseType,
            "the only response_type is code",
        )),
        None => Err(OAuthError::invalid_request("response_type is missing")),
    }
}

/// At least one value that we know and the application is registered for; others are left out (RFC 6749 section 3.3).
pub(super) fn check_scope(params: &RequestParams, application: &Application) -> Result<Scope, OAuthError> {
    let refused = |why| OAuthError::new(ErrorCode::InvalidScope, why);
    let text = params.get("scope")?.ok_or_else(|| refused("scope is missing"))?;
    let scope = Scope::requested(text).map_err(|_| refused("scope is malformed"))?;
    let scope = scope.intersection(application.scope());
    if scope.is_empty() {
        return Err(refused(
            "scope has no value that is known here and registered for this client",
        ));
    }
    Ok(scope)
}

/// Opaque, but it is stored (OpenID Connect Core section 3.1.2.1).
pub(super) fn check_nonce(params: &RequestParams) -> Result<Option<String>, OAuthError> {
    let nonce = params.get("nonce")?;
    if nonce.is_some_and(|nonce| nonce.chars().count() > MAX_NONCE) {
        return Err(OAuthError::invalid_request("nonce is longer than 2048 characters"));
    }
    Ok(nonce.map(str::to_owned))
}

/// Checked whenever it is sent; demanded as the application's profile says.
pub(super) fn check_pkce(
    params: &RequestParams,
    application: &Application,
) -> Result<Option<CodeChallenge>, OAuthError> {
    let challenge = params.get("code_challenge")?;
    let method = params.get("code_challenge_method")?;
    let Some(challenge) = challenge else {
        if method.is_some() {
            return Err(OAuthError::invalid_request(
                "code_challenge_method is given without code_challenge",
            ));
        }
        if application.must_use_pkce() {
            return Err(OAuthError::invalid_request(
                "code_challenge is missing: this client uses PKCE with S256",
            ));
        }
        return Ok(None);
    };
    // without a method it would be plain (RFC 7636 section 4.3)
    if method != Some(pkce::METHOD) {
        return Err(OAuthError::invalid_request("the only code_challenge_method is S256"));
    }
    CodeChallenge::parse(challenge)
        .map(Some)
        .ok_or_else(|| OAuthError::invalid_request("code_challenge is not the base64url of a SHA-256"))
}

/// OpenID Connect Core section 5.5.
pub(super) fn check_claims(params: &RequestParams) -> Result<ClaimsRequest, OAuthError> {
    params
        .get("claims")?
        .map_or_else(|| Ok(ClaimsRequest::default()), ClaimsRequest::parse)
}

/// The language of our pages: the first that is wanted and that we speak (OpenID Connect Core section 3.1.2.1).
pub(super) fn check_ui_locales(params: &RequestParams) -> Result<Option<Lang>, OAuthError> {
    let locales = params.get("ui_locales")?;
    Ok(locales.and_then(|locales| Lang::from_tags(locales.split(' '))))
}

/// Whole seconds (OpenID Connect Core section 3.1.2.1).
pub(super) fn check_max_age(params: &RequestParams) -> Result<Option<u32>, OAuthError> {
    let Some(text) = params.get("max_age")? else {
        return Ok(None);
    };
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(seconds) if digits => Ok(Some(seconds)),
        _ => Err(OAuthError::invalid_request("max_age is not a number of seconds")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::clock::Timestamp;
    use crate::kernel::rng::Rng;
    use crate::oidc::application::{AuthMethod, CreatedApplication, Profile, Registration, ScopeTokens};
    use crate::oidc::authorize::request::AuthorizationRequest;

    const CHALLENGE: &str = "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";

    fn notes() -> Registration {
        Registration::new("Notes", vec!["https://notes.example/cb".to_owned()])
    }

    fn check_as(new: Registration, query: &str) -> Result<AuthorizationRequest, ErrorCode> {
        let params = RequestParams::parse(query.as_bytes()).expect("parameters");
        let made = CreatedApplication::draw(None, new, Timestamp::from_secs(1), &Rng::seeded(1)).expect("registered");
        AuthorizationRequest::check(&params, &made.application).map_err(|error| error.code())
    }

    /// With everything that is demanded, and `more`.
    fn check(more: &str) -> Result<AuthorizationRequest, ErrorCode> {
        check_as(notes(), &format!("response_type=code&scope=openid&{CHALLENGE}&{more}"))
    }

    #[test]
    fn a_plain_request_passes_and_unknown_parameters_are_ignored() {
        let request =
            check("nonce=n&max_age=0&prompt=login&login_hint=ada&display=wap&ui_locales=se&acr_values=x&claims=%7B%7D")
                .expect("passes");
        assert_eq!(request.nonce.as_deref(), Some("n"));
        assert_eq!(request.max_age, Some(0));
        assert!(request.prompt.login);
        assert_eq!(request.login_hint.as_deref(), Some("ada"));
        assert_eq!(request.lang, None, "a language that we do not speak");
        assert_eq!(check("ui_locales=se+de-AT+en").expect("passes").lang, Some(Lang::De));
        assert!(check("resource=a&resource=b").is_ok(), "unknown ones may repeat");
    }

    #[test]
    fn known_parameters_do_not_repeat() {
        for more in [
            "state=a&state=b",
            "nonce=a&nonce=b",
            "scope=openid",
            "max_age=1&max_age=1",
            "prompt=login&prompt=login",
            "claims=%7B%7D&claims=%7B%7D",
        ] {
            assert_eq!(check(more).err(), Some(ErrorCode::InvalidRequest), "{more}");
        }
    }

    #[test]
    fn request_objects_and_registration_have_their_own_errors() {
        assert_eq!(check("request=eyJ").err(), Some(ErrorCode::RequestNotSupported));
        assert_eq!(
            check("request_uri=https://a.example/").err(),
            Some(ErrorCode::RequestUriNotSupported)
        );
        assert_eq!(
            check("registration=%7B%7D").err(),
            Some(ErrorCode::RegistrationNotSupported)
        );
    }

    #[test]
    fn the_code_flow_is_all() {
        let with = |query: &str| check_as(notes(), &format!("scope=openid&{CHALLENGE}&{query}")).err();
        assert_eq!(with(""), Some(ErrorCode::InvalidRequest));
        for other in ["token", "id_token", "code id_token", "CODE"] {
            assert_eq!(
                with(&format!("response_type={other}")),
                Some(ErrorCode::UnsupportedResponseType),
                "{other}"
            );
        }
        assert_eq!(with("response_type=code&response_mode=query"), None);
        assert_eq!(
            with("response_type=code&response_mode=fragment"),
            Some(ErrorCode::InvalidRequest)
        );
    }

    #[test]
    fn something_known_is_asked_for() {
        let with = |query: &str| {
            check_as(notes(), &format!("response_type=code&{CHALLENGE}&{query}"))
                .map(|request| request.scope.to_string())
        };
        assert_eq!(with(""), Err(ErrorCode::InvalidScope));
        assert_eq!(with("scope=groups+roles"), Err(ErrorCode::InvalidScope));
        assert_eq!(with("scope=openid+%22"), Err(ErrorCode::InvalidScope));
        assert_eq!(with("scope=openid+groups+email"), Ok("openid email".to_owned()));
    }

    #[test]
    fn an_application_gets_no_more_than_it_is_registered_for() {
        let scopes = ScopeTokens::parse("openid email").expect("a scope");
        let check = |scope: &str| {
            let new = Registration {
                scopes: scopes.clone(),
                ..notes()
            };
            let claims = "claims=%7B%22userinfo%22%3A%7B%22nickname%22%3Anull%2C%22email%22%3Anull%7D%7D";
            check_as(new, &format!("response_type=code&{CHALLENGE}&scope={scope}&{claims}"))
        };
        let request = check("openid+profile+email").expect("passes");
        assert_eq!(request.scope.to_string(), "openid email");
        assert_eq!(request.claims.scope().to_string(), "email");
        assert_eq!(check("profile").err(), Some(ErrorCode::InvalidScope));
    }

    #[test]
    fn pkce_is_demanded_as_the_profile_says() {
        let with = |profile, authentication, query: &str| {
            let new = Registration {
                profile,
                authentication,
                ..notes()
            };
            check_as(new, &format!("response_type=code&scope=openid&{query}")).err()
        };
        let refused = Some(ErrorCode::InvalidRequest);
        let (core, oauth) = (Profile::OidcCore, Profile::OAuth21);
        for (profile, authentication, without) in [
            (oauth, AuthMethod::ClientSecret, refused),
            (oauth, AuthMethod::None, refused),
            (core, AuthMethod::None, refused),
            (core, AuthMethod::ClientSecret, None),
        ] {
            assert_eq!(
                with(profile, authentication, CHALLENGE),
                None,
                "{profile:?} {authentication:?}"
            );
            for query in ["", "nonce=n"] {
                assert_eq!(
                    with(profile, authentication, query),
                    without,
                    "{profile:?} {authentication:?} {query}"
                );
            }
            let plain = CHALLENGE.replace("S256", "plain");
            assert_eq!(
                with(profile, authentication, &plain),
                refused,
                "checked whenever it is sent"
            );
        }
    }

    #[test]
    fn only_s256_is_taken() {
        let core = || Registration {
            profile: Profile::OidcCore,
            ..notes()
        };
        let with = |query: &str| check_as(core(), &format!("response_type=code&scope=openid&nonce=n&{query}")).err();
        let challenge = "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        let refused = Some(ErrorCode::InvalidRequest);
        assert_eq!(with(challenge), refused, "no method means plain");
        assert_eq!(with(&format!("{challenge}&code_challenge_method=plain")), refused);
        assert_eq!(with(&format!("{challenge}&code_challenge_method=s256")), refused);
        assert_eq!(with("code_challenge_method=S256"), refused);
        assert_eq!(with("code_challenge=short&code_challenge_method=S256"), refused);
        assert_eq!(with(&format!("{challenge}&code_challenge_method=S256")), None);
    }

    #[test]
    fn ages_are_seconds_and_nonces_fit() {
        for bad in ["-1", "1.5", "abc", "+1", "99999999999"] {
            assert_eq!(
                check(&format!("max_age={}", bad.replace('+', "%2B"))).err(),
                Some(ErrorCode::InvalidRequest),
                "{bad}"
            );
        }
        assert!(check(&format!("nonce={}", "n".repeat(2048))).is_ok());
        assert_eq!(
            check(&format!("nonce={}", "n".repeat(2049))).err(),
            Some(ErrorCode::InvalidRequest)
        );
    }
}
