//! Registering, finding and deleting applications.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::manage::ApplicationRef;
use super::model::{Application, ApplicationPage, CreatedApplication};
use super::registration::{Registration, check_reach};
use super::store;
use crate::kernel::error::{Error, ErrorKind, Result};
use crate::kernel::event::Actor;
use crate::kernel::id::ApplicationId;
use crate::oidc::facts::{ApplicationCreated, ApplicationDeleted};
use crate::platform::changes::Refresh;
use crate::platform::cx::Cx;

pub(super) const TOPIC: &str = "applications";

/// The most applications on one page of a listing.
const MAX_PAGE: u64 = 500;

/// The most applications remembered; beyond that the memory starts anew.
const MAX_REMEMBERED: usize = 10_000;

/// Applications; clones share what is remembered.
///
/// What was found is remembered until the topic `applications` changes: every command here tells that topic and forgets at once,
/// other processes follow by the change feed. What was not found is not remembered, or strangers could fill the memory.
#[derive(Clone)]
pub struct Applications {
    pub(super) cx: Cx,
    remembered: Arc<Mutex<Remembered>>,
}

#[derive(Default)]
struct Remembered {
    /// Rises whenever everything is forgotten.
    epoch: u64,
    by_client_id: HashMap<String, Arc<Application>>,
}

impl Remembered {
    /// Remembers what was read in `epoch`; what was forgotten meanwhile does not come back.
    fn remember(&mut self, epoch: u64, application: &Arc<Application>) {
        if self.epoch != epoch {
            return;
        }
        if self.by_client_id.len() >= MAX_REMEMBERED {
            self.by_client_id.clear();
        }
        self.by_client_id
            .insert(application.client_id.clone(), Arc::clone(application));
    }

    fn forget(&mut self) {
        self.epoch += 1;
        self.by_client_id.clear();
    }
}

impl Applications {
    /// The service.
    pub fn new(cx: Cx) -> Self {
        Self {
            cx,
            remembered: Arc::default(),
        }
    }

    /// Registers an application, with a client id that is drawn.
    ///
    /// # Errors
    /// `BadInput` when it breaks a rule.
    pub async fn create(&self, new: Registration, actor: Actor) -> Result<CreatedApplication> {
        self.register(None, new, actor).await
    }

    /// Registers an application with this client id.
    ///
    /// # Errors
    /// `BadInput` when it breaks a rule, `Conflict` when the client id is taken.
    pub async fn create_as(&self, client_id: &str, new: Registration, actor: Actor) -> Result<CreatedApplication> {
        self.register(Some(client_id.to_owned()), new, actor).await
    }

    async fn register(&self, client_id: Option<String>, new: Registration, actor: Actor) -> Result<CreatedApplication> {
        let created = CreatedApplication::draw(client_id, new, self.cx.now(), &self.cx.rng)?;
        let application = &created.application;
        check_reach(application.jwks_uri.as_deref(), &self.cx.fetch)?;
        let fact = ApplicationCreated {
            id: &application.id,
            client_id: &application.client_id,
            name: &application.name,
            public: application.is_public(),
            redirect_uris: &application.redirect_uris,
        };
        let event = &self.cx.event(&fact, actor)?;
        let is_new = self
            .cx
            .db
            .write(|tx| async move {
                let is_new = store::insert(&tx, application).await?;
                if is_new {
                    tx.emit(event).await?;
                    tx.changed(TOPIC).await?;
                }
                Ok(is_new)
            })
            .await?;
        if !is_new {
            return Err(Error::new(
                ErrorKind::Conflict,
                "client_id_exists",
                "there is an application with this client id already",
            ));
        }
        Ok(created)
    }

    /// The application of a client id.
    ///
    /// # Errors
    /// A database error.
    pub async fn find(&self, client_id: &str) -> Result<Option<Arc<Application>>> {
        let epoch = {
            let remembered = self.remembered();
            // while the change feed stands still, what is remembered may be over
            if self.cx.db.memory().is_current()
                && let Some(known) = remembered.by_client_id.get(client_id)
            {
                return Ok(Some(Arc::clone(known)));
            }
            remembered.epoch
        };
        let found = store::find(self.cx.db.reader(), client_id).await?.map(Arc::new);
        if let Some(application) = &found {
            self.remembered().remember(epoch, application);
        }
        Ok(found)
    }

    /// The application with this id, as it is now: never from memory.
    ///
    /// # Errors
    /// A database error.
    pub async fn get(&self, id: &ApplicationId) -> Result<Option<Application>> {
        store::get(self.cx.db.reader(), id).await
    }

    /// Applications registered after `after`, the oldest first, at most 500.
    ///
    /// # Errors
    /// A database error.
    pub async fn list(&self, after: Option<&ApplicationId>, limit: u64) -> Result<ApplicationPage> {
        let limit = limit.clamp(1, MAX_PAGE);
        // one more than asked for tells whether there is another page
        let mut applications = store::list(self.cx.db.reader(), after, limit + 1).await?;
        let has_more = applications.len() as u64 > limit;
        if has_more {
            applications.pop();
        }
        let last = applications.last().map(|application| application.id.clone());
        Ok(ApplicationPage {
            next: last.filter(|_| has_more),
            applications,
        })
    }

    /// Deletes an application, with all consents, grants and tokens.
    ///
    /// # Errors
    /// `NotFound` when there is no such application.
    pub async fn delete(&self, which: impl Into<ApplicationRef<'_>>, actor: Actor) -> Result<()> {
        let application = self.existing(which.into()).await?;
        let fact = ApplicationDeleted {
            id: &application.id,
            client_id: &application.client_id,
        };
        let event = &self.cx.event(&fact, actor)?;
        let id = &application.id;
        self.cx
            .db
            .write(|tx| async move {
                if !store::delete(&tx, id).await? {
                    return Err(Error::not_found());
                }
                tx.emit(event).await?;
                tx.changed(TOPIC).await
            })
            .await?;
        self.forget();
        Ok(())
    }

    /// Not from memory: a command starts from what is true.
    pub(super) async fn existing(&self, which: ApplicationRef<'_>) -> Result<Application> {
        let found = match which {
            ApplicationRef::Id(id) => store::get(self.cx.db.reader(), id).await?,
            ApplicationRef::ClientId(client_id) => store::find(self.cx.db.reader(), client_id).await?,
        };
        found.ok_or_else(Error::not_found)
    }

    pub(super) fn forget(&self) {
        self.remembered().forget();
    }

    fn remembered(&self) -> MutexGuard<'_, Remembered> {
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait::async_trait]
impl Refresh for Applications {
    fn topic(&self) -> &'static str {
        TOPIC
    }

    async fn refresh(&self) -> Result<()> {
        self.forget();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::clock::Timestamp;
    use crate::kernel::rng::Rng;

    #[test]
    fn what_was_read_before_a_change_is_not_remembered_after_it() {
        let new = Registration::new("Notes", vec!["https://notes.example/cb".to_owned()]);
        let made = CreatedApplication::draw(None, new, Timestamp::from_secs(1), &Rng::seeded(1)).expect("registered");
        let application = Arc::new(made.application);
        let mut remembered = Remembered::default();
        let before = remembered.epoch;
        remembered.remember(before, &application);
        assert_eq!(remembered.by_client_id.len(), 1);
        remembered.forget();
        remembered.remember(before, &application);
        assert!(remembered.by_client_id.is_empty());
        remembered.remember(remembered.epoch, &application);
        assert_eq!(remembered.by_client_id.len(), 1);
    }
}
