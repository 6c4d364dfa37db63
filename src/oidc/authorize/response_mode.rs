//! How an answer travels to the client (OAuth 2.0 Multiple Response Type Encoding Practices section 2.1, OAuth 2.0 Form Post Response
//! Mode).

use serde::{Deserialize, Serialize};
use url::Url;

use super::params::RequestParams;
use crate::oidc::error::OAuthError;

/// The modes that we know, as discovery lists them.
pub const SUPPORTED: [&str; 2] = ["query", "form_post"];

/// A response mode of the code flow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ResponseMode {
    /// In the query of the redirect URI.
    #[default]
    Query,
    /// In a form that the browser posts to the redirect URI.
    FormPost,
}

impl ResponseMode {
    /// Reads the mode, which is the query if none is named.
    ///
    /// # Errors
    /// `invalid_request` where it is none of ours, or can't reach the redirect URI.
    pub(super) fn parse(params: &RequestParams) -> Result<Self, OAuthError> {
        match params.get("response_mode")? {
            None | Some("query") => Ok(Self::Query),
            Some("form_post") if is_web(params.get("redirect_uri")?) => Ok(Self::FormPost),
            Some("form_post") => Err(OAuthError::invalid_request(
                "response_mode form_post needs a redirect_uri on http or https",
            )),
            Some(_) => Err(OAuthError::invalid_request(
                "response_mode is neither query nor form_post",
            )),
        }
    }
}

/// A form can't be posted to an application on the device.
fn is_web(redirect_uri: Option<&str>) -> bool {
    redirect_uri
        .and_then(|uri| Url::parse(uri).ok())
        .is_some_and(|url| matches!(url.scheme(), "http" | "https"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(query: &str) -> Option<ResponseMode> {
        let params = RequestParams::parse(query.as_bytes()).expect("parameters");
        ResponseMode::parse(&params).ok()
    }

    #[test]
    fn the_query_is_the_default_and_other_modes_are_refused() {
        let uri = "redirect_uri=https://a.example/cb";
        assert_eq!(parse(uri), Some(ResponseMode::Query));
        assert_eq!(parse(&format!("{uri}&response_mode=query")), Some(ResponseMode::Query));
        assert_eq!(
            parse(&format!("{uri}&response_mode=form_post")),
            Some(ResponseMode::FormPost)
        );
        for other in ["fragment", "form_post.jwt", "FORM_POST", "web_message"] {
            assert_eq!(parse(&format!("{uri}&response_mode={other}")), None, "{other}");
        }
        assert_eq!(parse(&format!("{uri}&response_mode=query&response_mode=query")), None);
    }

    #[test]
    fn a_form_needs_a_web_address() {
        assert_eq!(parse("redirect_uri=com.example.app:/cb&response_mode=form_post"), None);
        assert_eq!(
            parse("redirect_uri=http://127.0.0.1:1/cb&response_mode=form_post"),
            Some(ResponseMode::FormPost)
        );
    }
}
