//! The rows of `applications` and `application_uris`.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, TryInsertResult,
};

use super::model::{Application, SecretHash};
use crate::kernel::clock::Timestamp;
use crate::kernel::error::{Error, Result};
use crate::kernel::id::ApplicationId;
use crate::kernel::token::TokenHash;
use ::entity::{application, application_uri};

const REDIRECT: &str = "redirect";
const POST_LOGOUT_REDIRECT: &str = "post_logout_redirect";

/// Writes an application; false when the client id is taken.
pub(super) async fn insert(db: &impl ConnectionTrait, new: &Application) -> Result<bool> {
    let row = application::ActiveModel {
        id: Set(new.id.to_string()),
        client_id: Set(new.client_id.clone()),
        name: Set(new.name.clone()),
        secret_hash: Set(new.secret_hash.as_ref().map(|hash| hash.0.clone())),
        public: Set(new.public),
        id_token_algorithm: Set(new.id_token_algorithm.as_str().to_owned()),
        created_at: Set(new.created_at.millis()),
        updated_at: Set(new.updated_at.millis()),
    };
    let inserted = application::Entity::insert(row)
        .on_conflict_do_nothing_on([application::Column::ClientId])
        .exec(db)
        .await?;
    if !matches!(inserted, TryInsertResult::Inserted(_)) {
        return Ok(false);
    }
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
    Ok(true)
}

/// The application of this client id.
pub(super) async fn find(db: &impl ConnectionTrait, client_id: &str) -> Result<Option<Application>> {
    let row = application::Entity::find()
        .filter(application::Column::ClientId.eq(client_id))
        .one(db)
        .await?;
    let applications = with_uris(db, row.into_iter().collect()).await?;
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
    with_uris(db, select.all(db).await?).await
}

/// Replaces the secret of a confidential application; false when there is none such.
pub(super) async fn set_secret(
    db: &impl ConnectionTrait,
    id: &ApplicationId,
    secret: &TokenHash,
    now: Timestamp,
) -> Result<bool> {
    let updated = application::Entity::update_many()
        .col_expr(application::Column::SecretHash, Expr::val(secret.to_vec()))
        .col_expr(application::Column::UpdatedAt, Expr::val(now.millis()))
        .filter(application::Column::Id.eq(id.as_str()))
        .filter(application::Column::Public.eq(false))
        .exec(db)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Deletes an application, and by the foreign keys all that was granted to it; false when there is none such.
pub(super) async fn delete(db: &impl ConnectionTrait, id: &ApplicationId) -> Result<bool> {
    let deleted = application::Entity::delete_by_id(id.as_str()).exec(db).await?;
    Ok(deleted.rows_affected == 1)
}

/// Rows with their addresses, which are read in one query for all of them.
async fn with_uris(db: &impl ConnectionTrait, rows: Vec<application::Model>) -> Result<Vec<Application>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let uris = application_uri::Entity::find()
        .filter(application_uri::Column::ApplicationId.is_in(rows.iter().map(|row| row.id.as_str())))
        .order_by_asc(application_uri::Column::Position)
        .all(db)
        .await?;
    rows.into_iter()
        .map(|row| {
            let of_kind = |kind: &str| {
                uris.iter()
                    .filter(|uri| uri.application_id == row.id && uri.kind == kind)
                    .map(|uri| uri.uri.clone())
                    .collect()
            };
            Ok(Application {
                redirect_uris: of_kind(REDIRECT),
                post_logout_redirect_uris: of_kind(POST_LOGOUT_REDIRECT),
                id: ApplicationId::from_stored(row.id.clone()),
                client_id: row.client_id,
                name: row.name,
                public: row.public,
                id_token_algorithm: row.id_token_algorithm.parse().map_err(Error::internal)?,
                created_at: Timestamp::from_millis(row.created_at),
                updated_at: Timestamp::from_millis(row.updated_at),
                secret_hash: row.secret_hash.map(SecretHash),
            })
        })
        .collect()
}
