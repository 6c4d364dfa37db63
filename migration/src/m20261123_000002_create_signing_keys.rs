//! The key ring.

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
        manager
            .create_table(
                Table::create()
                    .table("signing_keys")
                    .col(keys.id("id").primary_key())
                    .col(string_len("purpose", 32))
                    .col(string_len("algorithm", 16))
                    .col(string_len("state", 16))
                    .col(blob_null("sealed_private_key"))
                    .col(text("public_jwk"))
                    .col(time("created_at"))
                    .col(time_null("activated_at"))
                    .col(time_null("retired_at"))
                    .col(time_null("gone_at"))
                    .take(),
            )
            .await?;
        manager
            .create_index(index("signing_keys", &["purpose", "algorithm", "state"]))
            .await?;
        // Two that rotate at the same time cannot both win.
        for state in ["active", "next"] {
            manager
                .create_index(
                    index("signing_keys", &["purpose", "algorithm"])
                        .name(format!("idx_signing_keys_one_{state}"))
                        .unique()
                        .and_where(Expr::col("state").eq(state))
                        .take(),
                )
                .await?;
        }
        Ok(())
    }
}
