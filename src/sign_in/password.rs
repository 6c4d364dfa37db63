//! Signing in: an identifier, then the password.

use std::time::Duration;

use super::attempt::{self, Known};
use super::complete::{Completion, SignedIn};
use super::limits::{self, bucket, take_all};
use super::model::{Attempt, Caller, NewAttempt, SignInPayload, SignInView, Status};
use super::store;
use crate::identity::{Accounts, Credentials, EmailAddress, Password, credentials_by_email, hold_credentials_by_email};
use crate::kernel::error::{Error, ErrorKind, Result};
use crate::kernel::id::{DeviceId, SignInId, UserId};
use crate::kernel::secret::SecretString;
use crate::platform::cx::Cx;
use crate::platform::limits::{Bucket, forgive, give_back};
use crate::session::{self, Strategy};

const KIND: &str = "sign_in";

/// Signs people in.
#[derive(Clone)]
pub struct SignIn {
    cx: Cx,
    accounts: Accounts,
}

/// What became of the identifier.
#[derive(Debug)]
pub enum StartOutcome {
    /// Go on with the password; the answer is the same whether anybody has this identifier or not.
    Started(SignInId),
    /// It is not an identifier at all.
    NotAnIdentifier,
    /// Too often from here.
    Limited(Duration),
}

/// What became of a password.
#[derive(Debug)]
pub enum PasswordOutcome {
    /// The person is signed in.
    SignedIn(SignedIn),
    /// Identifier and password do not match, which does not say which of them is wrong.
    Wrong,
    /// They match, but the account may not sign in.
    Banned,
    /// The attempt is over, has run out or is another device's.
    Gone,
    /// Too often.
    Limited(Duration),
}

/// Where a password attempt is counted.
struct Counted {
    /// Shared with others at the same address: whoever signs in there empties nobody's bucket but gets back what was counted.
    ip: Bucket,
    /// This account from this address; emptied by the right password.
    pair: Bucket,
    /// This account from devices it is new on; emptied by the right password. None on a device that knows the person.
    account: Option<Bucket>,
}

impl Counted {
    /// All of them, the narrowest first.
    fn all(&self) -> Vec<Bucket> {
        let (pair, account) = (&self.pair, &self.account);
        [pair, &self.ip].into_iter().chain(account).cloned().collect()
    }
}

impl SignIn {
    /// The service.
    pub fn new(cx: Cx, accounts: Accounts) -> Self {
        Self { cx, accounts }
    }

    /// Begins an attempt for an identifier.
    ///
    /// # Errors
    /// A database error.
    pub async fn start(&self, caller: &Caller, identifier: &str, continuation: Option<String>) -> Result<StartOutcome> {
        let Ok(email) = identifier.parse::<EmailAddress>() else {
            return Ok(StartOutcome::NotAnIdentifier);
        };
        let cx = &self.cx;
        let now = cx.now();
        let id = SignInId::draw(now, &cx.rng);
        let payload = SignInPayload {
            identifier: email.address().to_owned(),
            continuation,
        };
        let sealed = attempt::seal(cx, id.as_str(), &payload)?;
        let buckets = [bucket(cx, limits::START_IP, &[&caller.limit_key])];
        let fresh = DeviceId::draw(now, &cx.rng);
        let (buckets, fresh, sealed, email, started) = (&buckets, &fresh, &sealed, &email, &id);
        let limited = cx
            .db
            .write(|tx| async move {
                if let Some(wait) = take_all(&tx, buckets, now).await? {
                    return Ok(Some(wait));
                }
                let agent = caller.user_agent.as_deref();
                let device = session::ensure_device(&tx, &caller.device_secret, fresh, agent, now).await?;
                let owner = credentials_by_email(&tx, email).await?;
                let attempt = NewAttempt {
                    id: started.to_string(),
                    kind: KIND,
                    user: owner.map(|owner| owner.user_id),
                    status: Status::NeedsFirstFactor,
                    sealed: sealed.clone(),
                    code: None,
                    created_at: now,
                };
                store::insert(&tx, &attempt, &device).await?;
                Ok(None)
            })
            .await?;
        Ok(match limited {
            Some(wait) => StartOutcome::Limited(wait),
            None => StartOutcome::Started(id),
        })
    }

    /// What the password page shows; `None` when the attempt is over, has run out or is another device's.
    ///
    /// # Errors
    /// A database error.
    pub async fn view(&self, id: &SignInId, device: &DeviceId) -> Result<Option<SignInView>> {
        let known = self.find(id, device).await?;
        Ok(known.map(|known| SignInView {
            id: id.clone(),
            identifier: known.payload.identifier,
            continuation: known.payload.continuation,
        }))
    }

