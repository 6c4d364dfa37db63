//! Keeping an attempt between requests: sealed under its id, given back to its own device alone.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::model::{Attempt, Status};
use super::store;
use crate::kernel::error::{Error, Result};
use crate::kernel::id::DeviceId;
use crate::platform::cx::Cx;
use crate::platform::seal::Cell;

/// An attempt and what it remembers.
pub(super) struct Known<P> {
    pub(super) attempt: Attempt,
    pub(super) payload: P,
}

/// The attempt `id` in `status`; `None` when it is over, has run out or is another device's.
pub(super) async fn find<P: DeserializeOwned>(
    cx: &Cx,
    id: &str,
    status: Status,
    device: &DeviceId,
) -> Result<Option<Known<P>>> {
    let found = store::find(cx.db.reader(), id, status, cx.now()).await?;
    let Some(attempt) = found.filter(|attempt| attempt.device == *device) else {
        return Ok(None);
    };
    let plain = cx.sealer.open(cell(id), &attempt.sealed)?;
    let payload = serde_json::from_slice(&plain).map_err(Error::internal)?;
    Ok(Some(Known { attempt, payload }))
}

/// What an attempt remembers, sealed for its row.
pub(super) fn seal(cx: &Cx, id: &str, payload: &impl Serialize) -> Result<Vec<u8>> {
    let plain = zeroize::Zeroizing::new(serde_json::to_vec(payload).map_err(Error::internal)?);
    cx.sealer.seal(cell(id), &plain, cx.rng.bytes())
}

fn cell(id: &str) -> Cell<'_> {
    Cell {
        table: "attempts",
        column: "sealed_payload",
        row: id,
    }
}
