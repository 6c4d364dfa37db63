//! The rows of `users`, `email_addresses`, `phone_numbers`, `user_profiles` and `identifier_claims`.

use sea_orm::sea_query::{Expr, LockType, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder,
    QuerySelect, RelationDef, Select, SelectTwo, TryInsertResult,
};

use super::email::EmailAddress;
use super::model::{Email, NewUser, PersonName, Phone, User};
use super::password::PasswordHash;
use super::profile::Profile;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::{Error, Result};
use crate::kernel::id::{IdentificationId, UserId};
use crate::platform::db::Tx;
use ::entity::{email_address, grant, identifier_claim, phone_number, user, user_profile};

/// The topic of the keys, which are user ids, under which people are remembered. Every function here that changes a person
/// tells it.
pub(super) const TOPIC: &str = "users";

const EMAIL: &str = "email";

/// What became of a new person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreateOutcome {
    /// The person exists now.
    Created,
    /// Somebody verified the same address before; nothing was written.
    Taken,
}

/// What signing in needs to know of a person.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The person.
    pub user_id: UserId,
    /// The identification that was typed.
    pub identification_id: IdentificationId,
    /// The password's hash, if there is one.
    pub password_hash: Option<PasswordHash>,
    /// Whether the person may not sign in.
    pub banned: bool,
}

/// Writes a person with a verified address. The claim decides among racers: its primary key lets one of them in.
///
/// # Errors
/// A database error.
pub async fn create(tx: &Tx, new: &NewUser) -> Result<CreateOutcome> {
    if credentials_by_email(tx, &new.email).await?.is_some() {
        return Ok(CreateOutcome::Taken);
    }
    let at = new.created_at.millis();
    let row = user::ActiveModel {
        id: Set(new.id.to_string()),
        first_name: Set(new.name.first.clone()),
        last_name: Set(new.name.last.clone()),
        password_hash: Set(new.password_hash.as_ref().map(|hash| hash.as_str().to_owned())),
        password_updated_at: Set(new.password_hash.as_ref().map(|_| at)),
        primary_email_id: Set(Some(new.email_id.to_string())),
        operator_since: Set(None),
        banned_at: Set(None),
        last_sign_in_at: Set(None),
        created_at: Set(at),
        updated_at: Set(at),
        primary_phone_id: Set(None),
        grants_valid_after: Set(None),
    };
    user::Entity::insert(row).exec_without_returning(tx).await?;
    let claim = identifier_claim::ActiveModel {
        kind: Set(EMAIL.to_owned()),
        value: Set(new.email.canonical().to_owned()),
        identification_id: Set(new.email_id.to_string()),
        user_id: Set(new.id.to_string()),
        created_at: Set(at),
    };
    let claimed = identifier_claim::Entity::insert(claim)
        .on_conflict_do_nothing_on([identifier_claim::Column::Kind, identifier_claim::Column::Value])
        .exec(tx)
        .await?;
    if matches!(claimed, TryInsertResult::Conflicted | TryInsertResult::Empty) {
        // a racer on PostgreSQL was faster between the look-up above and here: undo the person, keep the transaction
        user::Entity::delete_by_id(new.id.as_str()).exec(tx).await?;
        return Ok(CreateOutcome::Taken);
    }
    let address = email_address::ActiveModel {
        id: Set(new.email_id.to_string()),
        user_id: Set(new.id.to_string()),
        address: Set(new.email.address().to_owned()),
        canonical: Set(new.email.canonical().to_owned()),
        verified_at: Set(Some(at)),
        created_at: Set(at),
    };
    email_address::Entity::insert(address)
        .exec_without_returning(tx)
        .await?;
    tx.create_person_key(&new.id, &new.key, new.created_at).await?;
    Ok(CreateOutcome::Created)
}

/// The person who owns `email`, by its claim.
///
/// # Errors
/// A database error.
pub async fn credentials_by_email(db: &impl ConnectionTrait, email: &EmailAddress) -> Result<Option<Credentials>> {
    let row = owner_of(email).one(db).await?;
    Ok(to_credentials(row))
}

