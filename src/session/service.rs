//! Reading and ending sessions.

use std::time::Duration;

use super::facts::SessionEnded;
use super::memory::Devices;
use super::model::{OnDevice, Session};
use super::store;
use crate::kernel::error::Result;
use crate::kernel::event::Actor;
use crate::kernel::id::{DeviceId, SessionId};
use crate::kernel::token::{PlainToken, TokenHash};
use crate::platform::cx::Cx;

/// How exact `last_active_at` is: activity within this time is not written.
const TOUCH_INTERVAL: Duration = Duration::from_secs(60);

/// Devices and their sessions; clones share what is remembered.
#[derive(Clone)]
pub struct Sessions {
    cx: Cx,
    devices: Devices,
}

impl Sessions {
    /// The service.
    pub fn new(cx: Cx) -> Self {
        Self {
            devices: Devices::new(cx.db.clone()),
            cx,
        }
    }

    /// The device with this secret and who is signed in on it; `None` when no such device is known. Counts as activity of
    /// the current session, written at most once a minute.
    ///
    /// # Errors
    /// A database error.
    pub async fn on_device(&self, secret: &TokenHash) -> Result<Option<OnDevice>> {
        let now = self.cx.now();
        let Some(device) = self.devices.with_secret(secret, now).await? else {
            return Ok(None);
        };
        let mut sessions = device.live(now);
        if let Some(current) = sessions.first_mut()
            && now.since(current.last_active_at) >= TOUCH_INTERVAL
        {
            let idle = self.idle();
            current.last_active_at = now;
            current.idle_expires_at = now + idle;
            let (id, device) = (&current.id, &device.id);
            let touched = self
                .cx
                .db
                .write(|tx| async move { store::touch(&tx, device, id, now, idle).await })
                .await;
            if let Err(error) = touched {
                // a crowded database must not keep people from reading
                tracing::warn!(cause = ?error.cause(), "activity was not recorded");
            }
        }
        Ok(Some(OnDevice {
            device: device.id.clone(),
            sessions,
        }))
    }

    /// A live session, whichever device it is on; the device does not count as used.
    ///
    /// # Errors
    /// A database error.
    pub async fn find(&self, id: &SessionId) -> Result<Option<Session>> {
        let now = self.cx.now();
        let session = self.devices.session(id, now).await?;
        Ok(session.filter(|session| session.is_live(now)))
    }

    /// The device with this secret, made when there is none.
    ///
    /// # Errors
    /// A database error.
    pub async fn ensure_device(&self, secret: &TokenHash, user_agent: Option<&str>) -> Result<DeviceId> {
        // not from memory: what is written next must have a device to hang on
        if let Some(device) = store::find_device(self.cx.db.reader(), secret).await? {
            return Ok(device);
        }
        let now = self.cx.now();
        let fresh = &DeviceId::draw(now, &self.cx.rng);
        self.cx
            .db
            .write(|tx| async move { store::ensure_device(&tx, secret, fresh, user_agent, now).await })
            .await
    }

    /// Signs a person out of a device that was known by `secret`. Gives the device its new secret, for its cookie: nobody goes on with
    /// the old one, who may have come by it while the session lived. `None` when the session was over before.
    ///
    /// # Errors
    /// A database error.
    pub async fn end(&self, session: &Session, secret: &TokenHash) -> Result<Option<PlainToken>> {
        let now = self.cx.now();
        let (id, device) = (&session.id, &session.device_id);
        let fact = SessionEnded {
            id,
            user_id: &session.user_id,
            client_id: device,
        };
        let event = &self.cx.event(&fact, Actor::User(session.user_id.clone()))?;
        let fresh = PlainToken::draw("", &self.cx.rng);
        let fresh_hash = &fresh.hash();
        let is_new = self
            .cx
            .db
            .write(|tx| async move {
                if !store::end(&tx, device, id, now).await? {
                    return Ok(false);
                }
                tx.emit(event).await?;
                // another sign-in or sign-out of the device may have been faster, and its secret stands then
                store::rotate_secret(&tx, device, secret, fresh_hash, now).await
            })
            .await?;
        Ok(is_new.then_some(fresh))
    }

    fn idle(&self) -> Duration {
        Duration::from_secs(self.cx.instance.settings().sessions.idle_seconds.into())
    }
}
