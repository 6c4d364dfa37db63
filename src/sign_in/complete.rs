//! The one way to become signed in.

use std::time::Duration;

use super::model::{Caller, Status};
use super::store;
use crate::identity;
use crate::kernel::error::{Error, ErrorKind, Result};
use crate::kernel::event::{Actor, Event};
use crate::kernel::id::{DeviceId, IdentificationId, ProofId, SessionId, UserId};
use crate::kernel::token::{PlainToken, TokenHash};
use crate::platform::cx::Cx;
use crate::platform::db::Tx;
use crate::session::{self, NewSession, Proof, SessionCreated, Strategy};

/// A person who just signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The session.
    pub session: SessionId,
    /// The device's new secret, for its cookie: the old one, which somebody may have planted, is worth nothing now.
    pub device_secret: PlainToken,
    /// The handle of what waits for this sign-in.
    pub continuation: Option<String>,
}

/// Everything drawn that completing an attempt needs.
#[derive(Debug)]
pub(super) struct Completion {
    attempt: String,
    status: Status,
    session: NewSession,
    old_secret: TokenHash,
    new_secret: PlainToken,
    event: Event,
}

impl Completion {
    /// Draws the end of `attempt`, in `status` so far: `user` has proven `strategy` on `device`.
    pub(super) fn draw(
        cx: &Cx,
        caller: &Caller,
        attempt: &str,
        status: Status,
        device: &DeviceId,
        user: &UserId,
        proof: (Strategy, IdentificationId),
    ) -> Result<Self> {
        let now = cx.now();
        let id = SessionId::draw(now, &cx.rng);
        let fact = SessionCreated {
            id: &id,
            user_id: user,
            client_id: device,
        };
        let event = cx.event(&fact, Actor::User(user.clone()))?;
        let settings = cx.instance.settings();
        Ok(Self {
            attempt: attempt.to_owned(),
            status,
            session: NewSession {
                proof_id: ProofId::draw(now, &cx.rng),
                device: device.clone(),
                user: user.clone(),
                proof: Proof {
                    strategy: proof.0,
                    identification_id: Some(proof.1),
                    proven_at: now,
                },
                ip: Some(caller.ip.clone()),
                idle: Duration::from_secs(settings.sessions.idle_seconds.into()),
                absolute: Duration::from_secs(settings.sessions.absolute_seconds.into()),
                id,
            },
            old_secret: caller.device_secret,
            new_secret: PlainToken::draw("", &cx.rng),
            event,
        })
    }

    /// Ends the attempt and signs the person in; `Conflict`, and nothing written, when the attempt was ended before or the
    /// device has another secret by now.
    pub(super) async fn write(&self, tx: &Tx) -> Result<SessionId> {
        let (new, now) = (&self.session, self.session.proof.proven_at);
        let (session, is_new) = session::establish(tx, new).await?;
        if !store::complete(tx, &self.attempt, self.status, &session, now).await?
            || !session::rotate_secret(tx, &new.device, &self.old_secret, &self.new_secret.hash(), now).await?
        {
            // undoes the session as well
            return Err(Error::new(
                ErrorKind::Conflict,
                "attempt_over",
                "this sign-in was finished already",
            ));
        }
        identity::note_sign_in(tx, &new.user, now).await?;
        if is_new {
            tx.emit(&self.event).await?;
        }
        Ok(session)
    }

    /// What the caller gets once the transaction is committed.
    pub(super) fn signed_in(&self, session: SessionId, continuation: Option<String>) -> SignedIn {
        SignedIn {
            session,
            device_secret: self.new_secret.clone(),
            continuation,
        }
    }
}
