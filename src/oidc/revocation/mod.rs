//! Owns revocation (RFC 7009): an application gives back a token of its own, or whoever runs the instance takes it
//! back. Does not own the tokens. Entered by `oidc::http`.

mod operator;
mod service;
