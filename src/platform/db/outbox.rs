//! Outbox rows, the keys of persons that seal them, and the change feed's versions: what a command leaves behind for others.

use std::sync::Arc;

use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{ActiveValue::Set, ConnectionTrait, DbErr, EntityTrait, ExprTrait};

use super::tx::Tx;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::{Error, Result};
use crate::kernel::event::Event;
use crate::kernel::id::UserId;
use crate::kernel::rng::Rng;
use crate::kernel::secret::SecretKey;
use crate::platform::seal::{Cell, Sealer};
use ::entity::{change, event, person_key};

/// The topic of the keys, which are user ids, under which persons' sealing keys are remembered.
pub(super) const PERSON_KEYS: &str = "person_keys";

/// The key that seals what is recorded about one person, drawn before the person is written. Erasing the person destroys it.
#[derive(Debug)]
pub struct PersonKey {
    key: SecretKey,
    nonce: [u8; 12],
}

impl PersonKey {
    /// A fresh key and the nonce it is itself sealed with.
    pub fn draw(rng: &Rng) -> Self {
        Self {
            key: SecretKey::new(rng.bytes()),
            nonce: rng.bytes(),
        }
    }
}

impl Tx {
    /// Writes the key of a new person.
    ///
    /// # Errors
    /// A database error.
    pub async fn create_person_key(&self, person: &UserId, key: &PersonKey, now: Timestamp) -> Result<()> {
        let sealed = self.db.sealer.seal(key_cell(person), key.key.expose(), key.nonce)?;
        let row = person_key::ActiveModel {
            person_id: Set(person.to_string()),
            sealed_key: Set(sealed),
            created_at: Set(now.millis()),
        };
        person_key::Entity::insert(row).exec_without_returning(self).await?;
        Ok(())
    }

    /// Writes an event into the outbox, its payload sealed under the person's key or, for a fact about nobody, the instance's.
    ///
    /// # Errors
    /// A database error, or `Internal` when the person has no key.
    pub async fn emit(&self, event: &Event) -> Result<()> {
        let cell = Cell {
            table: "events",
            column: "payload",
            row: event.id.as_str(),
        };
        let payload = match &event.person {
            Some(person) => self
                .person_sealer(person)
                .await?
                .seal(cell, &event.payload, event.nonce)?,
            None => self.db.sealer.seal(cell, &event.payload, event.nonce)?,
        };
        let row = event::ActiveModel {
            id: Set(event.id.to_string()),
            seq: Set(None),
            kind: Set(event.kind.to_owned()),
            subject: Set(event.subject.clone()),
            actor: Set(event.actor.as_str().to_owned()),
            person_id: Set(event.person.as_ref().map(ToString::to_string)),
            payload: Set(payload),
            created_at: Set(event.created_at.millis()),
        };
        event::Entity::insert(row).exec_without_returning(self).await?;
        Ok(())
    }

    /// Tells every node that what it remembers of `topic` is out of date.
    ///
    /// # Errors
    /// A database error.
    pub async fn changed(&self, topic: &str) -> Result<()> {
        let upsert = Query::insert()
            .into_table(change::Entity)
            .columns([change::Column::Topic, change::Column::Version])
            .values_panic([topic.into(), 1i64.into()])
            .on_conflict(
                OnConflict::column(change::Column::Topic)
                    .value(
                        change::Column::Version,
                        Expr::col((change::Entity, change::Column::Version)).add(1),
                    )
                    .to_owned(),
            )
            .to_owned();
        self.execute(&upsert).await?;
        Ok(())
    }

    /// What the person's key seals. From memory, for an event is written with almost every command; a person's key never changes,
    /// and whoever erases it tells [`PERSON_KEYS`].
    async fn person_sealer(&self, person: &UserId) -> Result<Arc<Sealer>> {
        let read = || async {
            let found = person_key::Entity::find_by_id(person.as_str()).one(self).await?;
            let Some(row) = found else { return Ok(None) };
            let opened = self.db.sealer.open(key_cell(person), &row.sealed_key)?;
            let bytes =
                <[u8; 32]>::try_from(opened.as_slice()).map_err(|_| Error::internal("a person's key has 32 bytes"))?;
            Ok(Some(Sealer::new(SecretKey::new(bytes))))
        };
        self.db
            .person_keys
            .get_or_load(person.as_str(), read)
            .await?
            .ok_or_else(|| Error::internal("the person has no key"))
    }
}

impl super::Db {
    /// The versions of all topics, for the poller of the change feed.
    ///
    /// # Errors
    /// A database error.
    pub(in crate::platform) async fn versions(&self) -> Result<Vec<(String, i64)>, DbErr> {
        // the table has one row a topic, and topics are named in the code
        let rows = change::Entity::find().all(self.reader()).await?;
        Ok(rows.into_iter().map(|row| (row.topic, row.version)).collect())
    }
}

fn key_cell(person: &UserId) -> Cell<'_> {
    Cell {
        table: "person_keys",
        column: "sealed_key",
        row: person.as_str(),
    }
}
