//! Codes and refresh tokens into tokens, and tokens into claims that can be trusted.

use std::collections::BTreeMap;

use openidconnect::core::{
    CoreErrorResponseType, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreTokenType,
};
use openidconnect::{
    AccessToken, AccessTokenHash, AdditionalClaims, AuthorizationCode, ClaimsVerificationError, EmptyExtraTokenFields,
    IdTokenFields, Nonce, NonceVerifier, OAuth2TokenResponse, RefreshToken, RequestTokenError,
    SignatureVerificationError, StandardTokenResponse, SubjectIdentifier, TokenResponse as _, UserInfoClaims,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::RelyingParty;
use super::authorization::PendingSignIn;
use super::error::OidcError;
use super::provider::Provider;

/// Claims by name.
pub type Claims = Map<String, Value>;

/// Claims that OpenID Connect Core does not define, kept as they are.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct OtherClaims(BTreeMap<String, Value>);

impl AdditionalClaims for OtherClaims {}

type IdToken =
    openidconnect::IdToken<OtherClaims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;

type IdTokenClaims = openidconnect::IdTokenClaims<OtherClaims, CoreGenderClaim>;

pub(super) type TokenResponse = StandardTokenResponse<
    IdTokenFields<
        OtherClaims,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;

/// A person who has signed in. An application that calls APIs in their name would keep the access token here too.
pub struct SignedIn {
    id_token: IdToken,
    id_token_claims: IdTokenClaims,
    userinfo: Option<Claims>,
    refresh_token: Option<RefreshToken>,
    /// Of the first ID token; those that follow must not have another.
    nonce: Nonce,
    refreshes: u32,
}

impl SignedIn {
    pub(super) fn id_token(&self) -> &IdToken {
        &self.id_token
    }

    pub(super) fn refresh_token(&self) -> Option<&RefreshToken> {
        self.refresh_token.as_ref()
    }

    /// The identifier of the person, unique at this provider and never given to another: the one key to store accounts
    /// under.
    pub fn subject(&self) -> &SubjectIdentifier {
        self.id_token_claims.subject()
    }

    /// The verified claims of the latest ID token.
    pub fn id_token_claims(&self) -> Claims {
        to_claims(&self.id_token_claims)
    }

    /// What the userinfo endpoint said, if the provider has one.
    pub fn userinfo(&self) -> Option<&Claims> {
        self.userinfo.as_ref()
    }

    pub fn can_refresh(&self) -> bool {
        self.refresh_token.is_some()
    }

    /// How often the tokens have been refreshed.
    pub fn refreshes(&self) -> u32 {
        self.refreshes
    }
}

impl RelyingParty {
    /// Exchanges the code and verifies what comes back: OpenID Connect Core sections 3.1.3.5 to 3.1.3.8.
    pub(super) async fn redeem(
        &self,
        provider: &Provider,
        code: AuthorizationCode,
        pending: PendingSignIn,
    ) -> Result<SignedIn, OidcError> {
        let answer = provider
            .client
            .exchange_code(code)?
            .set_pkce_verifier(pending.pkce_verifier)
            .request_async(&self.http)
            .await?;
        let id_token = answer.id_token().cloned().ok_or(OidcError::NoIdToken)?;
        let id_token_claims = self
            .verify_id_token(provider, &id_token, answer.access_token(), &pending.nonce)
            .await?;
        let userinfo = self
            .userinfo(provider, answer.access_token(), id_token_claims.subject())
            .await?;
        Ok(SignedIn {
            id_token,
            id_token_claims,
            userinfo,
            refresh_token: answer.refresh_token().cloned(),
            nonce: pending.nonce,
            refreshes: 0,
        })
    }

    /// Brings `signed_in` up to date with its refresh token. After an error it keeps its old claims.
    ///
    /// Callers let one refresh of a person happen at a time: a provider that rotates refresh tokens takes a second use for
    /// theft.
    ///
    /// # Errors
    /// [`OidcError::SignInEnded`] when the provider has revoked or forgotten the refresh token.
    pub async fn refresh(&self, signed_in: &mut SignedIn) -> Result<(), OidcError> {
        let provider = self.provider().await?;
        let refresh_token = signed_in.refresh_token.as_ref().ok_or(OidcError::NoRefreshToken)?;
        let answer = provider
            .client
            .exchange_refresh_token(refresh_token)?
            .request_async(&self.http)
            .await
            .map_err(|error| match error {
                RequestTokenError::ServerResponse(answer) if *answer.error() == CoreErrorResponseType::InvalidGrant => {
                    OidcError::SignInEnded
                }
                other => other.into(),
            })?;
        // From here the old refresh token may be spent, so the new one is kept whatever else is wrong with the answer.
        if let Some(rotated) = answer.refresh_token() {
            signed_in.refresh_token = Some(rotated.clone());
        }
        if let Some(id_token) = answer.id_token() {
            let nonce = |found: Option<&Nonce>| check_refreshed_nonce(found, &signed_in.nonce);
            let claims = self
                .verify_id_token(&provider, id_token, answer.access_token(), nonce)
                .await?;
            check_refreshed_claims(&claims, &signed_in.id_token_claims).map_err(OidcError::IdToken)?;
            signed_in.id_token = id_token.clone();
            signed_in.id_token_claims = claims;
        }
        signed_in.userinfo = self
            .userinfo(&provider, answer.access_token(), signed_in.subject())
            .await?;
        signed_in.refreshes += 1;
        Ok(())
    }

    /// Verifies an ID token; one signed with a key we have not seen makes us look for new keys once.
    async fn verify_id_token<N: NonceVerifier + Copy>(
        &self,
        provider: &Provider,
        id_token: &IdToken,
        access_token: &AccessToken,
        nonce: N,
    ) -> Result<IdTokenClaims, OidcError> {
        const UNKNOWN_KEY: ClaimsVerificationError =
            ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey);
        let verified = match verify(provider, id_token, access_token, nonce) {
            Err(UNKNOWN_KEY) => verify(&*self.discover().await?, id_token, access_token, nonce),
            verified => verified,
        };
        verified.map_err(OidcError::IdToken)
    }

    /// Asks for the claims about the person, and makes sure that they are about this person: OpenID Connect Core section
    /// 5.3.2.
    async fn userinfo(
        &self,
        provider: &Provider,
        access_token: &AccessToken,
        subject: &SubjectIdentifier,
    ) -> Result<Option<Claims>, OidcError> {
        if provider.client.user_info_url().is_none() {
            return Ok(None);
        }
        let claims: UserInfoClaims<OtherClaims, CoreGenderClaim> = provider
            .client
            .user_info(access_token.clone(), Some(subject.clone()))?
            .request_async(&self.http)
            .await?;
        Ok(Some(to_claims(&claims)))
    }
}

