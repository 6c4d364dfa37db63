//! Recording what a person says of themselves.

use super::facts::UserUpdated;
use super::model::Phone;
use super::phone::PhoneNumber;
use super::profile::ClaimChange;
use super::service::Accounts;
use super::store;
use crate::kernel::error::{Error, Result};
use crate::kernel::event::Actor;
use crate::kernel::id::{IdentificationId, UserId};

/// The width of the column.
const MAX_CLAIMS: usize = 8192;

/// What changes.
#[derive(Clone, Debug, Default)]
pub struct DescribeUser {
    /// Claims, in the order in which they are applied.
    pub claims: Vec<ClaimChange>,
    /// The primary phone number.
    pub phone: Option<PhoneChange>,
}

/// What becomes of the primary phone number.
#[derive(Clone, Debug)]
pub enum PhoneChange {
    /// It is this one from now on.
    Set {
        /// The number.
        number: PhoneNumber,
        /// Whether somebody vouches that it is the person's.
        verified: bool,
    },
    /// There is none any more.
    Remove,
}

impl Accounts {
    /// Changes a person's claims and phone number, by somebody who operates the instance.
    ///
    /// # Errors
    /// `NotFound` when there is no such person; bad input (`claims_too_long`) when all of the claims have more than 8 KiB.
    pub async fn describe(&self, id: &UserId, change: &DescribeUser) -> Result<()> {
        let cx = &self.cx;
        let now = cx.now();
        let names: Vec<&str> = change.claims.iter().map(|change| change.claim().as_str()).collect();
        let fact = UserUpdated {
            claims: (!names.is_empty()).then_some(&names),
            phone_number: change.phone.as_ref().map(|phone| match phone {
                PhoneChange::Set { number, .. } => number.as_str(),
                PhoneChange::Remove => "",
            }),
            ..UserUpdated::of(id)
        };
        let event = &cx.event(&fact, Actor::Operator)?;
        let phone_id = &IdentificationId::draw(now, &cx.rng);
        cx.db
            .write(|tx| async move {
                let user = store::find(&tx, id).await?.ok_or_else(Error::not_found)?;
                if !change.claims.is_empty() {
                    let mut profile = user.profile;
                    change.claims.iter().for_each(|change| profile.apply(change));
                    let json = serde_json::to_string(&profile).map_err(Error::internal)?;
                    if json.len() > MAX_CLAIMS {
                        let why = "all claims of a person together have at most 8 KiB";
                        return Err(Error::bad_input("claims_too_long", why));
                    }
                    store::write_profile(&tx, id, json, now).await?;
                }
                match &change.phone {
                    None => {}
                    Some(PhoneChange::Remove) => store::set_primary_phone(&tx, id, None, now).await?,
                    Some(PhoneChange::Set { number, verified }) => {
                        let phone = Phone {
                            id: phone_id.clone(),
                            number: number.as_str().to_owned(),
                            verified_at: verified.then_some(now),
                        };
                        store::set_primary_phone(&tx, id, Some(&phone), now).await?;
                    }
                }
                store::note_change(&tx, id, now).await?;
                tx.emit(event).await
            })
            .await
    }
}
