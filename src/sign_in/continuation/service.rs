//! Beginning, finding and changing continuations.

use std::time::Duration;

use serde::Serialize;

use super::model::{Continuation, Intent, NewContinuation, Sealed};
use super::store;
use crate::kernel::error::{Error, Result};
use crate::kernel::id::DeviceId;
use crate::kernel::token::{PlainToken, TokenHash};
use crate::platform::cx::Cx;
use crate::platform::seal::Cell;

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

    /// Begins a continuation and hands out its handle. Without a device it is bound to the first one that presents it.
    ///
    /// # Errors
    /// A database error.
    pub async fn begin(
        &self,
        kind: &'static str,
        intent: &Intent,
        payload: &impl Serialize,
        device: Option<&DeviceId>,
    ) -> Result<PlainToken> {
        let handle = PlainToken::draw("", &self.cx.rng);
        let requested_at = self.cx.now();
        let hash = handle.hash();
        let new = &NewContinuation {
            hash,
            kind,
            sealed: self.seal(&hash, intent, payload)?,
            device,
            requested_at,
            expires_at: requested_at + LIFETIME,
        };
        self.cx
            .db
            .write(|tx| async move { store::insert(&tx, new).await })
            .await?;
        Ok(handle)
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
