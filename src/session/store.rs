//! The rows of `devices`, `sessions` and `session_proofs`.

use std::time::Duration;

use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::model::{Device, NewSession, Proof, Session, Strategy};
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::id::{DeviceId, IdentificationId, SessionId, UserId};
use crate::kernel::token::TokenHash;
use crate::platform::db::{Tx, delete_some};
use ::entity::{device, session, session_proof};

/// The topic of the keys, which are device ids, under which devices are remembered with all that is on them. Every function here
/// that changes a device or a session on it tells it.
pub(super) const TOPIC: &str = "devices";

const ACTIVE: &str = "active";
const ENDED: &str = "ended";
/// The width of `user_agent`.
const MAX_USER_AGENT: usize = 512;

/// The most live sessions that one device is asked for: more people than that share no browser.
const MAX_SESSIONS: u64 = 50;

/// The device with this secret, made when there is none; `fresh` is its id in that case.
///
/// # Errors
/// A database error.
pub async fn ensure_device(
    db: &impl ConnectionTrait,
    secret: &TokenHash,
    fresh: &DeviceId,
    user_agent: Option<&str>,
    now: Timestamp,
) -> Result<DeviceId> {
    if let Some(device) = find_device(db, secret).await? {
        return Ok(device);
    }
    let row = device::ActiveModel {
        id: Set(fresh.to_string()),
        secret_hash: Set(secret.to_vec()),
        last_session_id: Set(None),
        user_agent: Set(user_agent.map(|text| text.chars().take(MAX_USER_AGENT).collect())),
        created_at: Set(now.millis()),
        last_seen_at: Set(now.millis()),
    };
    device::Entity::insert(row)
        .on_conflict_do_nothing_on([device::Column::SecretHash])
        .exec(db)
        .await?;
    // a racer with the same cookie may have been faster
    let device = find_device(db, secret).await?;
    Ok(device.unwrap_or_else(|| fresh.clone()))
}

/// The device with this secret.
pub(super) async fn find_device(db: &impl ConnectionTrait, secret: &TokenHash) -> Result<Option<DeviceId>> {
    let id: Option<String> = device::Entity::find()
        .select_only()
        .column(device::Column::Id)
        .filter(device::Column::SecretHash.eq(secret.to_vec()))
        .into_tuple()
        .one(db)
        .await?;
    Ok(id.map(DeviceId::from_stored))
}

/// The device that a session is on, for as long as there is either.
pub(super) async fn device_of(db: &impl ConnectionTrait, id: &SessionId) -> Result<Option<DeviceId>> {
    let device: Option<String> = session::Entity::find_by_id(id.as_str())
        .select_only()
        .column(session::Column::DeviceId)
        .into_tuple()
        .one(db)
        .await?;
    Ok(device.map(DeviceId::from_stored))
}

/// A device with its live sessions.
pub(super) async fn load_device(db: &impl ConnectionTrait, id: &DeviceId, now: Timestamp) -> Result<Option<Device>> {
    // first: where somebody signs in between the two readings, the old secret must not come with the new session
    let sessions = live_on_device(db, id, now).await?;
    let Some(row) = device::Entity::find_by_id(id.as_str()).one(db).await? else {
        return Ok(None);
    };
    Ok(Some(Device {
        id: DeviceId::from_stored(row.id),
        secret: TokenHash::from_stored(&row.secret_hash)?,
        last_session_id: row.last_session_id.map(SessionId::from_stored),
        sessions,
    }))
}

/// Gives the device a new secret; false when it no longer has the old one, because another command was faster.
///
/// # Errors
/// A database error.
pub async fn rotate_secret(
    tx: &Tx,
    device: &DeviceId,
    old: &TokenHash,
    new: &TokenHash,
    now: Timestamp,
) -> Result<bool> {
    let changed = device::Entity::update_many()
        .col_expr(device::Column::SecretHash, Expr::val(new.to_vec()))
        .col_expr(device::Column::LastSeenAt, Expr::val(now.millis()))
        .filter(device::Column::Id.eq(device.as_str()))
        .filter(device::Column::SecretHash.eq(old.to_vec()))
        .exec(tx)
        .await?;
    tx.forget(TOPIC, device.as_str()).await?;
    Ok(changed.rows_affected == 1)
}

