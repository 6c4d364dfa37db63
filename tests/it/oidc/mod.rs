//! The provider over HTTP, rule by rule.

mod authorize;
mod chooser;
mod claims;
mod client_auth;
mod client_keys;
mod discovery;
mod form_post;
mod introspection;
mod logout;
mod metadata;
mod prompt_create;
mod redirects;
mod refresh;
mod revocation;
mod token;
mod userinfo;
