//! The provider over HTTP, rule by rule.

mod authorize;
mod discovery;
mod logout;
mod refresh;
mod token;
mod userinfo;