/// Neither signed out nor run out.
fn live(now: Timestamp) -> Condition {
    Condition::all()
        .add(session::Column::Status.eq(ACTIVE))
        .add(session::Column::IdleExpiresAt.gt(now.millis()))
        .add(session::Column::ExpiresAt.gt(now.millis()))
}

/// The live sessions of a device with their proofs, the last used first.
async fn live_on_device(db: &impl ConnectionTrait, device: &DeviceId, now: Timestamp) -> Result<Vec<Session>> {
    let rows = session::Entity::find()
        .filter(session::Column::DeviceId.eq(device.as_str()))
        .filter(live(now))
        .order_by_desc(session::Column::LastActiveAt)
        .order_by_desc(session::Column::Id)
        .limit(MAX_SESSIONS)
        .all(db)
        .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let proofs = session_proof::Entity::find()
        .filter(session_proof::Column::SessionId.is_in(rows.iter().map(|row| row.id.as_str())))
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let proofs = proofs.iter().filter(|proof| proof.session_id == row.id);
            to_session(&row, proofs)
        })
        .collect())
}

/// Begins a session, or adds the proof to the one that the person has on this device. Says which session it is and whether it
/// is new.
///
/// # Errors
/// A database error.
pub async fn establish(tx: &Tx, new: &NewSession) -> Result<(SessionId, bool)> {
    let now = new.proof.proven_at;
    let existing = session::Entity::find()
        .filter(session::Column::DeviceId.eq(new.device.as_str()))
        .filter(session::Column::UserId.eq(new.user.as_str()))
        .filter(live(now))
        .one(tx)
        .await?;
    let (id, is_new) = match existing {
        Some(row) => {
            let id = SessionId::from_stored(row.id);
            touch(tx, &new.device, &id, now, new.idle).await?;
            // the newest proof by a strategy stands for the earlier ones
            session_proof::Entity::delete_many()
                .filter(session_proof::Column::SessionId.eq(id.as_str()))
                .filter(session_proof::Column::Strategy.eq(new.proof.strategy.as_str()))
                .exec(tx)
                .await?;
            (id, false)
        }
        None => {
            let row = session::ActiveModel {
                id: Set(new.id.to_string()),
                device_id: Set(new.device.to_string()),
                user_id: Set(new.user.to_string()),
                status: Set(ACTIVE.to_owned()),
                ip: Set(new.ip.clone()),
                created_at: Set(now.millis()),
                last_active_at: Set(now.millis()),
                idle_expires_at: Set((now + new.idle).millis()),
                expires_at: Set((now + new.absolute).millis()),
                ended_at: Set(None),
            };
            session::Entity::insert(row).exec_without_returning(tx).await?;
            (new.id.clone(), true)
        }
    };
    let proof = session_proof::ActiveModel {
        id: Set(new.proof_id.to_string()),
        session_id: Set(id.to_string()),
        strategy: Set(new.proof.strategy.as_str().to_owned()),
        identification_id: Set(new.proof.identification_id.as_ref().map(ToString::to_string)),
        connection_id: Set(None),
        proven_at: Set(now.millis()),
    };
    session_proof::Entity::insert(proof).exec_without_returning(tx).await?;
    device::Entity::update_many()
        .col_expr(device::Column::LastSessionId, Expr::val(id.to_string()))
        .filter(device::Column::Id.eq(new.device.as_str()))
        .exec(tx)
        .await?;
    tx.forget(TOPIC, new.device.as_str()).await?;
    Ok((id, is_new))
}

/// Records activity and puts off the idle end.
pub(super) async fn touch(tx: &Tx, device: &DeviceId, id: &SessionId, now: Timestamp, idle: Duration) -> Result<()> {
    session::Entity::update_many()
        .col_expr(session::Column::LastActiveAt, Expr::val(now.millis()))
        .col_expr(session::Column::IdleExpiresAt, Expr::val((now + idle).millis()))
        .filter(session::Column::Id.eq(id.as_str()))
        .filter(live(now))
        .exec(tx)
        .await?;
    tx.forget(TOPIC, device.as_str()).await
}

/// The live sessions of a person, with the devices they are on, at most `limit`.
///
/// # Errors
/// A database error.
pub async fn live_of(
    db: &impl ConnectionTrait,
    user: &UserId,
    limit: u64,
    now: Timestamp,
) -> Result<Vec<(SessionId, DeviceId)>> {
    let rows: Vec<(String, String)> = session::Entity::find()
        .select_only()
        .column(session::Column::Id)
        .column(session::Column::DeviceId)
        .filter(session::Column::UserId.eq(user.as_str()))
        .filter(live(now))
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    let ids = |(id, device)| (SessionId::from_stored(id), DeviceId::from_stored(device));
    Ok(rows.into_iter().map(ids).collect())
}

