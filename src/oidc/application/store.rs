//! The rows of `applications`, `application_uris` and `application_secrets`.

use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, TryInsertResult,
};

use super::model::Application;
use super::registration::Registration;
use super::scope_tokens::ScopeTokens;
use super::secret::ClientSecret;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::{Error, Result};
use crate::kernel::id::{ApplicationId, ApplicationSecretId};
use crate::platform::db::Tx;
use ::entity::{application, application_secret, application_uri};

const REDIRECT: &str = "redirect";
const POST_LOGOUT_REDIRECT: &str = "post_logout_redirect";

/// Writes an application; false when the client id is taken.
pub(super) async fn insert(db: &impl ConnectionTrait, new: &Application) -> Result<bool> {
    let inserted = application::Entity::insert(row(new))
        .on_conflict_do_nothing_on([application::Column::ClientId])
        .exec(db)
        .await?;
    if !matches!(inserted, TryInsertResult::Inserted(_)) {
        return Ok(false);
    }
    insert_uris(db, new).await?;
    for secret in &new.secrets {
        insert_secret(db, &new.id, secret).await?;
    }
    Ok(true)
}

fn row(new: &Application) -> application::ActiveModel {
    application::ActiveModel {
        id: Set(new.id.to_string()),
        client_id: Set(new.client_id.clone()),
        name: Set(new.name.clone()),
        id_token_algorithm: Set(new.id_token_algorithm.as_str().to_owned()),
        created_at: Set(new.created_at.millis()),
        updated_at: Set(new.updated_at.millis()),
        profile: Set(new.profile.as_str().to_owned()),
        authentication: Set(new.authentication.as_str().to_owned()),
        grant_types: Set(new.grant_types.to_string()),
        scopes: Set(new.scopes.to_string()),
        access_token_format: Set(new.access_token_format.as_str().to_owned()),
        access_token_algorithm: Set(new.access_token_algorithm.as_str().to_owned()),
        consent_screen_enabled: Set(new.consent_screen_enabled),
        pkce_required: Set(new.pkce_required),
        client_uri: Set(new.client_uri.clone()),
        client_image_url: Set(new.client_image_url.clone()),
        jwks: Set(new.jwks.clone()),
        jwks_uri: Set(new.jwks_uri.clone()),
    }
}

async fn insert_uris(db: &impl ConnectionTrait, new: &Application) -> Result<()> {
    let rows = |kind: &'static str, uris: &[String]| -> Vec<application_uri::ActiveModel> {
        let row = |(position, uri): (i32, &String)| application_uri::ActiveModel {
            application_id: Set(new.id.to_string()),
            kind: Set(kind.to_owned()),
            position: Set(position),
            uri: Set(uri.clone()),
        };
        (0..).zip(uris).map(row).collect()
    };
    let mut uris = rows(REDIRECT, &new.redirect_uris);
    uris.extend(rows(POST_LOGOUT_REDIRECT, &new.post_logout_redirect_uris));
    application_uri::Entity::insert_many(uris)
        .exec_without_returning(db)
        .await?;
    Ok(())
}