/// Who has claimed an address; one statement, so that an unknown address costs as much as a known one.
fn owner_of(email: &EmailAddress) -> SelectTwo<identifier_claim::Entity, user::Entity> {
    identifier_claim::Entity::find_by_id((EMAIL.to_owned(), email.canonical().to_owned()))
        .join(
            JoinType::InnerJoin,
            identifier_claim::Entity::belongs_to(user::Entity)
                .from(identifier_claim::Column::UserId)
                .to(user::Column::Id)
                .into(),
        )
        .select_also(user::Entity)
}

fn to_credentials(row: Option<(identifier_claim::Model, Option<user::Model>)>) -> Option<Credentials> {
    let (claim, owner) = row?;
    let owner = owner?;
    Some(Credentials {
        user_id: UserId::from_stored(owner.id),
        identification_id: IdentificationId::from_stored(claim.identification_id),
        password_hash: owner.password_hash.map(PasswordHash::from_stored),
        banned: owner.banned_at.is_some(),
    })
}

/// The same, while nobody gives them another password or keeps them out until the transaction ends.
///
/// # Errors
/// A database error.
pub async fn hold_credentials_by_email(tx: &Tx, email: &EmailAddress) -> Result<Option<Credentials>> {
    // SQLite has one writer and ignores the lock
    let row = owner_of(email).lock(LockType::NoKeyUpdate).one(tx).await?;
    Ok(to_credentials(row))
}

/// Records a sign-in.
///
/// # Errors
/// A database error.
pub async fn note_sign_in(tx: &Tx, id: &UserId, now: Timestamp) -> Result<()> {
    user::Entity::update_many()
        .col_expr(user::Column::LastSignInAt, Expr::val(now.millis()))
        .filter(user::Column::Id.eq(id.as_str()))
        .exec(tx)
        .await?;
    tx.forget(TOPIC, id.as_str()).await
}

/// One person with what belongs to them.
pub(super) async fn find(db: &impl ConnectionTrait, id: &UserId) -> Result<Option<User>> {
    let row = whole()
        .filter(user::Column::Id.eq(id.as_str()))
        .into_model::<UserRow>()
        .one(db)
        .await?;
    row.map(to_user).transpose()
}

/// Up to `limit` people made before `before`, newest first.
pub(super) async fn list(db: &impl ConnectionTrait, before: Option<&UserId>, limit: u64) -> Result<Vec<User>> {
    let mut query = whole().order_by_desc(user::Column::Id).limit(limit);
    if let Some(before) = before {
        query = query.filter(user::Column::Id.lt(before.as_str()));
    }
    let rows = query.into_model::<UserRow>().all(db).await?;
    rows.into_iter().map(to_user).collect()
}

/// Changes the name; false when there is no such person.
pub(super) async fn rename(tx: &Tx, id: &UserId, name: &PersonName, now: Timestamp) -> Result<bool> {
    let changed = user::Entity::update_many()
        .col_expr(user::Column::FirstName, Expr::val(name.first.clone()))
        .col_expr(user::Column::LastName, Expr::val(name.last.clone()))
        .col_expr(user::Column::UpdatedAt, Expr::val(now.millis()))
        .filter(user::Column::Id.eq(id.as_str()))
        .exec(tx)
        .await?;
    tx.forget(TOPIC, id.as_str()).await?;
    Ok(changed.rows_affected == 1)
}

/// Makes a person an operator; false when there is no such person or they are one.
pub(super) async fn grant_operator(tx: &Tx, id: &UserId, now: Timestamp) -> Result<bool> {
    let changed = user::Entity::update_many()
        .col_expr(user::Column::OperatorSince, Expr::val(now.millis()))
        .col_expr(user::Column::UpdatedAt, Expr::val(now.millis()))
        .filter(user::Column::Id.eq(id.as_str()))
        .filter(user::Column::OperatorSince.is_null())
        .exec(tx)
        .await?;
    tx.forget(TOPIC, id.as_str()).await?;
    Ok(changed.rows_affected == 1)
}

