//! Owns the OpenID Connect provider: applications, the authorization endpoint, grants, codes and tokens, userinfo, logout and
//! discovery. Does not own how people sign in (`sign_in`), their sessions, nor the pages they see. Entered by relying parties
//! over HTTP, by the pages for consent and sign-out, and by the command line for applications.

mod access_token;
mod application;
mod authorize;
mod browser;
mod claims;
mod client_auth;
mod connected;
mod consent;
mod discovery;
mod error;
mod facts;
mod grant;
mod http;
mod id_token;
mod introspection;
mod logout;
mod paths;
mod pkce;
mod presented_token;
mod provider;
mod refresh_token;
mod retention;
mod revocation;
mod scope;
mod sealed_token;
mod subject;
mod token;
mod urlencoded;
mod userinfo;

#[cfg(any(test, feature = "fuzzing"))]
mod fuzzing;
#[cfg(test)]
mod tests;

pub use application::{
    AccessTokenFormat, Application, ApplicationFilter, ApplicationOrder, ApplicationPage, ApplicationRef,
    ApplicationSlice, Applications, AssertionAlgorithm, AuthMethod, ChangedApplication, Changes, ClientKeys,
    ClientSecret, CreatedApplication, GrantType, GrantTypes, NewSecret, Profile, Registration, ScopeTokens, Verdict,
};
pub use authorize::{Account, AskedScope, ChooseView, ConsentView, RequestParams};
pub use browser::{Browser, FormPost, Step};
pub use claims::Claims;
pub use client_auth::{Assertion, AssertionRules};
pub use connected::{ConnectedApplication, ConnectedPage};
pub use error::{ErrorCode, OAuthError, PageError};
#[cfg(any(test, feature = "fuzzing"))]
pub use fuzzing::TARGETS as FUZZ_TARGETS;
pub use grant::{GrantFilter, GrantPage, GrantView};
pub use http::{backend_routes, refusal, routes};
pub use introspection::Introspection;
pub use logout::{LoggedOut, LogoutRequest, LogoutView};
pub use paths::{AUTHORIZE_RESUME, LOGOUT_CONFIRM, RESUME_PATHS, SIGNED_OUT};
pub use provider::{Parts, Provider};
pub use retention::{purge_application_secrets, purge_grants, purge_revoked_tokens, purge_used_assertions};
pub use scope::{Scope, ScopeValue};
pub use token::{TokenRequest, TokenResponse};
