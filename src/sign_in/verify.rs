//! The second half of signing up: the code, and asking for another.

use std::time::Duration;

use super::attempt::Known;
use super::complete::{Completion, SignedIn};
use super::limits::{self, bucket, take_all};
use super::model::{Caller, SignUpPayload, Status};
use super::sign_up::SignUp;
use super::{code, mail, store};
use crate::identity::{self, CreateOutcome, EmailAddress};
use crate::kernel::error::{Error, ErrorKind, Result};
use crate::kernel::id::{DeviceId, SignUpId};
use crate::platform::mail::enqueue;
use crate::session::Strategy;

/// What became of a code.
#[derive(Debug)]
pub enum CodeOutcome {
    /// The person exists and is signed in.
    SignedIn(SignedIn),
    /// It is not the code.
    Wrong,
    /// The code has run out: another is needed.
    Expired,
    /// The code was guessed at too often: another is needed.
    UsedUp,
    /// It is the code, but somebody verified the same address since it was sent; the person who holds the mailbox may know.
    Taken,
    /// The attempt is over, has run out or is another device's.
    Gone,
    /// Too often.
    Limited(Duration),
}

/// What became of asking for another code.
#[derive(Debug)]
pub enum ResendOutcome {
    /// It is on its way.
    Sent,
    /// Too soon after the last one, which still holds.
    TooSoon,
    /// No more are sent for this attempt.
    UsedUp,
    /// The attempt is over, has run out or is another device's.
    Gone,
    /// Too many mails to this address.
    Limited(Duration),
}

impl SignUp {
    /// Tries a code.
    ///
    /// # Errors
    /// A database error.
    pub async fn try_code(
        &self,
        caller: &Caller,
        id: &SignUpId,
        device: &DeviceId,
        typed: &str,
    ) -> Result<CodeOutcome> {
        let cx = &self.cx;
        let Some(known) = self.find(id, device).await? else {
            return Ok(CodeOutcome::Gone);
        };
        let now = cx.now();
        let buckets = &[bucket(cx, limits::CODE_IP, &[&caller.limit_key])];
        let (limited, has_try) = cx
            .db
            .write(|tx| async move {
                if let Some(wait) = take_all(&tx, buckets, now).await? {
                    return Ok((Some(wait), false));
                }
                Ok((None, store::take_try(&tx, id.as_str(), now).await?))
            })
            .await?;
        if let Some(wait) = limited {
            return Ok(CodeOutcome::Limited(wait));
        }
        if !has_try {
            let is_expired = known.attempt.code_expires_at.is_none_or(|at| at <= now);
            return Ok(if is_expired {
                CodeOutcome::Expired
            } else {
                CodeOutcome::UsedUp
            });
        }
        let digest = known.attempt.code_digest.as_deref().unwrap_or_default();
        // for a taken address no code was mailed, so none is right
        if !code::matches(cx, id.as_str(), typed, digest) || known.payload.taken {
            return Ok(CodeOutcome::Wrong);
        }
        self.complete(caller, id, device, known).await
    }

    async fn complete(
        &self,
        caller: &Caller,
        id: &SignUpId,
        device: &DeviceId,
        known: Known<SignUpPayload>,
    ) -> Result<CodeOutcome> {
        let cx = &self.cx;
        let payload = known.payload;
        let email: EmailAddress = payload.email.parse().map_err(Error::internal)?;
        let (mut user, created) = self.accounts.draw(email, payload.name, None)?;
        user.password_hash = Some(payload.password_hash);
        let proof = (Strategy::EmailCode, user.email_id.clone());
        let status = Status::MissingRequirements;
        let completion = &Completion::draw(cx, caller, id.as_str(), status, device, &user.id, proof)?;
        let (user, created) = (&user, &created);
        let outcome = cx
            .db
            .write(|tx| async move {
                if identity::create(&tx, user).await? == CreateOutcome::Taken {
                    return Ok(None);
                }
                tx.emit(created).await?;
                completion.write(&tx).await.map(Some)
            })
            .await;
        match outcome {
            Ok(Some(session)) => Ok(CodeOutcome::SignedIn(
                completion.signed_in(session, payload.continuation),
            )),
            Ok(None) => Ok(CodeOutcome::Taken),
            Err(error) if error.kind() == ErrorKind::Conflict => Ok(CodeOutcome::Gone),
            Err(error) => Err(error),
        }
    }

    /// Sends another code, which replaces the one before.
    ///
    /// # Errors
    /// A database error.
    pub async fn resend(&self, caller: &Caller, id: &SignUpId, device: &DeviceId) -> Result<ResendOutcome> {
        let cx = &self.cx;
        let Some(known) = self.find(id, device).await? else {
            return Ok(ResendOutcome::Gone);
        };
        if known.attempt.codes_sent >= code::MAX_SENT {
            return Ok(ResendOutcome::UsedUp);
        }
        let email: EmailAddress = known.payload.email.parse().map_err(Error::internal)?;
        let (digits, sent) = code::draw(cx, id.as_str());
        let outgoing = if known.payload.taken {
            mail::address_taken(cx, email.address(), caller.lang)?
        } else {
            mail::verification_code(cx, email.address(), &digits, caller.lang)?
        };
        let now = cx.now();
        let buckets = &[
            bucket(cx, limits::MAIL_PAIR, &[email.canonical(), &caller.limit_key]),
            bucket(cx, limits::SIGN_UP_IP, &[&caller.limit_key]),
            bucket(cx, limits::MAIL_ADDRESS, &[email.canonical()]),
        ];
        let (sent, outgoing) = (&sent, &outgoing);
        let outcome = cx
            .db
            .write(|tx| async move {
                if !store::replace_code(&tx, id.as_str(), sent).await? {
                    return Ok(ResendOutcome::TooSoon);
                }
                if let Some(wait) = take_all(&tx, buckets, now).await? {
                    // undoes the replacement: the code that was mailed stays good
                    return Err(Error::too_many(wait));
                }
                enqueue(&tx, outgoing).await?;
                Ok(ResendOutcome::Sent)
            })
            .await;
        cx.wake.ring();
        outcome.or_else(|error| match error.kind() {
            ErrorKind::TooMany { retry_after } => Ok(ResendOutcome::Limited(retry_after)),
            _ => Err(error),
        })
    }
}
