//! Where the provider answers, and where its pages are.

/// OpenID Connect Discovery section 4.
pub const OPENID_CONFIGURATION: &str = "/.well-known/openid-configuration";
/// RFC 8414 section 3.
pub const OAUTH_AUTHORIZATION_SERVER: &str = "/.well-known/oauth-authorization-server";
/// The keys that sign ID tokens (RFC 7517 section 5).
pub const JWKS: &str = "/oauth/jwks";
/// RFC 6749 section 3.1.
pub const AUTHORIZE: &str = "/oauth/authorize";
/// Where an authorization request goes on that waited for a person, with its handle as `continue`.
pub const AUTHORIZE_RESUME: &str = "/oauth/authorize/resume";
/// RFC 6749 section 3.2.
pub const TOKEN: &str = "/oauth/token";
/// RFC 7662 section 2.
pub const INTROSPECT: &str = "/oauth/introspect";
/// The same, by the name that some clients know.
pub const TOKEN_INFO: &str = "/oauth/token_info";
/// RFC 7009 section 2.
pub const REVOKE: &str = "/oauth/revoke";
/// The same, by the name that some clients know.
pub const TOKEN_REVOKE: &str = "/oauth/token/revoke";
/// OpenID Connect Core section 5.3.
pub const USERINFO: &str = "/oauth/userinfo";
/// OpenID Connect RP-Initiated Logout section 2.
pub const LOGOUT: &str = "/oauth/logout";
/// Where a logout request goes on that came without cookies, with its handle as `continue`.
pub const LOGOUT_RESUME: &str = "/oauth/logout/resume";
/// The page that asks before a sign-out, with the request's handle as `continue`.
pub const LOGOUT_CONFIRM: &str = "/oauth/logout/confirm";
/// The page where a person signs in, with the handle of what waits as `continue`.
pub const SIGN_IN: &str = "/sign-in";
/// The page where a person makes an account, with the handle of what waits as `continue`.
pub const SIGN_UP: &str = "/sign-up";
/// The page that lists who is signed in, with the request's handle as `continue`.
pub const CHOOSE_ACCOUNT: &str = "/choose-account";
/// The page that asks for consent, with the request's handle as `continue`.
pub const CONSENT: &str = "/consent";
/// The page that says that a person is signed out.
pub const SIGNED_OUT: &str = "/signed-out";

/// Where clients authenticate, and may address an assertion to.
pub const CLIENT_ENDPOINTS: [&str; 5] = [TOKEN, INTROSPECT, TOKEN_INFO, REVOKE, TOKEN_REVOKE];

/// What waits for a person in an authorization request, and where it goes on.
pub const AUTHORIZE_CONTINUATION: (&str, &str) = ("oidc_authorize", AUTHORIZE_RESUME);
/// What waits in a logout request, and where it goes on.
pub const LOGOUT_CONTINUATION: (&str, &str) = ("oidc_logout", LOGOUT_RESUME);
/// Where each kind of what waits goes on, for [`Continuations`](crate::sign_in::Continuations).
pub const RESUME_PATHS: &[(&str, &str)] = &[AUTHORIZE_CONTINUATION, LOGOUT_CONTINUATION];
