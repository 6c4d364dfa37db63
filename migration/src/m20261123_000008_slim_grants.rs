//! Grants that carry their code and the state of their refresh tokens: what tokens say themselves is stored no more.
//!
//! Codes and tokens that were issued before end with this, because none of the new rows could be made from their hashes.
//! People stay signed in and their consents stay, so applications get new ones without a question.

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
        for table in ["authorization_codes", "access_tokens", "refresh_tokens", "grants"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        create_grants(manager, Keys::of(manager)).await?;
        create_revoked_tokens(manager).await?;
        let valid_after = time_null("grants_valid_after");
        manager
            .alter_table(Table::alter().table("users").add_column(valid_after).take())
            .await
    }
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
                .col(string_len_null("claims", 8192))
                .col(time("auth_time"))
                .col(string_len("amr", 256))
                .col(binary_len("code_hash", 32).unique_key())
                .col(string_len_null("redirect_uri", 2048))
                .col(string_len_null("code_challenge", 128))
                .col(string_len_null("nonce", 2048))
                .col(time("code_expires_at"))
                .col(time_null("code_consumed_at"))
                .col(integer("refresh_generation"))
                .col(string_len("rotations", 256))
                .col(time("created_at"))
                .col(time_null("last_used_at"))
                .col(time("expires_at"))
                .col(time_null("revoked_at"))
                .col(string_len_null("revoked_reason", 32))
                .foreign_key(&mut cascade("grants", "application_id", "applications"))
                .foreign_key(&mut cascade("grants", "user_id", "users"))
                .take(),
        )
        .await?;
    // every index costs each new grant a page: there is one for the people's list, which also finds the grants of a pair, one for
    // the list of an application, and one for purging
    for columns in [
        ["user_id", "application_id"].as_slice(),
        &["application_id"],
        &["expires_at"],
    ] {
        manager.create_index(index("grants", columns)).await?;
    }
    Ok(())
}

async fn create_revoked_tokens(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("revoked_tokens")
                .col(binary_len("token_id", 12).primary_key())
                .col(time("expires_at"))
                .take(),
        )
        .await?;
    manager.create_index(index("revoked_tokens", &["expires_at"])).await
}
