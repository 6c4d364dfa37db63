//! Sign-ins and sign-ups under way, and what waits for them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::columns::{ATOMIC, Keys, cascade, index, time, time_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        ATOMIC
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let keys = Keys::of(manager);
        create_attempts(manager, keys).await?;
        create_continuations(manager, keys).await
    }
}

async fn create_attempts(manager: &SchemaManager<'_>, keys: Keys) -> Result<(), DbErr> {
    // The user and the session are not foreign keys: an attempt ends by its own clock.
    manager
        .create_table(
            Table::create()
                .table("attempts")
                .col(keys.id("id").primary_key())
                .col(string_len("kind", 16))
                .col(keys.id("device_id"))
                .col(string_len("status", 32))
                .col(keys.id_null("user_id"))
                .col(blob("sealed_payload"))
                .col(blob_null("code_digest"))
                .col(integer("code_tries"))
                .col(time_null("code_sent_at"))
                .col(time_null("code_expires_at"))
                .col(integer("codes_sent"))
                .col(keys.id_null("session_id"))
                .col(time("created_at"))
                .col(time("expires_at"))
                .col(time_null("completed_at"))
                .foreign_key(&mut cascade("attempts", "device_id", "devices"))
                .take(),
        )
        .await?;
    manager.create_index(index("attempts", &["device_id"])).await?;
    manager.create_index(index("attempts", &["expires_at"])).await
}

async fn create_continuations(manager: &SchemaManager<'_>, keys: Keys) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("continuations")
                .col(binary_len("handle_hash", 32).primary_key())
                .col(string_len("kind", 32))
                .col(blob("sealed_payload"))
                // Not a foreign key: a continuation ends by its own clock.
                .col(keys.id_null("device_id"))
                .col(time("requested_at"))
                .col(time("expires_at"))
                .col(time_null("consumed_at"))
                .take(),
        )
        .await?;
    manager.create_index(index("continuations", &["expires_at"])).await
}
