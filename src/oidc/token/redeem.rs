//! Redeeming an authorization code (RFC 6749 section 4.1.3).

use super::issue::{Issue, TokenResponse};
use crate::kernel::clock::Timestamp;
use crate::kernel::event::Actor;
use crate::kernel::token::TokenHash;
use crate::oidc::application::Application;
use crate::oidc::error::OAuthError;
use crate::oidc::grant::{self, Code, Redemption, Revocation};
use crate::oidc::provider::Provider;
use crate::oidc::refresh_token::RefreshToken;

/// The generation of the first refresh token of a grant.
const FIRST: i32 = 0;

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
        let code = self
            .find_code(&hash, now)
            .await?
            .filter(|code| code.grant.application_id == application.id)
            .ok_or_else(|| OAuthError::invalid_grant("the code is unknown or was made for another client"))?;
        let lifetimes = self.lifetimes(application, code.standing, now);
        let refused = refuses(&code, redemption, now);
        // what is refused is used up nevertheless: a code has one try (RFC 9700 section 4.2.4)
        let until = if refused.is_none() {
            lifetimes.latest()
        } else {
            code.expires_at
        };
        let used = self.use_code(&code, now, until).await?;
        self.grants.forget_code(&hash);
        if !used {
            return Err(OAuthError::invalid_grant(
                "the code was used before; the tokens it gave are revoked",
            ));
        }
        if let Some(why) = refused {
            return Err(OAuthError::invalid_grant(why));
        }
        let tokens = self
            .issue_tokens(&Issue {
                application,
                grant: &code.grant,
                scope: code.grant.scope.intersection(application.scope()),
                nonce: code.binding.as_ref().and_then(|binding| binding.nonce.as_deref()),
                refresh_token: lifetimes.refresh_token.map(|expires_at| RefreshToken {
                    grant: code.grant.id.clone(),
                    generation: FIRST,
                    expires_at,
                }),
                now,
            })
            .await?;
        Ok(tokens)
    }

    /// Uses a code up; false when it was used before, which ends the grant. Either is committed, whatever is answered.
    async fn use_code(&self, code: &Code, now: Timestamp, until: Timestamp) -> Result<bool, OAuthError> {
        let replayed = &self.revoked_event(&code.grant, Revocation::CodeReplayed, Actor::System)?;
        let grant = &code.grant.id;
        let used = self
            .cx
            .db
            .write(|tx| async move {
                if code.binding.is_some() && grant::store::consume_code(&tx, grant, now, until).await? {
                    return Ok(true);
                }
                if grant::store::revoke(&tx, grant, Revocation::CodeReplayed, now).await? {
                    tx.emit(replayed).await?;
                }
                Ok(false)
            })
            .await?;
        Ok(used)
    }
}

/// Why a code is refused, if it is.
fn refuses(code: &Code, redemption: &Redemption, now: Timestamp) -> Option<&'static str> {
    if now >= code.expires_at {
        return Some("the code has expired");
    }
    let binding = code.binding.as_ref()?;
    binding
        .refuses(redemption)
        .or_else(|| (!code.standing.holds()).then_some("the session in which the code was made has ended"))
}
