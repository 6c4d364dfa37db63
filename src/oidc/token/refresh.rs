//! Refreshing (RFC 6749 section 6), with rotation.

use std::time::Duration;

use super::issue::{Issue, Lifetimes, TokenResponse};
use super::request::Refresh;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::event::Actor;
use crate::oidc::application::Application;
use crate::oidc::error::{ErrorCode, OAuthError};
use crate::oidc::grant::{self, Grant, Revocation};
use crate::oidc::provider::Provider;
use crate::oidc::refresh_token::{Fate, RefreshToken};
use crate::oidc::scope::Scope;

/// What became of a refresh token. Each is committed, for the end of a family must survive its refusal.
enum Outcome {
    /// What the new token says; there is none where the application may not refresh any more.
    Refreshed(Option<RefreshToken>),
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
        let unknown = || OAuthError::invalid_grant("the refresh token is unknown or was made for another client");
        let (_, presented) = self
            .open_refresh_token(refresh.refresh_token.expose())
            .ok_or_else(unknown)?;
        // bound to the client (RFC 6749 section 6): in other hands it is unknown, and stays as it is
        let (grant, standing) = self
            .find_grant(&presented.grant, now)
            .await?
            .filter(|(grant, _)| grant.application_id == application.id)
            .ok_or_else(unknown)?;
        // what was taken from the application since is not granted any more
        let scope = narrowed(grant.scope.intersection(application.scope()), refresh.scope.as_deref())?;
        if !standing.holds() {
            return Err(over());
        }
        let lifetimes = self.lifetimes(application, standing, now);
        let refresh_token = match self.rotate(&grant, &presented, lifetimes, now).await? {
            Outcome::Refreshed(refresh_token) => refresh_token,
            Outcome::Expired => return Err(OAuthError::invalid_grant("the refresh token has expired")),
            Outcome::GrantOver => return Err(over()),
            Outcome::Replayed => {
                return Err(OAuthError::invalid_grant(
                    "the refresh token was replaced before; all tokens of its family are revoked",
                ));
            }
        };
        let tokens = self
            .issue_tokens(&Issue {
                application,
                grant: &grant,
                scope,
                nonce: None,
                refresh_token,
                now,
            })
            .await?;
        Ok(tokens)
    }

    async fn rotate(
        &self,
        grant: &Grant,
        presented: &RefreshToken,
        lifetimes: Lifetimes,
        now: Timestamp,
    ) -> Result<Outcome> {
        let grace = self.cx.instance.settings().tokens.refresh_grace_seconds;
        let grace = Duration::from_secs(grace.into());
        let is_in_time = now < presented.expires_at;
        let replayed = &self.revoked_event(grant, Revocation::RefreshTokenReplayed, Actor::System)?;
        let (id, generation) = (&grant.id, presented.generation);
        let next = |generation, until: Timestamp| {
            Outcome::Refreshed(lifetimes.refresh_token.map(|end| RefreshToken {
                grant: id.clone(),
                generation,
                expires_at: end.min(until),
            }))
        };
        let next = &next;
        self.cx
            .db
            .write(|tx| async move {
                // the statement that usually is all of it; racers on the same family wait for each other here
                if is_in_time && grant::store::rotate(&tx, id, generation, now, lifetimes.latest()).await? {
                    return Ok(next(generation + 1, lifetimes.latest()));
                }
                let Some(family) = grant::store::family(&tx, id).await? else {
                    return Ok(Outcome::GrantOver);
                };
                match family.judge(generation, now, grace) {
                    // as the rotation shortly before said, so that nothing outlives what the grant's row says
                    Fate::Grace if is_in_time => Ok(next(family.newest, family.until)),
                    Fate::Rotates | Fate::Grace => Ok(Outcome::Expired),
                    Fate::Unknown => Ok(Outcome::GrantOver),
                    Fate::Replay => {
                        if grant::store::revoke(&tx, id, Revocation::RefreshTokenReplayed, now).await? {
                            tx.emit(replayed).await?;
                        }
                        Ok(Outcome::Replayed)
                    }
                }
            })
            .await
    }
}

fn over() -> OAuthError {
    OAuthError::invalid_grant("the refresh token was revoked")
}

/// The scope of the new access token: what is granted, or as much of it as is asked for (RFC 6749 section 6).
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
