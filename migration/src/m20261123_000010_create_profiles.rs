//! What people say of themselves beyond their name and address: the standard claims and their phone numbers.

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
        create_phone_numbers(manager, keys).await?;
        create_user_profiles(manager, keys).await
    }
}

async fn create_phone_numbers(manager: &SchemaManager<'_>, keys: Keys) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("phone_numbers")
                .col(keys.id("id").primary_key())
                .col(keys.id("user_id"))
                .col(string_len("number", 16))
                .col(time_null("verified_at"))
                .col(time("created_at"))
                .foreign_key(&mut cascade("phone_numbers", "user_id", "users"))
                .take(),
        )
        .await?;
    manager.create_index(index("phone_numbers", &["user_id"])).await?;
    manager.create_index(index("phone_numbers", &["number"])).await?;
    manager
        .alter_table(
            Table::alter()
                .table("users")
                // Not a foreign key: the number already points at the user.
                .add_column(keys.id_null("primary_phone_id"))
                .take(),
        )
        .await
}

async fn create_user_profiles(manager: &SchemaManager<'_>, keys: Keys) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("user_profiles")
                .col(keys.id("user_id").primary_key())
                .col(string_len("claims", 8192))
                .col(time("updated_at"))
                .foreign_key(&mut cascade("user_profiles", "user_id", "users"))
                .take(),
        )
        .await
}
