//! Refreshing (RFC 6749 section 6), with rotation.

use std::time::Duration;

use super::issue::{TokenResponse, Tokens};
use super::request::Refresh;
use super::rotation::{Again, judge};
use super::store::{self, RefreshToken};
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::event::Event;
use crate::kernel::token::TokenHash;
use crate::oidc::application::Application;
use crate::oidc::error::{ErrorCode, OAuthError};
use crate::oidc::grant::{self, Revocation};
use crate::oidc::provider::Provider;
use crate::oidc::scope::Scope;
use crate::platform::db::Tx;

/// What became of a refresh token. Each is committed, for the end of a family must survive its refusal.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Refreshed,
    /// It had been replaced; the grant is revoked.
    Replayed,
    GrantOver,
    Expired,
}

impl Provider {
    /// New tokens for a refresh token.
    pub(super) async fn refresh(
        &self,
        application: &Application,
        refresh: &Refresh,
    ) -> Result<TokenResponse, OAuthError> {
        let now = self.cx.now();
        let hash = TokenHash::of(refresh.refresh_token.expose());
        // bound to the client (RFC 6749 section 6): in other hands it is unknown, and stays as it is
        let presented = store::find_refresh_token(self.cx.db.reader(), &hash)
            .await?
            .filter(|token| token.grant.application_id == application.id)
            .ok_or_else(|| OAuthError::invalid_grant("the refresh token is unknown or was made for another client"))?;
        let scope = narrowed(presented.grant.scope, refresh.scope.as_deref())?;
        let tokens = self.draw_tokens(application, &presented.grant, scope, None, now)?;
        let grace = self.cx.instance.settings().tokens.refresh_grace_seconds;
        let rotation = Rotation {
            hash,
            presented,
            tokens,
            grace: Duration::from_secs(grace.into()),
            now,
        };
        let replayed = &self.revoked_event(&rotation.presented.grant, Revocation::RefreshTokenReplayed)?;
        let outcome = {
            let rotation = &rotation;
            self.cx
                .db
                .write(|tx| async move { rotation.write(&tx, replayed).await })
                .await?
        };
        match outcome {
            Outcome::Refreshed => Ok(rotation.tokens.response),
            Outcome::Expired => Err(OAuthError::invalid_grant("the refresh token has expired")),
            Outcome::GrantOver => Err(OAuthError::invalid_grant("the refresh token was revoked")),
            Outcome::Replayed => Err(OAuthError::invalid_grant(
                "the refresh token was replaced before; all tokens of its family are revoked",
            )),
        }
    }
}

/// Everything that a rotation writes, drawn.
struct Rotation {
    hash: TokenHash,
    presented: RefreshToken,
    tokens: Tokens,
    grace: Duration,
    now: Timestamp,
}

impl Rotation {
    async fn write(&self, tx: &Tx, replayed: &Event) -> Result<Outcome> {
        let grant = &self.presented.grant.id;
        // holds back racers on the same family until this is committed
        if !grant::store::stands(tx, grant, self.now).await? {
            return Ok(Outcome::GrantOver);
        }
        let is_in_time = self.now < self.presented.expires_at;
        let generation = self.presented.generation;
        let generation = if is_in_time && store::rotate_generation(tx, grant, generation, self.now).await? {
            generation + 1
        } else {
            match store::rotated_at(tx, &self.hash)
                .await?
                .map(|at| judge(at, self.now, self.grace))
            {
                None => return Ok(Outcome::Expired),
                Some(Again::Grace) => store::newest_generation(tx, grant).await?,
                Some(Again::Replay) => {
                    if grant::store::revoke(tx, grant, Revocation::RefreshTokenReplayed, self.now).await? {
                        tx.emit(replayed).await?;
                    }
                    return Ok(Outcome::Replayed);
                }
            }
        };
        store::insert_access_token(tx, grant, &self.tokens.access_token, self.tokens.scope).await?;
        if let Some(refresh_token) = &self.tokens.refresh_token {
            store::insert_refresh_token(tx, grant, refresh_token, generation).await?;
        }
        Ok(Outcome::Refreshed)
    }
}

/// The scope of the new access token: what was granted, or as much of it as is asked for (RFC 6749 section 6).
fn narrowed(granted: Scope, asked: Option<&str>) -> Result<Scope, OAuthError> {
    let Some(asked) = asked else {
        return Ok(granted);
    };
    Scope::exactly(asked)
        .ok()
        .filter(|scope| scope.is_within(granted) && !scope.is_empty())
        .ok_or_else(|| OAuthError::new(ErrorCode::InvalidScope, "scope is not within what was granted"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_narrowed_and_never_widened() {
        let granted = Scope::requested("openid email offline_access").expect("a scope");
        let narrowed = |asked| narrowed(granted, asked).ok().map(|scope| scope.to_string());
        assert_eq!(narrowed(None).as_deref(), Some("openid email offline_access"));
        assert_eq!(narrowed(Some("openid")).as_deref(), Some("openid"));
        assert_eq!(narrowed(Some("openid profile")), None);
        assert_eq!(narrowed(Some("openid unknown")), None);
        assert_eq!(narrowed(Some(" ")), None);
    }
}
