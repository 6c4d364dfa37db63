//! Beginning, finding and changing continuations.

use std::time::Duration;

use serde::Serialize;

use super::model::{Beginner, Continuation, Intent, NewContinuation, Sealed};
use super::store;
use crate::kernel::error::{Error, Result};
use crate::kernel::id::DeviceId;
use crate::kernel::token::{PlainToken, TokenHash};
use crate::platform::cx::Cx;
use crate::platform::limits::take;
use crate::platform::seal::Cell;
use crate::session;
use crate::sign_in::limits::{self, bucket};

/// How long a person may take to sign in before the application has to ask again.
const LIFETIME: Duration = Duration::from_secs(3600);

/// Continuations.
#[derive(Clone)]
pub struct Continuations {
    cx: Cx,
    resume_paths: &'static [(&'static str, &'static str)],
}

impl Continuations {
    /// The service; `resume_paths` says for each kind where a person goes on, with the handle added as `continue`.
    pub fn new(cx: Cx, resume_paths: &'static [(&'static str, &'static str)]) -> Self {
        Self { cx, resume_paths }
    }

    /// Begins a continuation and hands out its handle; the device is made where there is none. Strangers make us write here, so each
    /// address may do it only so often.
    ///
    /// # Errors
    /// `TooMany`, else a database error.
    pub async fn begin(
        &self,
        kind: &'static str,
        intent: &Intent,
        payload: &impl Serialize,
        beginner: &Beginner<'_>,
    ) -> Result<PlainToken> {
        let cx = &self.cx;
        let handle = PlainToken::draw("", &cx.rng);
        let now = cx.now();
        let hash = handle.hash();
        let new = &NewContinuation {
            hash,
            kind,
            sealed: self.seal(&hash, intent, payload)?,
            requested_at: now,
            expires_at: now + LIFETIME,
        };
        let limit = &bucket(cx, limits::WAITING_IP, &[beginner.limit_key]);
        let fresh = &DeviceId::draw(now, &cx.rng);
        cx.db
            .write(|tx| async move {
                if let Some(wait) = take(&tx, limit, now).await? {
                    return Err(Error::too_many(wait));
                }
                let device = match &beginner.device_secret {
                    Some(secret) => Some(session::ensure_device(&tx, secret, fresh, beginner.user_agent, now).await?),
                    None => None,
                };
                store::insert(&tx, new, device.as_ref()).await
            })
            .await?;
        Ok(handle)
    }

    /// Whether anything waits behind a handle, for whichever browser.
    ///
    /// # Errors
    /// A database error.
    pub async fn is_waiting(&self, handle: &str) -> Result<bool> {
        let found = store::find(self.cx.db.reader(), &TokenHash::of(handle), self.cx.now()).await?;
        Ok(found.is_some())
    }

    /// The continuation behind a handle. `None` when there is none, it was used, has run out, or belongs to another device; one
    /// without a device is bound to this one.
    ///
    /// # Errors
    /// A database error.
    pub async fn find(&self, handle: &str, device: &DeviceId) -> Result<Option<Continuation>> {
        let hash = TokenHash::of(handle);
        let Some(stored) = store::find(self.cx.db.reader(), &hash, self.cx.now()).await? else {
            return Ok(None);
        };
        let is_ours = match &stored.device {
            Some(bound) => bound == device,
            None => {
                let hash = &hash;
                self.cx
                    .db
                    .write(|tx| async move { store::bind(&tx, hash, device).await })
                    .await?
            }
        };
        if !is_ours {
            return Ok(None);
        }
        let row = row_name(&hash);
        let plain = self.cx.sealer.open(cell(&row), &stored.sealed)?;
        let sealed: Sealed = serde_json::from_slice(&plain).map_err(Error::internal)?;
        Ok(Some(Continuation {
            hash,
            kind: stored.kind,
            intent: sealed.intent,
            payload: sealed.payload,
            requested_at: stored.requested_at,
        }))
    }

    /// Replaces what the page shows and what the owner keeps.
    ///
    /// # Errors
    /// A database error.
    pub async fn update(&self, hash: &TokenHash, intent: &Intent, payload: &impl Serialize) -> Result<()> {
        let sealed = &self.seal(hash, intent, payload)?;
        self.cx
            .db
            .write(|tx| async move { store::update(&tx, hash, sealed.clone()).await })
            .await
    }

    /// Where a person goes on: the path of the continuation's kind with the handle; `None` for a kind nobody resumes.
    pub fn resume_path(&self, continuation: &Continuation, handle: &str) -> Option<String> {
        self.resume_paths
            .iter()
            .find(|(kind, _)| *kind == continuation.kind)
            .map(|(_, path)| crate::kernel::web_url::with_query(path, [("continue", handle)]))
    }

    fn seal(&self, hash: &TokenHash, intent: &Intent, payload: &impl Serialize) -> Result<Vec<u8>> {
        let sealed = Sealed {
            intent: intent.clone(),
            payload: serde_json::to_value(payload).map_err(Error::internal)?,
        };
        let plain = serde_json::to_vec(&sealed).map_err(Error::internal)?;
        let row = row_name(hash);
        self.cx.sealer.seal(cell(&row), &plain, self.cx.rng.bytes())
    }
}

fn row_name(hash: &TokenHash) -> String {
    hash.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn cell(row: &str) -> Cell<'_> {
    Cell {
        table: "continuations",
        column: "sealed_payload",
        row,
    }
}
