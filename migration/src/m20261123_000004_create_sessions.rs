//! Devices, the sessions on them, and what proved each session.

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
        create_devices(manager, keys).await?;
        create_sessions(manager, keys).await?;
        create_session_proofs(manager, keys).await
    }
}

async fn create_devices(manager: &SchemaManager<'_>, keys: Keys) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("devices")
                .col(keys.id("id").primary_key())
                .col(binary_len_uniq("secret_hash", 32))
                // Not a foreign key: the session already points at the device.
                .col(keys.id_null("last_session_id"))
                .col(string_len_null("user_agent", 512))
                .col(time("created_at"))
                .col(time("last_seen_at"))
                .take(),
        )
        .await
}

async fn create_sessions(manager: &SchemaManager<'_>, keys: Keys) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("sessions")
                .col(keys.id("id").primary_key())
                .col(keys.id("device_id"))
                .col(keys.id("user_id"))
                .col(string_len("status", 16))
                .col(string_len_null("ip", 45))
                .col(time("created_at"))
                .col(time("last_active_at"))
                .col(time("idle_expires_at"))
                .col(time("expires_at"))
                .col(time_null("ended_at"))
                .foreign_key(&mut cascade("sessions", "device_id", "devices"))
                .foreign_key(&mut cascade("sessions", "user_id", "users"))
                .take(),
        )
        .await?;
    manager.create_index(index("sessions", &["device_id"])).await?;
    manager.create_index(index("sessions", &["user_id", "status"])).await
}

async fn create_session_proofs(manager: &SchemaManager<'_>, keys: Keys) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("session_proofs")
                .col(keys.id("id").primary_key())
                .col(keys.id("session_id"))
                .col(string_len("strategy", 64))
                .col(keys.id_null("identification_id"))
                .col(keys.id_null("connection_id"))
                .col(time("proven_at"))
                .foreign_key(&mut cascade("session_proofs", "session_id", "sessions"))
                .take(),
        )
        .await?;
    manager.create_index(index("session_proofs", &["session_id"])).await
}
