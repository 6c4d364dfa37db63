//! What every feature stands on: settings, the change feed, the outbox, jobs, mails, rate limits.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::columns::{ATOMIC, Keys, index, time, time_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        ATOMIC
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let keys = Keys::of(manager);
        create_settings(manager, keys).await?;
        create_events(manager, keys).await?;
        create_queue(manager, keys).await?;
        create_rate_limits(manager, keys).await
    }
}

async fn create_settings(manager: &SchemaManager<'_>, keys: Keys) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("instance_settings")
                .col(keys.key("section", 64).primary_key())
                .col(text("value"))
                .col(time("updated_at"))
                .take(),
        )
        .await?;
    manager
        .create_table(
            Table::create()
                .table("changes")
                .col(keys.key("topic", 64).primary_key())
                .col(big_integer("version"))
                .take(),
        )
        .await
}

async fn create_events(manager: &SchemaManager<'_>, keys: Keys) -> Result<(), DbErr> {
    // No foreign keys: events outlive what they speak of.
    manager
        .create_table(
            Table::create()
                .table("events")
                .col(keys.id("id").primary_key())
                .col(big_integer_null("seq").unique_key())
                .col(string_len("kind", 64))
                .col(keys.id("subject"))
                .col(keys.id("actor"))
                .col(keys.id_null("person_id"))
                .col(blob("payload"))
                .col(time("created_at"))
                .take(),
        )
        .await?;
    manager.create_index(index("events", &["created_at"])).await?;
    manager
        .create_table(
            Table::create()
                .table("person_keys")
                .col(keys.id("person_id").primary_key())
                .col(blob("sealed_key"))
                .col(time("created_at"))
                .take(),
        )
        .await
}

async fn create_queue(manager: &SchemaManager<'_>, keys: Keys) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("jobs")
                .col(keys.id("id").primary_key())
                .col(string_len("kind", 64))
                .col(text("payload"))
                .col(string_len("state", 16))
                .col(time("run_at"))
                .col(integer("attempts"))
                .col(integer("max_attempts"))
                .col(string_len_null("lease_owner", 64))
                .col(time_null("lease_until"))
                .col(string_len_null("last_error", 1000))
                .col(time("created_at"))
                .take(),
        )
        .await?;
    manager.create_index(index("jobs", &["state", "run_at"])).await?;
    manager
        .create_table(
            Table::create()
                .table("mails")
                .col(keys.id("id").primary_key())
                .col(string_len("template", 64))
                .col(blob("sealed"))
                .col(time("created_at"))
                .take(),
        )
        .await
}

async fn create_rate_limits(manager: &SchemaManager<'_>, keys: Keys) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("rate_limits")
                .col(keys.key("bucket", 64).primary_key())
                .col(time("theoretical_arrival_at"))
                .take(),
        )
        .await?;
    manager
        .create_index(index("rate_limits", &["theoretical_arrival_at"]))
        .await
}
