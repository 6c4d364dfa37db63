//! The provider over HTTP, rule by rule.

mod authorize;
mod chooser;
mod claims;
mod client_auth;
mod discovery;
mod form_post;
mod introspection;
mod logout;
mod redirects;
mod refresh;
mod revocation;
mod token;
mod userinfo;
