//! What a grant about to be written rests on.

use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait, EntityTrait, JoinType, QueryFilter, QuerySelect};

use super::row::ACTIVE;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::id::{ApplicationId, SessionId};
use crate::oidc::scope::Scope;
use crate::platform::db::Tx;
use ::entity::{consent, session, user};

/// Holds a session, its person and, where it is named, what that one allowed an application, until the transaction ends: whoever ends
/// one of them comes before, or finds the grant. Gives what was allowed, nothing where no application is named; `None` when the
/// session is over, the person is kept out or the consent is gone.
pub(in crate::oidc) async fn hold_basis(
    tx: &Tx,
    session: &SessionId,
    consent_to: Option<&ApplicationId>,
    now: Timestamp,
) -> Result<Option<Scope>> {
    let to_user = session::Entity::belongs_to(user::Entity)
        .from(session::Column::UserId)
        .to(user::Column::Id);
    let mut query = session::Entity::find_by_id(session.as_str())
        .select_only()
        .join(JoinType::InnerJoin, to_user.into())
        .filter(session::Column::Status.eq(ACTIVE))
        .filter(session::Column::IdleExpiresAt.gt(now.millis()))
        .filter(session::Column::ExpiresAt.gt(now.millis()))
        .filter(user::Column::BannedAt.is_null())
        // SQLite has one writer and ignores the lock
        .lock(LockType::Share);
    if let Some(application) = consent_to {
        let to_consent = session::Entity::belongs_to(consent::Entity)
            .from(session::Column::UserId)
            .to(consent::Column::UserId);
        query = query
            .join(JoinType::InnerJoin, to_consent.into())
            .filter(consent::Column::ApplicationId.eq(application.as_str()))
            .column(consent::Column::Scope);
    } else {
        query = query.column(session::Column::Id);
    }
    let found: Option<String> = query.into_tuple().one(tx).await?;
    Ok(found.map(|found| match consent_to {
        Some(_) => Scope::from(found),
        None => Scope::EMPTY,
    }))
}
