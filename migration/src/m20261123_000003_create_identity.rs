//! People and what identifies them.

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
        create_users(manager, keys).await?;
        create_email_addresses(manager, keys).await?;
        create_identifier_claims(manager, keys).await
    }
}

async fn create_users(manager: &SchemaManager<'_>, keys: Keys) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("users")
                .col(keys.id("id").primary_key())
                .col(string_len_null("first_name", 256))
                .col(string_len_null("last_name", 256))
                .col(string_len_null("password_hash", 512))
                .col(time_null("password_updated_at"))
                // Not a foreign key: the address already points at the user.
                .col(keys.id_null("primary_email_id"))
                .col(time_null("operator_since"))
                .col(time_null("banned_at"))
                .col(time_null("last_sign_in_at"))
                .col(time("created_at"))
                .col(time("updated_at"))
                .take(),
        )
        .await?;
    manager.create_index(index("users", &["created_at"])).await
}

async fn create_email_addresses(manager: &SchemaManager<'_>, keys: Keys) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("email_addresses")
                .col(keys.id("id").primary_key())
                .col(keys.id("user_id"))
                .col(string_len("address", 320))
                .col(string_len("canonical", 320))
                .col(time_null("verified_at"))
                .col(time("created_at"))
                .foreign_key(&mut cascade("email_addresses", "user_id", "users"))
                .take(),
        )
        .await?;
    manager.create_index(index("email_addresses", &["user_id"])).await?;
    manager.create_index(index("email_addresses", &["canonical"])).await
}

async fn create_identifier_claims(manager: &SchemaManager<'_>, keys: Keys) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("identifier_claims")
                .col(string_len("kind", 16))
                .col(string_len("value", 320))
                .col(keys.id("identification_id"))
                .col(keys.id("user_id"))
                .col(time("created_at"))
                .primary_key(&mut primary_key(&["kind", "value"]))
                .foreign_key(&mut cascade("identifier_claims", "user_id", "users"))
                .take(),
        )
        .await?;
    manager.create_index(index("identifier_claims", &["user_id"])).await
}
