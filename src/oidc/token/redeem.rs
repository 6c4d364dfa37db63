//! Redeeming an authorization code (RFC 6749 section 4.1.3).

use super::issue::{TokenResponse, Tokens};
use super::store;
use crate::kernel::error::Result;
use crate::kernel::token::TokenHash;
use crate::oidc::application::Application;
use crate::oidc::code::{self, Code, Redemption};
use crate::oidc::error::OAuthError;
use crate::oidc::grant::{self, Revocation};
use crate::oidc::provider::Provider;
use crate::platform::db::Tx;

/// The generation of the first refresh token of a grant.
const FIRST: i32 = 0;

/// What became of a code. Each is committed: a code is used up even where it is then refused.
enum Outcome {
    Redeemed,
    /// It had been used before; the grant is revoked.
    Replayed,
    /// It was right, but the grant no longer stands.
    GrantOver,
    Refused(&'static str),
}

impl Provider {
    /// Tokens for a code.
    pub(super) async fn redeem_code(
        &self,
        application: &Application,
        redemption: &Redemption,
    ) -> Result<TokenResponse, OAuthError> {
        let now = self.cx.now();
        let hash = TokenHash::of(redemption.code.expose());
        // A code in the hands of another client is refused like an unknown one, and stays as it is: it is worthless to them (RFC
        // 6749 section 4.1.3), and using it up would let them cut off the client and person it was made for.
        let code = code::store::find(self.cx.db.reader(), &hash)
            .await?
            .filter(|code| code.grant.application_id == application.id)
            .ok_or_else(|| OAuthError::invalid_grant("the code is unknown or was made for another client"))?;
        let refused = code.refuses(redemption, now);
        let tokens = match refused {
            None => Ok(self.draw_tokens(application, &code.grant, code.grant.scope, code.nonce.as_deref(), now)?),
            Some(why) => Err(why),
        };
        let replayed = &self.revoked_event(&code.grant, Revocation::CodeReplayed)?;
        let outcome = {
            let (hash, code, tokens) = (&hash, &code, &tokens);
            self.cx
                .db
                .write(|tx| async move {
                    // used up before anything else is decided: a code has one try (RFC 9700 section 4.2.4)
                    if !code::store::consume(&tx, hash, now).await? {
                        if grant::store::revoke(&tx, &code.grant.id, Revocation::CodeReplayed, now).await? {
                            tx.emit(replayed).await?;
                        }
                        return Ok(Outcome::Replayed);
                    }
                    match tokens {
                        Ok(tokens) => first_tokens(&tx, code, tokens).await,
                        Err(why) => Ok(Outcome::Refused(why)),
                    }
                })
                .await?
        };
        match (outcome, tokens) {
            (Outcome::Redeemed, Ok(tokens)) => Ok(tokens.response),
            (Outcome::Replayed, _) => Err(OAuthError::invalid_grant(
                "the code was used before; the tokens it gave are revoked",
            )),
            (Outcome::Refused(why), _) => Err(OAuthError::invalid_grant(why)),
            (Outcome::GrantOver | Outcome::Redeemed, _) => Err(OAuthError::invalid_grant(
                "the session in which the code was made has ended",
            )),
        }
    }
}

async fn first_tokens(tx: &Tx, code: &Code, tokens: &Tokens) -> Result<Outcome> {
    if !grant::store::stands(tx, &code.grant.id, tokens.access_token.created_at).await? {
        return Ok(Outcome::GrantOver);
    }
    store::insert_access_token(tx, &code.grant.id, &tokens.access_token, tokens.scope).await?;
    if let Some(refresh_token) = &tokens.refresh_token {
        store::insert_refresh_token(tx, &code.grant.id, refresh_token, FIRST).await?;
    }
    Ok(Outcome::Redeemed)
}
