//! Rotation by schedule.

use std::time::Duration;

use super::model::{Algorithm, KeyState, Purpose};
use super::service::{KeyRing, TOPIC};
use super::store;
use crate::kernel::error::{ErrorKind, Result};
use crate::kernel::event::Actor;
use crate::platform::schedule::Task;

/// How often it is looked whether a key's time has come.
const LOOK: Duration = Duration::from_secs(60 * 60);

/// Rotates the keys that have signed for their period, and destroys those that are spent.
pub struct ScheduledRotation {
    ring: KeyRing,
    period: Option<Duration>,
}

impl ScheduledRotation {
    /// For a ring whose keys sign for `period` each; `None`: until somebody rotates them by command.
    pub fn new(ring: KeyRing, period: Option<Duration>) -> Self {
        Self { ring, period }
    }

    async fn rotate_due(&self, period: Duration) -> Result<()> {
        for &purpose in Purpose::ALL {
            for &algorithm in Algorithm::ALL {
                let now = self.ring.cx.now();
                let is_due = {
                    let ring = self.ring.ring.load();
                    let active = ring.find(purpose, algorithm, KeyState::Active);
                    let next = ring.find(purpose, algorithm, KeyState::Next);
                    active.is_some_and(|key| key.info.is_due(period, now))
                        && next.is_some_and(|key| key.info.promotable_at() <= now)
                };
                if !is_due {
                    continue;
                }
                match self.ring.rotate(purpose, algorithm, false, Actor::System).await {
                    Ok(rotation) => {
                        tracing::info!(%purpose, %algorithm, active = %rotation.active, retiring = %rotation.retiring, "keys rotated")
                    }
                    // somebody did it at this moment
                    Err(error) if error.kind() == ErrorKind::Conflict => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(())
    }

    async fn destroy_spent(&self) -> Result<()> {
        let now = self.ring.cx.now();
        if !self.ring.ring.load().keys().iter().any(|key| key.info.is_spent(now)) {
            return Ok(());
        }
        let destroyed = self.ring.cx.db.write(|tx| async move {
            if store::destroy_spent(&tx, now).await? {
                tx.changed(TOPIC).await?;
            }
            Ok(())
        });
        destroyed.await?;
        self.ring.remember().await;
        Ok(())
    }
}

#[async_trait::async_trait]
impl Task for ScheduledRotation {
    fn name(&self) -> &'static str {
        "key rotation"
    }

    fn every(&self) -> Duration {
        LOOK
    }

    async fn run(&self) -> Result<()> {
        // another node may have rotated since this one read the ring
        self.ring.remember().await;
        if let Some(period) = self.period {
            self.rotate_due(period).await?;
        }
        self.destroy_spent().await
    }
}
