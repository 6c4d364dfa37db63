//! Applications, what people granted them, and the codes and tokens made of it.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::columns::{ATOMIC, Keys, cascade, index, primary_key, time, time_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        ATOMIC
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let keys = Keys::of(manager);
        create_applications(manager, keys).await?;
        create_subjects(manager, keys).await?;
        create_consents(manager, keys).await?;
        create_grants(manager, keys).await?;
        create_authorization_codes(manager, keys).await?;
        create_access_tokens(manager, keys).await?;
        create_refresh_tokens(manager, keys).await
    }
}

async fn create_applications(manager: &SchemaManager<'_>, keys: Keys) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("applications")
                .col(keys.id("id").primary_key())
                .col(keys.id("client_id").unique_key())
                .col(string_len("name", 256))
                .col(blob_null("secret_hash"))
                .col(boolean("public"))
                .col(string_len("id_token_algorithm", 16))
                .col(time("created_at"))
                .col(time("updated_at"))
                .take(),
        )
        .await?;
    manager.create_index(index("applications", &["created_at"])).await?;
    manager
        .create_table(
            Table::create()
                .table("application_uris")
                .col(keys.id("application_id"))
                .col(string_len("kind", 32))
                .col(integer("position"))
                .col(string_len("uri", 2048))
                .primary_key(&mut primary_key(&["application_id", "kind", "position"]))
                .foreign_key(&mut cascade("application_uris", "application_id", "applications"))
                .take(),
        )
        .await
}

async fn create_subjects(manager: &SchemaManager<'_>, keys: Keys) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("subjects")
                .col(keys.id("user_id"))
                .col(keys.key("sector", 256))
                .col(keys.key("sub", 255))
                .primary_key(&mut primary_key(&["user_id", "sector"]))
                .foreign_key(&mut cascade("subjects", "user_id", "users"))
                .take(),
        )
        .await?;
    manager
        .create_index(index("subjects", &["sector", "sub"]).unique().take())
        .await
}

async fn create_consents(manager: &SchemaManager<'_>, keys: Keys) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("consents")
                .col(keys.id("user_id"))
                .col(keys.id("application_id"))
                .col(string_len("scope", 1000))
                .col(time("granted_at"))
                .col(time("updated_at"))
                .primary_key(&mut primary_key(&["user_id", "application_id"]))
                .foreign_key(&mut cascade("consents", "user_id", "users"))
                .foreign_key(&mut cascade("consents", "application_id", "applications"))
                .take(),
        )
        .await?;
    manager.create_index(index("consents", &["application_id"])).await
}

async fn create_grants(manager: &SchemaManager<'_>, keys: Keys) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("grants")
                .col(keys.id("id").primary_key())
                .col(keys.id("application_id"))
                .col(keys.id("user_id"))
                .col(keys.id("session_id"))
                .col(string_len("scope", 1000))
                .col(boolean("offline"))
                .col(time("auth_time"))
                .col(string_len("amr", 256))
                .col(time("created_at"))
                .col(time_null("revoked_at"))
                .col(string_len_null("revoked_reason", 32))
                .foreign_key(&mut cascade("grants", "application_id", "applications"))
                .foreign_key(&mut cascade("grants", "user_id", "users"))
                .take(),
        )
        .await?;
    for column in ["application_id", "user_id", "session_id"] {
        manager.create_index(index("grants", &[column])).await?;
    }
    Ok(())
}

async fn create_authorization_codes(manager: &SchemaManager<'_>, keys: Keys) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("authorization_codes")
                .col(binary_len("code_hash", 32).primary_key())
                .col(keys.id("grant_id"))
                .col(string_len("redirect_uri", 2048))
                .col(string_len_null("code_challenge", 128))
                .col(string_len_null("nonce", 2048))
                .col(time("expires_at"))
                .col(time_null("consumed_at"))
                .foreign_key(&mut cascade("authorization_codes", "grant_id", "grants"))
                .take(),
        )
        .await?;
    index_grant_and_expiry(manager, "authorization_codes").await
}

async fn create_access_tokens(manager: &SchemaManager<'_>, keys: Keys) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("access_tokens")
                .col(binary_len("token_hash", 32).primary_key())
                .col(keys.id("grant_id"))
                .col(string_len("scope", 1000))
                .col(time("created_at"))
                .col(time("expires_at"))
                .foreign_key(&mut cascade("access_tokens", "grant_id", "grants"))
                .take(),
        )
        .await?;
    index_grant_and_expiry(manager, "access_tokens").await
}

async fn create_refresh_tokens(manager: &SchemaManager<'_>, keys: Keys) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("refresh_tokens")
                .col(binary_len("token_hash", 32).primary_key())
                .col(keys.id("grant_id"))
                .col(integer("generation"))
                .col(time("created_at"))
                .col(time("expires_at"))
                .col(time_null("rotated_at"))
                .foreign_key(&mut cascade("refresh_tokens", "grant_id", "grants"))
                .take(),
        )
        .await?;
    index_grant_and_expiry(manager, "refresh_tokens").await
}

async fn index_grant_and_expiry(manager: &SchemaManager<'_>, table: &'static str) -> Result<(), DbErr> {
    manager.create_index(index(table, &["grant_id"])).await?;
    manager.create_index(index(table, &["expires_at"])).await
}
