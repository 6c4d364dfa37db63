//! What the handlers work with.

use crate::oidc::provider::Provider;
use crate::platform::http::DeviceCookie;

/// The provider, and how browsers are known to it.
pub(super) struct Endpoint {
    pub(super) provider: Provider,
    pub(super) cookie: DeviceCookie,
}

impl Endpoint {
    pub(super) fn new(provider: Provider) -> Self {
        Self {
            cookie: DeviceCookie::new(provider.cx.public_url()),
            provider,
        }
    }
}
