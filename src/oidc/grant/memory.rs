//! Grants and unused codes as they are remembered, and whether a grant stands.

use std::sync::Arc;

use super::code::{Binding, Code};
use super::model::{Grant, NewGrant, Standing, Stored};
use super::store::{self, TOPIC};
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::id::GrantId;
use crate::kernel::token::TokenHash;
use crate::oidc::provider::Provider;
use crate::platform::cache::{Cache, Remembers, Ticket};
use crate::platform::db::Db;

/// The most grants remembered.
const CAPACITY: usize = 50_000;
/// The most unused codes remembered: nearly all are redeemed within a second, here or not at all.
const CODES: usize = 4096;

/// What is remembered of grants; clones share it.
///
/// A grant's row changes in one respect that matters here: it is revoked, which tells [`TOPIC`]. Whether a code was used is not
/// remembered but decided by the statement that uses it, so nobody has to forget codes.
#[derive(Clone)]
pub(in crate::oidc) struct Grants {
    stored: Arc<Cache<Stored>>,
    codes: Arc<Cache<UnusedCode>>,
}

struct UnusedCode {
    grant: GrantId,
    binding: Arc<Binding>,
    expires_at: Timestamp,
}

impl Grants {
    pub(in crate::oidc) fn new(db: &Db) -> Self {
        Self {
            stored: Cache::new(db.memory(), TOPIC, CAPACITY),
            codes: Cache::new(db.memory(), "codes", CODES),
        }
    }

    /// To be drawn before a grant is written.
    pub(in crate::oidc) fn ticket(&self, id: &GrantId) -> Ticket {
        self.stored.ticket(id.as_str())
    }

    /// Remembers a grant that was written since `ticket` was drawn, and its code.
    pub(in crate::oidc) fn remember(&self, ticket: Ticket, new: NewGrant, client_id: &str, sub: &str) {
        let code = UnusedCode {
            grant: new.id.clone(),
            binding: Arc::new(Binding {
                redirect_uri: new.code.redirect_uri.clone(),
                code_challenge: new.code.code_challenge.clone(),
                nonce: new.code.nonce.clone(),
            }),
            expires_at: new.code.expires_at,
        };
        let key = new.code.hash.hex();
        self.codes.remember(self.codes.ticket(&key), &key, &Arc::new(code));
        let id = new.id.clone();
        let stored = Arc::new(Stored::of_new(new, client_id, sub));
        self.stored.remember(ticket, id.as_str(), &stored);
    }

    /// Forgets a code that was used.
    pub(in crate::oidc) fn forget_code(&self, hash: &TokenHash) {
        self.codes.forget(&hash.hex());
    }
}

impl Provider {
    /// A grant, and whether it stands; from memory, where all that decides it is known there.
    ///
    /// # Errors
    /// A database error.
    pub(in crate::oidc) async fn find_grant(
        &self,
        id: &GrantId,
        now: Timestamp,
    ) -> Result<Option<(Arc<Grant>, Standing)>> {
        let remembered = &self.grants.stored;
        if let Some(stored) = remembered.get(id.as_str()) {
            let standing = self.standing(&stored).await?;
            return Ok(standing.map(|standing| (Arc::clone(&stored.grant), standing)));
        }
        let ticket = remembered.ticket(id.as_str());
        let Some((stored, standing)) = store::find(self.cx.db.reader(), id, now).await? else {
            return Ok(None);
        };
        let grant = Arc::clone(&stored.grant);
        remembered.remember(ticket, id.as_str(), &Arc::new(stored));
        Ok(Some((grant, standing)))
    }

    /// A code, used or not, with its grant.
    ///
    /// # Errors
    /// A database error.
    pub(in crate::oidc) async fn find_code(&self, hash: &TokenHash, now: Timestamp) -> Result<Option<Code>> {
        let Some(code) = self.grants.codes.get(&hash.hex()) else {
            return store::find_by_code(self.cx.db.reader(), hash, now).await;
        };
        let found = self.find_grant(&code.grant, now).await?;
        Ok(found.map(|(grant, standing)| Code {
            grant,
            standing,
            expires_at: code.expires_at,
            binding: Some(Arc::clone(&code.binding)),
        }))
    }

    /// Whether a remembered grant stands; `None` when its person is gone, and the grant with them.
    async fn standing(&self, stored: &Stored) -> Result<Option<Standing>> {
        let Some(user) = self.accounts.find(&stored.grant.user_id).await? else {
            return Ok(None);
        };
        let session_until = match stored.offline {
            // it does not depend on the session
            true => None,
            false => self
                .sessions
                .find(&stored.grant.session_id)
                .await?
                .map(|session| session.expires_at),
        };
        Ok(Some(Standing {
            offline: stored.offline,
            revoked: stored.revoked,
            banned: user.banned_at.is_some(),
            outdated: user.grants_valid_after.is_some_and(|from| stored.created_at < from),
            session_until,
        }))
    }
}
