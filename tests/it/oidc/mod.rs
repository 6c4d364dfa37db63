//! The provider over HTTP, rule by rule.

mod authorize;
mod chooser;
mod claims;
mod discovery;
mod form_post;
mod logout;
mod redirects;
mod refresh;
mod token;
mod userinfo;