/// Keeps a person out or lets them in; false when there is no such person or it is so already.
pub(super) async fn set_banned(tx: &Tx, id: &UserId, banned: bool, now: Timestamp) -> Result<bool> {
    let is_other = if banned {
        user::Column::BannedAt.is_null()
    } else {
        user::Column::BannedAt.is_not_null()
    };
    let changed = user::Entity::update_many()
        .col_expr(user::Column::BannedAt, Expr::val(banned.then_some(now.millis())))
        .col_expr(user::Column::UpdatedAt, Expr::val(now.millis()))
        .filter(user::Column::Id.eq(id.as_str()))
        .filter(is_other)
        .exec(tx)
        .await?;
    tx.forget(TOPIC, id.as_str()).await?;
    Ok(changed.rows_affected == 1)
}

/// Writes a password's hash; false when there is no such person.
pub(super) async fn set_password(tx: &Tx, id: &UserId, hash: &PasswordHash, now: Timestamp) -> Result<bool> {
    let changed = user::Entity::update_many()
        .col_expr(user::Column::PasswordHash, Expr::val(hash.as_str()))
        .col_expr(user::Column::PasswordUpdatedAt, Expr::val(now.millis()))
        .col_expr(user::Column::UpdatedAt, Expr::val(now.millis()))
        .filter(user::Column::Id.eq(id.as_str()))
        .exec(tx)
        .await?;
    tx.forget(TOPIC, id.as_str()).await?;
    Ok(changed.rows_affected == 1)
}

/// Takes everything that a person has granted until now for worthless.
///
/// # Errors
/// A database error.
pub async fn outdate_grants(tx: &Tx, id: &UserId, now: Timestamp) -> Result<()> {
    // whoever writes a grant holds the person's row, so that after this statement no other grant is under way
    user::Entity::find_by_id(id.as_str())
        .select_only()
        .column(user::Column::Id)
        .lock(LockType::NoKeyUpdate)
        .into_tuple::<String>()
        .one(tx)
        .await?;
    let newest: Option<Option<i64>> = grant::Entity::find()
        .select_only()
        .column_as(grant::Column::CreatedAt.max(), "newest")
        .filter(grant::Column::UserId.eq(id.as_str()))
        .into_tuple()
        .one(tx)
        .await?;
    // other processes have clocks of their own, and a grant of this very millisecond was given before
    let newest = newest.flatten().unwrap_or_default().max(now.millis());
    user::Entity::update_many()
        .col_expr(user::Column::GrantsValidAfter, Expr::val(newest.saturating_add(1)))
        .filter(user::Column::Id.eq(id.as_str()))
        .exec(tx)
        .await?;
    tx.forget(TOPIC, id.as_str()).await
}

