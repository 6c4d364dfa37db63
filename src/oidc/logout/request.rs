//! A logout request, as it came and as it is kept once it is checked.

use serde::{Deserialize, Serialize};

use crate::kernel::web_url::with_query;
use crate::oidc::id_token::IdTokenHint;
use crate::platform::http::Params;

/// The parameters (OpenID Connect RP-Initiated Logout section 2); `logout_hint` and `ui_locales` are ignored.
#[derive(Debug, Default)]
pub struct LogoutRequest {
    pub(super) id_token_hint: Option<String>,
    pub(super) client_id: Option<String>,
    pub(super) post_logout_redirect_uri: Option<String>,
    pub(super) state: Option<String>,
}

impl LogoutRequest {
    /// Reads a query or a form.
    pub fn read(mut params: Params) -> Self {
        Self {
            id_token_hint: params.take("id_token_hint"),
            client_id: params.take("client_id"),
            post_logout_redirect_uri: params.take("post_logout_redirect_uri"),
            state: params.take("state"),
        }
    }
}

/// A request that passed its checks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CheckedLogout {
    pub(super) hint: Option<IdTokenHint>,
    pub(super) target: Option<Target>,
}

/// Where the browser goes afterwards: an address registered by the client that asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Target {
    pub(super) app_name: String,
    pub(super) uri: String,
    pub(super) state: Option<String>,
}

impl Target {
    /// The address with the state as it came (OpenID Connect RP-Initiated Logout section 3).
    pub(super) fn url(&self) -> String {
        with_query(&self.uri, self.state.as_deref().map(|state| ("state", state)))
    }
}
