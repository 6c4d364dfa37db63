//! The log of what processes must forget, key by key; `changes` stays for what is read anew as a whole.

use sea_orm_migration::prelude::*;

use crate::columns::{ATOMIC, Keys, time};

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
                    .table("invalidations")
                    // never given twice, not even after the newest rows were purged: processes remember how far they read
                    .col(
                        ColumnDef::new("id")
                            .big_integer()
                            .not_null()
                            .auto_increment()
                            .primary_key(),
                    )
                    .col(keys.key("topic", 32))
                    .col(keys.key("key", 64))
                    .col(time("created_at"))
                    .take(),
            )
            .await
    }
}
