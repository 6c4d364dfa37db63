//! Devices as they are remembered: all that is on a device under its id, found by its secret or by one of its sessions.

use std::sync::Arc;

use super::model::{Device, Session};
use super::store::{self, TOPIC};
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::id::{DeviceId, SessionId};
use crate::kernel::token::TokenHash;
use crate::platform::cache::Cache;
use crate::platform::db::Db;

/// The most devices remembered.
const CAPACITY: usize = 50_000;

/// What is remembered of devices; clones share it.
///
/// The ways to a device are only hints, which nobody has to forget: what they lead to is checked against what they lead from.
#[derive(Clone)]
pub(super) struct Devices {
    db: Db,
    devices: Arc<Cache<Device>>,
    by_secret: Arc<Cache<DeviceId>>,
    by_session: Arc<Cache<DeviceId>>,
}

impl Devices {
    pub(super) fn new(db: Db) -> Self {
        let memory = db.memory();
        Self {
            devices: Cache::new(memory, TOPIC, CAPACITY),
            by_secret: Cache::new(memory, "devices_by_secret", CAPACITY),
            by_session: Cache::new(memory, "devices_by_session", CAPACITY),
            db,
        }
    }

    /// The device that has this secret.
    pub(super) async fn with_secret(&self, secret: &TokenHash, now: Timestamp) -> Result<Option<Arc<Device>>> {
        let key = secret.hex();
        if let Some(id) = self.by_secret.get(&key)
            && let Some(device) = self.device(&id, now).await?
            && device.secret == *secret
        {
            return Ok(Some(device));
        }
        let ticket = self.by_secret.ticket(&key);
        let Some(id) = store::find_device(self.db.reader(), secret).await? else {
            return Ok(None);
        };
        self.by_secret.remember(ticket, &key, &Arc::new(id.clone()));
        let device = self.device(&id, now).await?;
        // it may have been given another meanwhile, and whoever has the old one must not see what is there now
        Ok(device.filter(|device| device.secret == *secret))
    }

    /// A session that nobody ended, on whatever device; it may have run out.
    pub(super) async fn session(&self, id: &SessionId, now: Timestamp) -> Result<Option<Session>> {
        let db = self.db.reader();
        let found = self
            .by_session
            .get_or_load(id.as_str(), || store::device_of(db, id))
            .await?;
        let Some(device) = found else {
            return Ok(None);
        };
        let device = self.device(&device, now).await?;
        Ok(device.and_then(|device| device.sessions.iter().find(|session| session.id == *id).cloned()))
    }

    async fn device(&self, id: &DeviceId, now: Timestamp) -> Result<Option<Arc<Device>>> {
        let read = || async {
            let device = store::load_device(self.db.reader(), id, now).await?;
            if let Some(device) = &device {
                self.lead_to(device);
            }
            Ok(device)
        };
        self.devices.get_or_load(id.as_str(), read).await
    }

    /// Remembers the way from its sessions to a device.
    fn lead_to(&self, device: &Device) {
        let id = Arc::new(device.id.clone());
        for session in &device.sessions {
            let key = session.id.as_str();
            self.by_session.remember(self.by_session.ticket(key), key, &id);
        }
    }
}
