//! Writing and reading access tokens.

use super::model::{Access, Content, NewAccessToken, expiry};
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::oidc::grant::{self, Grant};
use crate::oidc::provider::Provider;
use crate::oidc::scope::Scope;

impl Provider {
    /// An access token for `scope` of a grant.
    ///
    /// # Errors
    /// `Internal` when sealing fails.
    pub(in crate::oidc) fn write_access_token(
        &self,
        grant: &Grant,
        scope: Scope,
        now: Timestamp,
    ) -> Result<NewAccessToken> {
        let lifetime = self.cx.instance.settings().tokens.access_token_seconds;
        let content = Content {
            grant: grant.id.clone(),
            scope,
            issued_at: now.secs(),
            expires_at: expiry(now, lifetime).secs(),
        };
        let (_, text) = self.access_tokens.seal(&content, &self.cx.rng)?;
        Ok(NewAccessToken {
            text,
            expires_in: lifetime,
        })
    }

    /// What `presented` opens now; `None` for what is no access token of ours, and for one whose time is over or whose grant does
    /// not stand any more.
    ///
    /// # Errors
    /// A database error.
    pub(in crate::oidc) async fn open_access_token(&self, presented: &str) -> Result<Option<Access>> {
        let now = self.cx.now();
        let Some((_, content)) = self.access_tokens.open::<Content>(presented) else {
            return Ok(None);
        };
        if now.secs() >= content.expires_at {
            return Ok(None);
        }
        let found = grant::store::find(self.cx.db.reader(), &content.grant, now).await?;
        Ok(found.filter(|(_, standing)| standing.holds()).map(|(grant, _)| Access {
            grant,
            scope: content.scope,
        }))
    }
}