/// Replaces a person's claims.
pub(super) async fn write_profile(tx: &Tx, id: &UserId, claims: String, now: Timestamp) -> Result<()> {
    let row = user_profile::ActiveModel {
        user_id: Set(id.to_string()),
        claims: Set(claims),
        updated_at: Set(now.millis()),
    };
    user_profile::Entity::insert(row)
        .on_conflict(
            OnConflict::column(user_profile::Column::UserId)
                .update_columns([user_profile::Column::Claims, user_profile::Column::UpdatedAt])
                .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    tx.forget(TOPIC, id.as_str()).await
}

/// Replaces a person's primary phone number.
pub(super) async fn set_primary_phone(tx: &Tx, id: &UserId, phone: Option<&Phone>, now: Timestamp) -> Result<()> {
    phone_number::Entity::delete_many()
        .filter(phone_number::Column::UserId.eq(id.as_str()))
        .exec(tx)
        .await?;
    if let Some(phone) = phone {
        let row = phone_number::ActiveModel {
            id: Set(phone.id.to_string()),
            user_id: Set(id.to_string()),
            number: Set(phone.number.clone()),
            verified_at: Set(phone.verified_at.map(Timestamp::millis)),
            created_at: Set(now.millis()),
        };
        phone_number::Entity::insert(row).exec_without_returning(tx).await?;
    }
    user::Entity::update_many()
        .col_expr(
            user::Column::PrimaryPhoneId,
            Expr::val(phone.map(|phone| phone.id.to_string())),
        )
        .filter(user::Column::Id.eq(id.as_str()))
        .exec(tx)
        .await?;
    tx.forget(TOPIC, id.as_str()).await
}

/// Records that something of a person changed.
pub(super) async fn note_change(tx: &Tx, id: &UserId, now: Timestamp) -> Result<()> {
    user::Entity::update_many()
        .col_expr(user::Column::UpdatedAt, Expr::val(now.millis()))
        .filter(user::Column::Id.eq(id.as_str()))
        .exec(tx)
        .await?;
    tx.forget(TOPIC, id.as_str()).await
}

#[derive(FromQueryResult)]
struct UserRow {
    #[sea_orm(nested)]
    user: user::Model,
    email_id: Option<String>,
    email_address: Option<String>,
    email_verified_at: Option<i64>,
    phone_id: Option<String>,
    phone_number: Option<String>,
    phone_verified_at: Option<i64>,
    claims: Option<String>,
}

/// People with their primary address and number and their claims.
fn whole() -> Select<user::Entity> {
    user::Entity::find()
        .join(JoinType::LeftJoin, to_email())
        .join(JoinType::LeftJoin, to_phone())
        .join(JoinType::LeftJoin, to_profile())
        .column_as(email_address::Column::Id, "email_id")
        .column_as(email_address::Column::Address, "email_address")
        .column_as(email_address::Column::VerifiedAt, "email_verified_at")
        .column_as(phone_number::Column::Id, "phone_id")
        .column_as(phone_number::Column::Number, "phone_number")
        .column_as(phone_number::Column::VerifiedAt, "phone_verified_at")
        .column_as(user_profile::Column::Claims, "claims")
}

fn to_email() -> RelationDef {
    user::Entity::belongs_to(email_address::Entity)
        .from(user::Column::PrimaryEmailId)
        .to(email_address::Column::Id)
        .into()
}

fn to_phone() -> RelationDef {
    user::Entity::belongs_to(phone_number::Entity)
        .from(user::Column::PrimaryPhoneId)
        .to(phone_number::Column::Id)
        .into()
}

fn to_profile() -> RelationDef {
    user::Entity::belongs_to(user_profile::Entity)
        .from(user::Column::Id)
        .to(user_profile::Column::UserId)
        .into()
}

fn to_user(found: UserRow) -> Result<User> {
    let row = found.user;
    let email = found.email_id.zip(found.email_address).map(|(id, address)| Email {
        id: IdentificationId::from_stored(id),
        address,
        verified_at: found.email_verified_at.map(Timestamp::from_millis),
    });
    let phone = found.phone_id.zip(found.phone_number).map(|(id, number)| Phone {
        id: IdentificationId::from_stored(id),
        number,
        verified_at: found.phone_verified_at.map(Timestamp::from_millis),
    });
    let profile = match found.claims {
        Some(claims) => serde_json::from_str(&claims).map_err(Error::internal)?,
        None => Profile::default(),
    };
    Ok(User {
        id: UserId::from_stored(row.id),
        first_name: row.first_name,
        last_name: row.last_name,
        email,
        phone,
        profile,
        operator_since: row.operator_since.map(Timestamp::from_millis),
        banned_at: row.banned_at.map(Timestamp::from_millis),
        grants_valid_after: row.grants_valid_after.map(Timestamp::from_millis),
        last_sign_in_at: row.last_sign_in_at.map(Timestamp::from_millis),
        created_at: Timestamp::from_millis(row.created_at),
        updated_at: Timestamp::from_millis(row.updated_at),
    })
}
