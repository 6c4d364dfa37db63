//! The context: everything a service needs from the platform, built once in `app.rs` and passed everywhere.

use std::ops::Deref;
use std::sync::Arc;

use crate::kernel::clock::{Clock, Timestamp};
use crate::kernel::error::{Error, Result};
use crate::kernel::event::{Actor, Event, Fact};
use crate::kernel::rng::Rng;
use crate::kernel::web_url::WebOrigin;
use crate::platform::db::Db;
use crate::platform::fetch::Fetch;
use crate::platform::instance::Instance;
use crate::platform::jobs::Wake;
use crate::platform::mail::{Mail, Outgoing, Transport};
use crate::platform::seal::Sealer;

/// What the platform offers; clones are the same context.
#[derive(Clone)]
pub struct Cx(Arc<Parts>);

/// The parts of the context.
pub struct Parts {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Draws ids, tokens and nonces.
    pub rng: Rng,
    /// The database.
    pub db: Db,
    /// Encryption at rest.
    pub sealer: Sealer,
    /// The instance's settings and its two fixed names.
    pub instance: Instance,
    /// Where mails go.
    pub mail: Transport,
    /// Rings the job worker.
    pub wake: Wake,
    /// The only way to call other servers.
    pub fetch: Fetch,
}

impl Cx {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// This instance's origin, which is also the OpenID Connect issuer.
    pub fn public_url(&self) -> &WebOrigin {
        &self.instance.names().public_url
    }

    /// Draws an event, before the transaction that writes it.
    ///
    /// # Errors
    /// `Internal` when the fact does not serialise.
    pub fn event(&self, fact: &impl Fact, actor: Actor) -> Result<Event> {
        Event::draw(fact, actor, self.now(), &self.rng).map_err(Error::internal)
    }

    /// Draws a mail, before the transaction that enqueues it.
    ///
    /// # Errors
    /// `Internal` when sealing fails.
    pub fn outgoing(&self, template: &'static str, mail: &Mail) -> Result<Outgoing> {
        Outgoing::draw(template, mail, &self.sealer, self.now(), &self.rng)
    }
}

impl Deref for Cx {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