async fn insert_secret(db: &impl ConnectionTrait, id: &ApplicationId, secret: &ClientSecret) -> Result<()> {
    let row = application_secret::ActiveModel {
        id: Set(secret.id.to_string()),
        application_id: Set(id.to_string()),
        secret_hash: Set(secret.hash.clone()),
        hint: Set(secret.hint.clone()),
        created_at: Set(secret.created_at.millis()),
        expires_at: Set(secret.expires_at.map(Timestamp::millis)),
    };
    application_secret::Entity::insert(row)
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// The application with this id, which nobody else changes until the transaction ends.
pub(super) async fn lock(tx: &Tx, id: &ApplicationId) -> Result<Option<Application>> {
    // SQLite has one writer and ignores it; what is granted meanwhile need not wait
    let row = application::Entity::find_by_id(id.as_str())
        .lock(LockType::NoKeyUpdate)
        .one(tx)
        .await?;
    only(with_parts(tx, row.into_iter().collect()).await?)
}

/// Writes in what an application differs from `before`, which is locked.
pub(super) async fn replace(tx: &Tx, before: &Application, after: &Application) -> Result<()> {
    application::Entity::update(row(after)).exec(tx).await?;
    let uris = |of: &Application| (of.redirect_uris.clone(), of.post_logout_redirect_uris.clone());
    if uris(before) != uris(after) {
        application_uri::Entity::delete_many()
            .filter(application_uri::Column::ApplicationId.eq(before.id.as_str()))
            .exec(tx)
            .await?;
        insert_uris(tx, after).await?;
    }
    let changed = |secrets: &[ClientSecret], others: &[ClientSecret]| -> Vec<ClientSecret> {
        secrets
            .iter()
            .filter(|secret| !others.contains(secret))
            .cloned()
            .collect()
    };
    let over = changed(&before.secrets, &after.secrets);
    application_secret::Entity::delete_many()
        .filter(application_secret::Column::Id.is_in(over.iter().map(|secret| secret.id.as_str())))
        .exec(tx)
        .await?;
    for secret in changed(&after.secrets, &before.secrets) {
        insert_secret(tx, &after.id, &secret).await?;
    }
    Ok(())
}

/// The application with this id.
pub(super) async fn get(db: &impl ConnectionTrait, id: &ApplicationId) -> Result<Option<Application>> {
    let row = application::Entity::find_by_id(id.as_str()).one(db).await?;
    only(with_parts(db, row.into_iter().collect()).await?)
}

/// The application of this client id.
pub(super) async fn find(db: &impl ConnectionTrait, client_id: &str) -> Result<Option<Application>> {
    let row = application::Entity::find()
        .filter(application::Column::ClientId.eq(client_id))
        .one(db)
        .await?;
    only(with_parts(db, row.into_iter().collect()).await?)
}

fn only(applications: Vec<Application>) -> Result<Option<Application>> {
    Ok(applications.into_iter().next())
}

/// At most `limit` applications made after `after`, the oldest first.
pub(super) async fn list(
    db: &impl ConnectionTrait,
    after: Option<&ApplicationId>,
    limit: u64,
) -> Result<Vec<Application>> {
    let mut select = application::Entity::find()
        .order_by_asc(application::Column::Id)
        .limit(limit);
    if let Some(after) = after {
        select = select.filter(application::Column::Id.gt(after.as_str()));
    }
    with_parts(db, select.all(db).await?).await
}

/// Deletes an application, and by the foreign keys all that was granted to it; false when there is none such.
pub(super) async fn delete(db: &impl ConnectionTrait, id: &ApplicationId) -> Result<bool> {
    let deleted = application::Entity::delete_by_id(id.as_str()).exec(db).await?;
    Ok(deleted.rows_affected == 1)
}

/// Rows with their addresses and secrets, which are read in one query each for all of them.
pub(super) async fn with_parts(db: &impl ConnectionTrait, rows: Vec<application::Model>) -> Result<Vec<Application>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids = || rows.iter().map(|row| row.id.as_str());
    let uris = application_uri::Entity::find()
        .filter(application_uri::Column::ApplicationId.is_in(ids()))
        .order_by_asc(application_uri::Column::Position)
        .all(db)
        .await?;
    let secrets = application_secret::Entity::find()
        .filter(application_secret::Column::ApplicationId.is_in(ids()))
        .order_by_asc(application_secret::Column::Id)
        .all(db)
        .await?;
    rows.into_iter().map(|row| model(row, &uris, &secrets)).collect()
}

fn model(
    row: application::Model,
    uris: &[application_uri::Model],
    secrets: &[application_secret::Model],
) -> Result<Application> {
    let of_kind = |kind: &str| {
        let of_it = uris
            .iter()
            .filter(|uri| uri.application_id == row.id && uri.kind == kind);
        of_it.map(|uri| uri.uri.clone()).collect()
    };
    let secrets = secrets.iter().filter(|secret| secret.application_id == row.id);
    Ok(Application {
        secrets: secrets.map(secret).collect(),
        registration: Registration {
            redirect_uris: of_kind(REDIRECT),
            post_logout_redirect_uris: of_kind(POST_LOGOUT_REDIRECT),
            name: row.name,
            profile: row.profile.parse().map_err(Error::internal)?,
            authentication: row.authentication.parse().map_err(Error::internal)?,
            grant_types: row.grant_types.parse().map_err(Error::internal)?,
            scopes: ScopeTokens::from_stored(row.scopes),
            access_token_format: row.access_token_format.parse().map_err(Error::internal)?,
            access_token_algorithm: row.access_token_algorithm.parse().map_err(Error::internal)?,
            id_token_algorithm: row.id_token_algorithm.parse().map_err(Error::internal)?,
            consent_screen_enabled: row.consent_screen_enabled,
            pkce_required: row.pkce_required,
            client_uri: row.client_uri,
            client_image_url: row.client_image_url,
            jwks: row.jwks,
            jwks_uri: row.jwks_uri,
        },
        id: ApplicationId::from_stored(row.id),
        client_id: row.client_id,
        created_at: Timestamp::from_millis(row.created_at),
        updated_at: Timestamp::from_millis(row.updated_at),
    })
}

fn secret(row: &application_secret::Model) -> ClientSecret {
    ClientSecret {
        id: ApplicationSecretId::from_stored(row.id.clone()),
        hint: row.hint.clone(),
        created_at: Timestamp::from_millis(row.created_at),
        expires_at: row.expires_at.map(Timestamp::from_millis),
        hash: row.secret_hash.clone(),
    }
}
