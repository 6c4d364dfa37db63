//! Owns the userinfo endpoint: what an access token opens. Does not own the claims themselves. Entered by `oidc::http`.

mod service;
