//! Owns revocation (RFC 7009): an application gives back a token of its own. Does not own the tokens. Entered by `oidc::http`.

mod service;