    /// Tries a password. Counted before it is compared, so that guesses sent side by side are all counted.
    ///
    /// # Errors
    /// `Busy` when the hashing pool is full, else a database error.
    pub async fn try_password(
        &self,
        caller: &Caller,
        id: &SignInId,
        device: &DeviceId,
        typed: &SecretString,
    ) -> Result<PasswordOutcome> {
        let cx = &self.cx;
        let Some(known) = self.find(id, device).await? else {
            return Ok(PasswordOutcome::Gone);
        };
        let email: EmailAddress = known.payload.identifier.parse().map_err(Error::internal)?;
        let counted = self.counted(caller, &known.attempt, &email).await?;
        let buckets = counted.all();
        let now = cx.now();
        if let Some(wait) = cx
            .db
            .write(|tx| {
                let buckets = &buckets;
                async move { take_all(&tx, buckets, now).await }
            })
            .await?
        {
            return Ok(PasswordOutcome::Limited(wait));
        }
        // looked up anew, not taken from the attempt: the account may have come or changed since
        let owner = credentials_by_email(cx.db.reader(), &email).await?;
        let stored = owner.as_ref().and_then(|owner| owner.password_hash.clone());
        let claimed = Password::claim(typed);
        let matches = match self.accounts.passwords().verify(claimed, stored).await {
            Ok(matches) => matches,
            Err(error) => {
                // nothing was compared, so nothing was guessed
                let buckets = &buckets;
                cx.db
                    .write(|tx| async move {
                        for bucket in buckets {
                            give_back(&tx, bucket).await?;
                        }
                        Ok(())
                    })
                    .await?;
                return Err(error);
            }
        };
        match owner {
            Some(owner) if matches && owner.banned => Ok(PasswordOutcome::Banned),
            Some(owner) if matches => self.complete(caller, id, known, &email, owner, &counted).await,
            _ => Ok(PasswordOutcome::Wrong),
        }
    }

    async fn complete(
        &self,
        caller: &Caller,
        id: &SignInId,
        known: Known<SignInPayload>,
        email: &EmailAddress,
        owner: Credentials,
        counted: &Counted,
    ) -> Result<PasswordOutcome> {
        let cx = &self.cx;
        let proof = (Strategy::Password, owner.identification_id.clone());
        let device = &known.attempt.device;
        let status = Status::NeedsFirstFactor;
        let completion = &Completion::draw(cx, caller, id.as_str(), status, device, &owner.user_id, proof)?;
        let verified = &owner;
        let outcome = cx
            .db
            .write(|tx| async move {
                // the account as it is now: between the comparison and this transaction a ban or a new password may have come
                let current = hold_credentials_by_email(&tx, email).await?;
                let is_same = current.is_some_and(|current| {
                    current.user_id == verified.user_id
                        && current.password_hash == verified.password_hash
                        && !current.banned
                });
                if !is_same {
                    return Ok(None);
                }
                for bucket in std::iter::once(&counted.pair).chain(&counted.account) {
                    forgive(&tx, bucket).await?;
                }
                give_back(&tx, &counted.ip).await?;
                completion.write(&tx).await.map(Some)
            })
            .await;
        match outcome {
            Ok(Some(session)) => Ok(PasswordOutcome::SignedIn(
                completion.signed_in(session, known.payload.continuation),
            )),
            Ok(None) => Ok(PasswordOutcome::Wrong),
            Err(error) if error.kind() == ErrorKind::Conflict => Ok(PasswordOutcome::Gone),
            Err(error) => Err(error),
        }
    }

    async fn counted(&self, caller: &Caller, attempt: &Attempt, email: &EmailAddress) -> Result<Counted> {
        let (cx, ip, account) = (&self.cx, caller.limit_key.as_str(), email.canonical());
        // asked for nobody as well, so that an unknown identifier costs the same statements
        let nobody = UserId::from_stored(String::new());
        let user = attempt.user.as_ref().unwrap_or(&nobody);
        let is_known_here = session::has_signed_in_before(cx.db.reader(), &attempt.device, user).await?;
        Ok(Counted {
            pair: bucket(cx, limits::PASSWORD_PAIR, &[account, ip]),
            ip: bucket(cx, limits::PASSWORD_IP, &[ip]),
            account: (!is_known_here).then(|| bucket(cx, limits::PASSWORD_ACCOUNT, &[account])),
        })
    }

    async fn find(&self, id: &SignInId, device: &DeviceId) -> Result<Option<Known<SignInPayload>>> {
        attempt::find(&self.cx, id.as_str(), Status::NeedsFirstFactor, device).await
    }
}
