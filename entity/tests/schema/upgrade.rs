//! What a migration makes of the rows that were there before it.

use entity::{application, application_secret};
use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, Database, DbErr, EntityTrait};

/// The migrations before `m20261123_000009_widen_applications`, of which each has a number.
fn before_applications_widened() -> u32 {
    let names = Migrator::migrations();
    let before = names.iter().filter(|migration| migration.name() < "m20261123_000009");
    u32::try_from(before.count()).unwrap_or(u32::MAX)
}

#[tokio::test]
async fn applications_keep_their_secrets_and_what_they_could_do() -> Result<(), DbErr> {
    let db = Database::connect("sqlite::memory:").await?;
    Migrator::up(&db, Some(before_applications_widened())).await?;
    db.execute_unprepared(
        "INSERT INTO applications (id, client_id, name, secret_hash, public, id_token_algorithm, created_at, updated_at) \
         VALUES ('oauthapp_A', 'a', 'Server', x'01', false, 'RS256', 7, 7), ('oauthapp_B', 'b', 'App', NULL, true, 'RS256', 8, 8)",
    )
    .await?;
    Migrator::up(&db, None).await?;

    let secrets = application_secret::Entity::find().all(&db).await?;
    assert_eq!(secrets.len(), 1);
    assert_eq!(
        (secrets[0].id.as_str(), secrets[0].application_id.as_str()),
        ("oauthsec_A", "oauthapp_A")
    );
    assert_eq!(
        (secrets[0].secret_hash.as_slice(), secrets[0].expires_at),
        (&[1][..], None)
    );
    let applications = application::Entity::find().all(&db).await?;
    let kinds: Vec<_> = applications
        .iter()
        .map(|row| (row.client_id.as_str(), row.authentication.as_str()))
        .collect();
    assert_eq!(kinds, [("a", "client_secret"), ("b", "none")]);
    for row in &applications {
        assert_eq!(
            (row.profile.as_str(), row.consent_screen_enabled, row.pkce_required),
            ("oidc-core", true, false)
        );
        assert_eq!(row.grant_types, "authorization_code refresh_token");
    }
    Ok(())
}
