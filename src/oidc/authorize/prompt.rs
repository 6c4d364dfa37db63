//! The parameter `prompt` (OpenID Connect Core section 3.1.2.1).

use serde::{Deserialize, Serialize};

use crate::oidc::error::{ErrorCode, OAuthError};

/// The values that we act on, as discovery lists them.
pub const SUPPORTED: [&str; 3] = ["none", "login", "consent"];

/// What a request wants the person to be asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompt {
    /// Nothing: without a session and consent the answer is an error.
    pub none: bool,
    /// To prove anew who they are.
    pub login: bool,
    /// To consent, even when they did before.
    pub consent: bool,
}

impl Prompt {
    /// Reads the list. A value that the standard does not define is ignored, which it recommends so that new ones can spread.
    ///
    /// # Errors
    /// `invalid_request` where `none` stands beside another value; `account_selection_required` for `select_account`, which the
    /// standard defines and demands an error for where it can't be done.
    pub fn parse(text: Option<&str>) -> Result<Self, OAuthError> {
        let values: Vec<&str> = text
            .unwrap_or_default()
            .split(' ')
            .filter(|value| !value.is_empty())
            .collect();
        let has = |value| values.contains(&value);
        if has("none") && values.iter().any(|value| *value != "none") {
            return Err(OAuthError::invalid_request("prompt has none beside another value"));
        }
        if has("select_account") {
            return Err(OAuthError::new(
                ErrorCode::AccountSelectionRequired,
                "choosing among accounts is not supported",
            ));
        }
        Ok(Self {
            none: has("none"),
            login: has("login"),
            consent: has("consent"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Prompt, ErrorCode> {
        Prompt::parse(Some(text)).map_err(|error| error.code())
    }

    #[test]
    fn values_are_read_and_unknown_ones_ignored() {
        let asks = |none, login, consent| Ok(Prompt { none, login, consent });
        assert_eq!(parse("none"), asks(true, false, false));
        assert_eq!(parse("login"), asks(false, true, false));
        assert_eq!(parse("consent login"), asks(false, true, true));
        assert_eq!(parse("create"), asks(false, false, false));
        assert_eq!(parse("LOGIN"), asks(false, false, false), "values are case-sensitive");
        assert_eq!(Prompt::parse(None).expect("nothing"), Prompt::default());
    }

    #[test]
    fn none_stands_alone_and_accounts_are_not_chosen() {
        assert_eq!(parse("none login"), Err(ErrorCode::InvalidRequest));
        assert_eq!(parse("none create"), Err(ErrorCode::InvalidRequest));
        assert_eq!(parse("select_account"), Err(ErrorCode::AccountSelectionRequired));
    }
}
