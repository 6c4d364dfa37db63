//! Recurring work and its leases, and what retention finds its rows by.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::string_len_null;

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
        manager
            .create_table(
                Table::create()
                    .table("schedules")
                    .col(keys.key("name", 64).primary_key())
                    .col(time("next_at"))
                    .col(string_len_null("owner", 64))
                    .col(time_null("finished_at"))
                    .take(),
            )
            .await?;
        for (table, column) in [
            ("mails", "created_at"),
            ("devices", "last_seen_at"),
            ("sessions", "idle_expires_at"),
            ("sessions", "expires_at"),
            ("sessions", "ended_at"),
        ] {
            manager.create_index(index(table, &[column])).await?;
        }
        Ok(())
    }
}