/// Ends a live session of the device; false when there is none such.
///
/// # Errors
/// A database error.
pub async fn end(tx: &Tx, device: &DeviceId, id: &SessionId, now: Timestamp) -> Result<bool> {
    let ended = session::Entity::update_many()
        .col_expr(session::Column::Status, Expr::val(ENDED))
        .col_expr(session::Column::EndedAt, Expr::val(now.millis()))
        .filter(session::Column::Id.eq(id.as_str()))
        .filter(session::Column::DeviceId.eq(device.as_str()))
        .filter(live(now))
        .exec(tx)
        .await?;
    tx.forget(TOPIC, device.as_str()).await?;
    Ok(ended.rows_affected == 1)
}

/// Whether the person has been signed in on this device before: such a device is let past the limits that a stranger could
/// use up for the account.
///
/// # Errors
/// A database error.
pub async fn has_signed_in_before(db: &impl ConnectionTrait, device: &DeviceId, user: &UserId) -> Result<bool> {
    let row = session::Entity::find()
        .filter(session::Column::DeviceId.eq(device.as_str()))
        .filter(session::Column::UserId.eq(user.as_str()))
        .one(db)
        .await?;
    Ok(row.is_some())
}

fn to_session<'a>(row: &session::Model, proofs: impl Iterator<Item = &'a session_proof::Model>) -> Session {
    Session {
        id: SessionId::from_stored(row.id.clone()),
        device_id: DeviceId::from_stored(row.device_id.clone()),
        user_id: UserId::from_stored(row.user_id.clone()),
        ip: row.ip.clone(),
        created_at: Timestamp::from_millis(row.created_at),
        last_active_at: Timestamp::from_millis(row.last_active_at),
        idle_expires_at: Timestamp::from_millis(row.idle_expires_at),
        expires_at: Timestamp::from_millis(row.expires_at),
        proofs: proofs
            .filter_map(|proof| {
                Some(Proof {
                    // a strategy that a newer build wrote proves nothing to this one
                    strategy: Strategy::from_stored(&proof.strategy)?,
                    identification_id: proof.identification_id.clone().map(IdentificationId::from_stored),
                    proven_at: Timestamp::from_millis(proof.proven_at),
                })
            })
            .collect(),
    }
}

/// Deletes up to `limit` sessions that were over at `before` or earlier, with their proofs.
///
/// # Errors
/// A database error.
pub async fn purge_sessions(db: &impl ConnectionTrait, before: Timestamp, limit: u64) -> Result<u64> {
    let mut deleted = 0;
    // one after the other, so that each is found by its index
    for ends in [
        session::Column::EndedAt,
        session::Column::IdleExpiresAt,
        session::Column::ExpiresAt,
    ] {
        let due = Condition::all().add(ends.lte(before.millis()));
        deleted += delete_some::<session::Entity>(db, session::Column::Id, due, limit - deleted).await?;
    }
    Ok(deleted)
}

/// Deletes up to `limit` devices on which no session is left and nothing happened since `before`.
///
/// # Errors
/// A database error.
pub async fn purge_devices(tx: &Tx, before: Timestamp, limit: u64) -> Result<u64> {
    let sessions = Query::select()
        .expr(Expr::val(1))
        .from(session::Entity)
        .and_where(
            session::Column::DeviceId
                .into_expr()
                .equals((device::Entity, device::Column::Id)),
        )
        .to_owned();
    let due = Condition::all()
        .add(device::Column::LastSeenAt.lte(before.millis()))
        .add(Expr::exists(sessions).not());
    let ids: Vec<String> = device::Entity::find()
        .select_only()
        .column(device::Column::Id)
        .filter(due.clone())
        .limit(limit)
        .into_tuple()
        .all(tx)
        .await?;
    for id in &ids {
        // somebody may just look at our pages there, and would sign in on a device that is gone
        tx.forget(TOPIC, id).await?;
    }
    let deleted = device::Entity::delete_many()
        .filter(device::Column::Id.is_in(ids))
        .filter(due)
        .exec(tx)
        .await?;
    Ok(deleted.rows_affected)
}
