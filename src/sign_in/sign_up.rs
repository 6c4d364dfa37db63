//! Signing up: name, address and password, then a code that was mailed to the address.
//!
//! Until the code comes back there is no person: an unverified address reserves nothing. Somebody who types an address that has an
//! owner sees exactly what everybody sees; the owner gets a mail instead of a code.

use std::time::Duration;

use super::attempt::{self, Known};
use super::limits::{self, bucket, take_all};
use super::model::{Caller, NewAttempt, SignUpPayload, SignUpView, Status};
use super::{code, mail, store};
use crate::identity::{Accounts, EmailAddress, Password, PersonName, credentials_by_email};
use crate::kernel::error::Result;
use crate::kernel::id::{DeviceId, SignUpId};
use crate::kernel::secret::SecretString;
use crate::platform::cx::Cx;
use crate::platform::instance::SignUpMode;
use crate::platform::mail::enqueue;
use crate::session;

const KIND: &str = "sign_up";

/// Signs people up.
#[derive(Clone)]
pub struct SignUp {
    pub(super) cx: Cx,
    pub(super) accounts: Accounts,
}

/// What a person typed.
#[derive(Debug)]
pub struct SignUpForm {
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// The address.
    pub email: String,
    /// The password.
    pub password: SecretString,
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignUpProblem {
    /// Too long, or with characters that a name can't have.
    FirstName,
    /// Too long, or with characters that a name can't have.
    LastName,
    /// Not an address.
    Email,
    /// Fewer than 8 characters.
    PasswordTooShort,
    /// More than 128 characters.
    PasswordTooLong,
    /// Control characters.
    PasswordCharacters,
}

/// What became of a sign-up.
#[derive(Debug)]
pub enum SignUpOutcome {
    /// Go on with the code.
    Started(SignUpId),
    /// Everything that is wrong, in the order of the fields; nothing was written.
    Invalid(Vec<SignUpProblem>),
    /// The instance takes no new people.
    Closed,
    /// Too often.
    Limited(Duration),
}

impl SignUp {
    /// The service.
    pub fn new(cx: Cx, accounts: Accounts) -> Self {
        Self { cx, accounts }
    }

    /// Whether new people may sign up.
    pub fn is_open(&self) -> bool {
        self.cx.instance.settings().sign_up.mode == SignUpMode::Open
    }

    /// Begins a sign-up and mails the code.
    ///
    /// # Errors
    /// `Busy` when the hashing pool is full, else a database error.
    pub async fn start(
        &self,
        caller: &Caller,
        form: &SignUpForm,
        continuation: Option<String>,
    ) -> Result<SignUpOutcome> {
        if !self.is_open() {
            return Ok(SignUpOutcome::Closed);
        }
        let (name, email, password) = match parse(form) {
            Ok(parsed) => parsed,
            Err(problems) => return Ok(SignUpOutcome::Invalid(problems)),
        };
        let cx = &self.cx;
        let buckets = &[
            bucket(cx, limits::MAIL_PAIR, &[email.canonical(), &caller.limit_key]),
            bucket(cx, limits::SIGN_UP_IP, &[&caller.limit_key]),
            bucket(cx, limits::MAIL_ADDRESS, &[email.canonical()]),
        ];
        let now = cx.now();
        // before the hash, which is what an attacker would like us to compute
        if let Some(wait) = cx
            .db
            .write(|tx| async move { take_all(&tx, buckets, now).await })
            .await?
        {
            return Ok(SignUpOutcome::Limited(wait));
        }
        let password_hash = self.accounts.passwords().hash(password).await?;
        let owner = credentials_by_email(cx.db.reader(), &email).await?;
        let taken = owner.is_some();
        let id = SignUpId::draw(now, &cx.rng);
        let (digits, sent) = code::draw(cx, id.as_str());
        let outgoing = if taken {
            mail::address_taken(cx, email.address(), caller.lang)?
        } else {
            mail::verification_code(cx, email.address(), &digits, caller.lang)?
        };
        let payload = SignUpPayload {
            email: email.address().to_owned(),
            name,
            password_hash,
            taken,
            continuation,
        };
        let attempt = &NewAttempt {
            id: id.to_string(),
            kind: KIND,
            user: None,
            status: Status::MissingRequirements,
            sealed: attempt::seal(cx, id.as_str(), &payload)?,
            code: Some(sent),
            created_at: now,
        };
        let (fresh, outgoing) = (&DeviceId::draw(now, &cx.rng), &outgoing);
        cx.db
            .write(|tx| async move {
                let agent = caller.user_agent.as_deref();
                let device = session::ensure_device(&tx, &caller.device_secret, fresh, agent, now).await?;
                store::insert(&tx, attempt, &device).await?;
                enqueue(&tx, outgoing).await
            })
            .await?;
        cx.wake.ring();
        Ok(SignUpOutcome::Started(id))
    }

    /// What the verification page shows; `None` when the attempt is over, has run out or is another device's.
    ///
    /// # Errors
    /// A database error.
    pub async fn view(&self, id: &SignUpId, device: &DeviceId) -> Result<Option<SignUpView>> {
        let now = self.cx.now();
        Ok(self.find(id, device).await?.map(|known| SignUpView {
            id: id.clone(),
            email: known.payload.email,
            resend_in: known.attempt.code_sent_at.map_or(Duration::ZERO, |sent| {
                code::RESEND_AFTER.saturating_sub(now.since(sent))
            }),
            continuation: known.payload.continuation,
        }))
    }

    pub(super) async fn find(&self, id: &SignUpId, device: &DeviceId) -> Result<Option<Known<SignUpPayload>>> {
        attempt::find(&self.cx, id.as_str(), Status::MissingRequirements, device).await
    }
}

fn parse(form: &SignUpForm) -> Result<(PersonName, EmailAddress, Password), Vec<SignUpProblem>> {
    let mut problems = Vec::new();
    if PersonName::parse(form.first_name.as_deref(), None).is_err() {
        problems.push(SignUpProblem::FirstName);
    }
    if PersonName::parse(None, form.last_name.as_deref()).is_err() {
        problems.push(SignUpProblem::LastName);
    }
    let email = form.email.parse::<EmailAddress>();
    if email.is_err() {
        problems.push(SignUpProblem::Email);
    }
    let password = Password::choose(&form.password);
    if let Err(bad) = &password {
        problems.push(bad.into());
    }
    match (
        PersonName::parse(form.first_name.as_deref(), form.last_name.as_deref()),
        email,
        password,
    ) {
        (Ok(name), Ok(email), Ok(password)) => Ok((name, email, password)),
        _ => Err(problems),
    }
}

impl From<&crate::identity::BadPassword> for SignUpProblem {
    fn from(bad: &crate::identity::BadPassword) -> Self {
        use crate::identity::BadPassword;
        match bad {
            BadPassword::TooShort => Self::PasswordTooShort,
            BadPassword::TooLong => Self::PasswordTooLong,
            BadPassword::Characters => Self::PasswordCharacters,
        }
    }
}
