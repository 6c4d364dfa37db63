//! What an application may register, several secrets for each, what its assertions used up, and the keys of the Backend API.

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
        widen_applications(manager).await?;
        create_application_secrets(manager, keys).await?;
        move_secrets(manager).await?;
        create_used_assertions(manager, keys).await?;
        create_secret_keys(manager, keys).await
    }
}

/// The defaults keep what an application could do before.
async fn widen_applications(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = [
        string_len("profile", 16).default("oidc-core").take(),
        string_len("authentication", 32).default("client_secret").take(),
        string_len("grant_types", 128)
            .default("authorization_code refresh_token")
            .take(),
        string_len("scopes", 1024)
            .default("openid profile email phone address offline_access")
            .take(),
        string_len("access_token_format", 16).default("opaque").take(),
        string_len("access_token_algorithm", 16).default("RS256").take(),
        boolean("consent_screen_enabled").default(true).take(),
        boolean("pkce_required").default(false).take(),
        string_len_null("client_uri", 2048),
        string_len_null("client_image_url", 2048),
        text_null("jwks"),
        string_len_null("jwks_uri", 2048),
    ];
    // SQLite takes one change a statement
    for column in columns {
        let table = Table::alter().table("applications").add_column(column).take();
        manager.alter_table(table).await?;
    }
    manager.create_index(index("applications", &["name"])).await
}

async fn create_application_secrets(manager: &SchemaManager<'_>, keys: Keys) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("application_secrets")
                .col(keys.id("id").primary_key())
                .col(keys.id("application_id"))
                .col(binary_len("secret_hash", 32))
                .col(string_len("hint", 8))
                .col(time("created_at"))
                .col(time_null("expires_at"))
                .foreign_key(&mut cascade("application_secrets", "application_id", "applications"))
                .take(),
        )
        .await?;
    for column in ["application_id", "expires_at"] {
        manager.create_index(index("application_secrets", &[column])).await?;
    }
    Ok(())
}

/// The one secret of each application becomes its first; its end is not known any more.
async fn move_secrets(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let db = manager.get_connection();
    db.execute_unprepared(
        "INSERT INTO application_secrets (id, application_id, secret_hash, hint, created_at) \
         SELECT 'oauthsec_' || substr(id, 10), id, secret_hash, '', created_at FROM applications \
         WHERE secret_hash IS NOT NULL",
    )
    .await?;
    db.execute_unprepared("UPDATE applications SET authentication = 'none' WHERE secret_hash IS NULL")
        .await?;
    for column in ["secret_hash", "public"] {
        let table = Table::alter().table("applications").drop_column(column).take();
        manager.alter_table(table).await?;
    }
    Ok(())
}

async fn create_used_assertions(manager: &SchemaManager<'_>, keys: Keys) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("used_assertions")
                .col(keys.id("application_id"))
                .col(binary_len("jti_hash", 32))
                .col(time("expires_at"))
                .primary_key(&mut primary_key(&["application_id", "jti_hash"]))
                .foreign_key(&mut cascade("used_assertions", "application_id", "applications"))
                .take(),
        )
        .await?;
    manager.create_index(index("used_assertions", &["expires_at"])).await
}

async fn create_secret_keys(manager: &SchemaManager<'_>, keys: Keys) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("secret_keys")
                .col(keys.id("id").primary_key())
                .col(string_len("name", 256))
                .col(string_len("hint", 8))
                .col(binary_len("key_hash", 32).unique_key())
                .col(time("created_at"))
                .col(time_null("last_used_at"))
                .col(time_null("revoked_at"))
                .take(),
        )
        .await
}