/// Signature, issuer, audience, expiry and nonce by the library; `at_hash` here.
fn verify(
    provider: &Provider,
    id_token: &IdToken,
    access_token: &AccessToken,
    nonce: impl NonceVerifier,
) -> Result<IdTokenClaims, ClaimsVerificationError> {
    let verifier = provider.client.id_token_verifier();
    let claims = id_token.clone().into_claims(&verifier, nonce)?;
    if let Some(expected) = claims.access_token_hash() {
        let algorithm = id_token
            .signing_alg()
            .map_err(ClaimsVerificationError::SignatureVerification)?;
        let key = id_token
            .signing_key(&verifier)
            .map_err(ClaimsVerificationError::SignatureVerification)?;
        let actual = AccessTokenHash::from_token(access_token, algorithm, key)
            .map_err(|error| ClaimsVerificationError::Other(error.to_string()))?;
        if actual != *expected {
            return Err(ClaimsVerificationError::Other(
                "at_hash belongs to another access token".to_owned(),
            ));
        }
    }
    Ok(claims)
}

/// OpenID Connect Core section 12.2: a refreshed ID token may leave the nonce out, but not change it.
fn check_refreshed_nonce(found: Option<&Nonce>, original: &Nonce) -> Result<(), String> {
    match found {
        Some(nonce) if nonce.secret() != original.secret() => Err("not that of the sign-in".to_owned()),
        _ => Ok(()),
    }
}

/// OpenID Connect Core section 12.2: a refreshed ID token is about the same person and the same authentication.
fn check_refreshed_claims(found: &IdTokenClaims, original: &IdTokenClaims) -> Result<(), ClaimsVerificationError> {
    if found.subject() != original.subject() {
        return Err(ClaimsVerificationError::InvalidSubject(
            "not that of the sign-in".to_owned(),
        ));
    }
    if found.auth_time().is_some() && found.auth_time() != original.auth_time() {
        return Err(ClaimsVerificationError::InvalidAuthTime(
            "not that of the sign-in".to_owned(),
        ));
    }
    Ok(())
}

/// Claim sets are JSON objects by their own definition, so nothing is ever left out here.
fn to_claims(claims: &impl Serialize) -> Claims {
    match serde_json::to_value(claims) {
        Ok(Value::Object(claims)) => claims,
        _ => Claims::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn claims(overrides: Value) -> IdTokenClaims {
        let mut claims = json!({
            "iss": "https://id.example.com", "aud": "us", "exp": 2_000_000_000, "iat": 1_900_000_000,
            "auth_time": 1_800_000_000, "sub": "alice", "sid": "sess_1",
        });
        for (name, value) in overrides.as_object().unwrap() {
            claims[name] = value.clone();
        }
        serde_json::from_value(claims).unwrap()
    }

    #[test]
    fn claims_nobody_defined_survive() {
        let claims = to_claims(&claims(json!({ "name": "Alice" })));
        assert_eq!(claims["sid"], "sess_1");
        assert_eq!(claims["name"], "Alice");
        assert_eq!(claims["exp"], 2_000_000_000);
    }

    #[test]
    fn a_refreshed_id_token_is_about_the_same_sign_in() {
        let original = claims(json!({}));
        assert!(check_refreshed_claims(&claims(json!({ "iat": 1_900_000_100 })), &original).is_ok());
        assert!(check_refreshed_claims(&claims(json!({ "auth_time": null })), &original).is_ok());
        assert!(check_refreshed_claims(&claims(json!({ "sub": "mallory" })), &original).is_err());
        assert!(check_refreshed_claims(&claims(json!({ "auth_time": 1_900_000_000 })), &original).is_err());
    }

    #[test]
    fn a_refreshed_nonce_is_absent_or_the_same() {
        let nonce = Nonce::new("n".to_owned());
        assert!(check_refreshed_nonce(None, &nonce).is_ok());
        assert!(check_refreshed_nonce(Some(&nonce), &nonce).is_ok());
        assert!(check_refreshed_nonce(Some(&Nonce::new("m".to_owned())), &nonce).is_err());
    }
}
