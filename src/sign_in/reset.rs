//! A new password for a person who can't set one.

use crate::identity::{Accounts, NewPassword, Password, outdate_grants, set_password};
use crate::kernel::error::Result;
use crate::kernel::event::{Actor, Event};
use crate::kernel::id::UserId;
use crate::platform::cx::Cx;
use crate::session::{SessionEnded, end, live_of};

/// How many sessions end in one transaction.
const BATCH: u64 = 100;

/// Gives a person a new password and ends what was opened by the one before: their sessions, and everything that they granted, for while
/// they are away too. Gives how many sessions ended.
///
/// # Errors
/// `NotFound` when there is no such person, `Busy` when the hashing pool is full.
pub async fn reset_password(
    cx: &Cx,
    accounts: &Accounts,
    user: &UserId,
    password: Password,
    actor: Actor,
) -> Result<u64> {
    let mut new = Some(accounts.draw_password(user, password, actor.clone()).await?);
    let mut ended = 0;
    loop {
        let now = cx.now();
        let sessions = live_of(cx.db.reader(), user, BATCH, now).await?;
        let drawn = sessions.iter().map(|(id, device)| {
            let fact = SessionEnded {
                id,
                user_id: user,
                client_id: device,
            };
            cx.event(&fact, actor.clone())
        });
        let events = &drawn.collect::<Result<Vec<Event>>>()?;
        let (new, sessions): (Option<NewPassword>, _) = (new.take(), &sessions);
        if new.is_none() && sessions.is_empty() {
            return Ok(ended);
        }
        let new = &new;
        ended += cx
            .db
            .write(|tx| async move {
                if let Some(new) = new {
                    set_password(&tx, new).await?;
                }
                // with the sessions of this part: what they grant until they end counts as granted before
                outdate_grants(&tx, user, now).await?;
                let mut ended = 0;
                for ((id, device), event) in sessions.iter().zip(events) {
                    if end(&tx, device, id, now).await? {
                        tx.emit(event).await?;
                        ended += 1;
                    }
                }
                Ok(ended)
            })
            .await?;
    }
}
