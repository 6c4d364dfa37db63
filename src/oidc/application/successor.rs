//! What an application is after a change: pure, so that a command can decide anew when another came first.

use std::time::Duration;

use super::changes::Changes;
use super::model::Application;
use super::secret::ClientSecret;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::{Error, ErrorKind, Result};
use crate::kernel::id::ApplicationSecretId;
use crate::kernel::rng::Rng;
use crate::kernel::token::PlainToken;

/// The most secrets that admit at one moment: a rotation needs two, and every one more is one more to lose.
const MOST_SECRETS: usize = 5;
/// The longest that replaced secrets may go on to admit: what is to stay longer is a second secret.
const LONGEST_OVERLAP: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// An application after a change of what is registered.
#[derive(Debug)]
pub struct ChangedApplication {
    /// The application.
    pub application: Application,
    /// The secret that it got with the change, which can't be shown again.
    pub client_secret: Option<PlainToken>,
}

/// A secret just made.
#[derive(Debug)]
pub struct NewSecret {
    /// The application, with what is kept of the secret.
    pub application: Application,
    /// The id of the secret.
    pub id: ApplicationSecretId,
    /// The secret, which can't be shown again.
    pub client_secret: PlainToken,
}

impl AsRef<Application> for ChangedApplication {
    fn as_ref(&self) -> &Application {
        &self.application
    }
}

impl AsRef<Application> for NewSecret {
    fn as_ref(&self) -> &Application {
        &self.application
    }
}

impl AsRef<Application> for Application {
    fn as_ref(&self) -> &Application {
        self
    }
}

impl Application {
    /// The application with these changes. It gets a secret with a method that needs one, and loses all it had with one that does not.
    ///
    /// # Errors
    /// `BadInput` when it would break a rule.
    pub(super) fn changed(&self, changes: Changes, now: Timestamp, rng: &Rng) -> Result<ChangedApplication> {
        let registration = changes.apply(self.registration.clone()).check()?;
        let mut changed = self.successor(now);
        if registration == self.registration {
            changed.updated_at = self.updated_at;
        }
        changed.registration = registration;
        if !changed.authentication.has_secret() {
            changed.secrets.clear();
        } else if !self.authentication.has_secret() {
            let new = changed.given_secret(now, rng);
            return Ok(ChangedApplication {
                application: new.application,
                client_secret: Some(new.client_secret),
            });
        }
        Ok(ChangedApplication {
            application: changed,
            client_secret: None,
        })
    }

    /// The application with one more secret.
    ///
    /// # Errors
    /// `BadInput` when it authenticates without one, `Conflict` when it has five that admit.
    pub(super) fn with_another_secret(&self, now: Timestamp, rng: &Rng) -> Result<NewSecret> {
        self.must_have_secrets()?;
        if self.current_secrets(now) >= MOST_SECRETS {
            return Err(Error::new(
                ErrorKind::Conflict,
                "too_many_client_secrets",
                "this application has five secrets that work already: revoke one first",
            ));
        }
        Ok(self.successor(now).given_secret(now, rng))
    }

    /// The application with a new secret, while the others admit for `overlap` more and no longer.
    ///
    /// # Errors
    /// As of [`with_another_secret`](Self::with_another_secret), and `BadInput` when the overlap is longer than 90 days.
    pub(super) fn with_rotated_secret(&self, overlap: Duration, now: Timestamp, rng: &Rng) -> Result<NewSecret> {
        if overlap > LONGEST_OVERLAP {
            return Err(Error::bad_input(
                "overlap_too_long",
                "the secrets before may go on to work for at most 90 days",
            ));
        }
        let mut ending = self.clone();
        let end = now + overlap;
        for secret in &mut ending.secrets {
            secret.expires_at = Some(secret.expires_at.map_or(end, |at| at.min(end)));
        }
        ending.secrets.retain(|secret| secret.is_current(now));
        ending.with_another_secret(now, rng)
    }

    /// The application without one of its secrets.
    ///
    /// # Errors
    /// `NotFound` when it has no such secret, `Conflict` when that is the last that admits.
    pub(super) fn without_secret(&self, id: &ApplicationSecretId, now: Timestamp) -> Result<Self> {
        let mut changed = self.successor(now);
        changed.secrets.retain(|secret| secret.id != *id);
        if changed.secrets.len() == self.secrets.len() {
            return Err(Error::not_found());
        }
        if changed.current_secrets(now) == 0 && self.current_secrets(now) > 0 {
            return Err(Error::new(
                ErrorKind::Conflict,
                "last_client_secret",
                "this is the last secret of the application that works: rotate it instead",
            ));
        }
        Ok(changed)
    }

    fn must_have_secrets(&self) -> Result<()> {
        if self.authentication.has_secret() {
            return Ok(());
        }
        Err(Error::bad_input(
            "no_client_secret",
            "this application authenticates without a secret",
        ))
    }

    fn current_secrets(&self, now: Timestamp) -> usize {
        self.secrets.iter().filter(|secret| secret.is_current(now)).count()
    }

    fn successor(&self, now: Timestamp) -> Self {
        Self {
            updated_at: now,
            ..self.clone()
        }
    }

    fn given_secret(mut self, now: Timestamp, rng: &Rng) -> NewSecret {
        let (secret, client_secret) = ClientSecret::draw(now, rng);
        let id = secret.id.clone();
        self.secrets.push(secret);
        NewSecret {
            application: self,
            id,
            client_secret,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oidc::application::model::CreatedApplication;
    use crate::oidc::application::{AuthMethod, Registration};

    const NOW: Timestamp = Timestamp::from_secs(1_000);
    const HOUR: Duration = Duration::from_secs(60 * 60);

    fn rng() -> Rng {
        Rng::seeded(7)
    }

    fn notes(authentication: AuthMethod) -> CreatedApplication {
        let registration = Registration {
            authentication,
            ..Registration::new("Notes", vec!["https://notes.example/cb".to_owned()])
        };
        CreatedApplication::draw(None, registration, NOW, &Rng::seeded(1)).expect("registered")
    }

    fn by(authentication: AuthMethod) -> Changes {
        Changes {
            authentication: Some(authentication),
            ..Changes::default()
        }
    }

    #[test]
    fn a_rotated_secret_admits_until_the_overlap_is_over_and_never_longer_than_before() {
        let made = notes(AuthMethod::ClientSecret);
        let old = made.client_secret.expect("a secret");
        let first = made
            .application
            .with_rotated_secret(2 * HOUR, NOW, &rng())
            .expect("rotates");
        let new = first.client_secret;
        let admits = |app: &Application, secret: &PlainToken, at| app.admits_secret(secret.expose(), at);
        let just = Duration::from_millis(1);
        assert!(admits(&first.application, &old, NOW + 2 * HOUR - just));
        assert!(!admits(&first.application, &old, NOW + 2 * HOUR));
        assert!(admits(&first.application, &new, NOW + 1_000 * HOUR));

        // a later rotation does not prolong what ends already
        let second = first
            .application
            .with_rotated_secret(24 * HOUR, NOW + HOUR, &Rng::seeded(8))
            .expect("rotates");
        assert!(!admits(&second.application, &old, NOW + 2 * HOUR));
        assert!(admits(&second.application, &new, NOW + 25 * HOUR - just));
        assert!(!admits(&second.application, &new, NOW + 25 * HOUR));

        // without an overlap the others are over at once
        let third = second
            .application
            .with_rotated_secret(Duration::ZERO, NOW + HOUR, &Rng::seeded(9))
            .expect("rotates");
        assert_eq!(third.application.secrets.len(), 1);
        assert!(!admits(&third.application, &new, NOW + HOUR));

        let far = third
            .application
            .with_rotated_secret(LONGEST_OVERLAP + just, NOW, &rng());
        assert_eq!(far.expect_err("is too long").code(), "overlap_too_long");
    }

    #[test]
    fn there_are_at_most_five_secrets_and_never_none() {
        let mut app = notes(AuthMethod::ClientSecretBasic).application;
        for seed in 10..14 {
            app = app
                .with_another_secret(NOW, &Rng::seeded(seed))
                .expect("adds")
                .application;
        }
        let too_many = |result: Result<NewSecret>| {
            assert_eq!(result.expect_err("is one too many").code(), "too_many_client_secrets");
        };
        too_many(app.with_another_secret(NOW, &rng()));
        too_many(app.with_rotated_secret(HOUR, NOW, &rng()));
        assert!(app.with_rotated_secret(Duration::ZERO, NOW, &rng()).is_ok());

        // those that expired do not count
        app.secrets[0].expires_at = Some(NOW);
        assert!(app.with_another_secret(NOW, &rng()).is_ok());
        while app.secrets.len() > 2 {
            app = app.without_secret(&app.secrets[2].id, NOW).expect("revokes");
        }
        let last = app
            .without_secret(&app.secrets[1].id, NOW)
            .expect_err("is the last that admits");
        assert_eq!(last.code(), "last_client_secret");
        app = app
            .without_secret(&app.secrets[0].id, NOW)
            .expect("forgets what expired");
        assert_eq!(app.secrets.len(), 1);
        let other = ApplicationSecretId::draw(NOW, &rng());
        assert_eq!(
            app.without_secret(&other, NOW).expect_err("is not there").kind(),
            ErrorKind::NotFound
        );
    }

    #[test]
    fn a_secret_comes_and_goes_with_the_method_that_needs_it() {
        let app = notes(AuthMethod::ClientSecretBasic).application;
        let kept = app
            .changed(by(AuthMethod::ClientSecretPost), NOW, &rng())
            .expect("changes");
        assert_eq!(
            (kept.application.secrets.len(), kept.client_secret.is_none()),
            (1, true)
        );
        let public = app.changed(by(AuthMethod::None), NOW, &rng()).expect("changes");
        assert!(public.application.secrets.is_empty() && public.client_secret.is_none());
        let refused = public.application.with_rotated_secret(HOUR, NOW, &rng());
        assert_eq!(refused.expect_err("has none").code(), "no_client_secret");
        let again = public
            .application
            .changed(by(AuthMethod::ClientSecret), NOW, &rng())
            .expect("changes");
        let secret = again.client_secret.expect("a secret");
        assert!(again.application.admits_secret(secret.expose(), NOW));
    }

    #[test]
    fn a_change_is_held_to_the_rules_of_registering() {
        let app = notes(AuthMethod::ClientSecret).application;
        let refused = app.changed(by(AuthMethod::PrivateKeyJwt), NOW, &rng());
        assert_eq!(refused.expect_err("has no keys").code(), "invalid_application");
        let nowhere = Changes {
            redirect_uris: Some(Vec::new()),
            ..Changes::default()
        };
        assert!(app.changed(nowhere, NOW, &rng()).is_err());
    }
}
