//! Applications.

use std::ops::Deref;

use super::redirect_uri;
use super::registration::{self, Registration};
use super::secret::ClientSecret;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::id::ApplicationId;
use crate::kernel::rng::Rng;
use crate::kernel::token::{PlainToken, TokenHash};
use crate::oidc::application::Profile;
use crate::oidc::scope::Scope;

/// An OAuth client (RFC 6749 section 2). What is registered of it reads as if it were its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// Our own id.
    pub id: ApplicationId,
    /// What it calls itself in requests.
    pub client_id: String,
    /// What is registered of it.
    pub registration: Registration,
    /// When it was registered.
    pub created_at: Timestamp,
    /// When anything of it last changed.
    pub updated_at: Timestamp,
    /// Its secrets, the oldest first; those that expired are among them until they are purged.
    pub secrets: Vec<ClientSecret>,
}

impl Deref for Application {
    type Target = Registration;

    fn deref(&self) -> &Registration {
        &self.registration
    }
}

impl Application {
    /// Whether `presented` is a client secret of it that has not expired, in a time that does not depend on the secrets.
    pub fn admits_secret(&self, presented: &str, now: Timestamp) -> bool {
        let hash = TokenHash::of(presented);
        // every one is compared, so that the time tells nothing of which it was
        self.secrets.iter().fold(false, |admitted, secret| {
            let is_it = secret.is(&hash);
            admitted | (is_it & secret.is_current(now))
        })
    }

    /// What it may ask people for.
    pub fn scope(&self) -> Scope {
        self.scopes.of_people(self.grant_types)
    }

    /// Whether it must use PKCE (RFC 7636): a code must be worthless to who steals it (RFC 9700 section 2.1.1).
    pub fn must_use_pkce(&self) -> bool {
        self.is_public() || self.pkce_required || self.profile == Profile::OAuth21
    }

    /// Whether browsers may be sent to `requested` with an answer.
    pub fn has_redirect_uri(&self, requested: &str) -> bool {
        self.redirect_uris
            .iter()
            .any(|registered| redirect_uri::is_same(registered, requested, self.is_public()))
    }

    /// Whether browsers may be sent to `requested` after signing out: it is registered to the letter (OpenID Connect RP-Initiated
    /// Logout section 3).
    pub fn has_post_logout_redirect_uri(&self, requested: &str) -> bool {
        self.post_logout_redirect_uris
            .iter()
            .any(|registered| registered == requested)
    }

    /// Whether an answer to `redirect_uri` can only reach this application, because only it can redeem the code or be reached
    /// there. Otherwise what a person allowed before does not speak for the one who asks now (RFC 8252 section 8.6).
    pub fn is_assured_at(&self, redirect_uri: &str) -> bool {
        !self.is_public() || redirect_uri::assures_identity(redirect_uri)
    }
}

/// An application just registered.
#[derive(Debug)]
pub struct CreatedApplication {
    /// The application.
    pub application: Application,
    /// Its secret, which can't be shown again; none where it authenticates in another way.
    pub client_secret: Option<PlainToken>,
}

impl CreatedApplication {
    /// Checks the rules and draws what is missing.
    pub(in crate::oidc) fn draw(
        client_id: Option<String>,
        registration: Registration,
        now: Timestamp,
        rng: &Rng,
    ) -> Result<Self> {
        let registration = registration.check()?;
        let (secrets, client_secret) = match registration.authentication.has_secret() {
            true => {
                let (secret, plain) = ClientSecret::draw(now, rng);
                (vec![secret], Some(plain))
            }
            false => (Vec::new(), None),
        };
        Ok(Self {
            application: Application {
                id: ApplicationId::draw(now, rng),
                client_id: registration::client_id(client_id, rng)?,
                registration,
                created_at: now,
                updated_at: now,
                secrets,
            },
            client_secret,
        })
    }
}

/// A part of the list of applications, the oldest first.
#[derive(Debug)]
pub struct ApplicationPage {
    /// The applications.
    pub applications: Vec<Application>,
    /// Where the next part begins; `None` at the end.
    pub next: Option<ApplicationId>,
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::oidc::application::AuthMethod;

    const NOW: Timestamp = Timestamp::from_secs(1);

    fn draw(authentication: AuthMethod) -> CreatedApplication {
        let registration = Registration {
            authentication,
            ..Registration::new("Notes", vec!["https://notes.example/cb".to_owned()])
        };
        CreatedApplication::draw(None, registration, NOW, &Rng::seeded(1)).expect("registered")
    }

    #[test]
    fn a_secret_is_of_unreserved_characters_and_admits_until_it_expires() {
        let mut made = draw(AuthMethod::ClientSecret);
        let secret = made.client_secret.expect("a secret");
        let text = secret.expose();
        assert!(text.bytes().all(|b| b.is_ascii_alphanumeric()));
        assert!(text.ends_with(&made.application.secrets[0].hint));
        assert!(made.application.admits_secret(text, NOW));
        assert!(!made.application.admits_secret("", NOW));
        assert!(!made.application.admits_secret(&text[1..], NOW));

        let end = NOW + Duration::from_secs(10);
        made.application.secrets[0].expires_at = Some(end);
        assert!(made.application.admits_secret(text, end - Duration::from_millis(1)));
        assert!(!made.application.admits_secret(text, end));
    }

    #[test]
    fn a_public_application_has_none() {
        let made = draw(AuthMethod::None);
        assert!(made.client_secret.is_none());
        assert!(!made.application.admits_secret("", NOW));
    }

    #[test]
    fn who_listens_on_a_port_is_not_assured_unless_it_keeps_a_secret() {
        let public = draw(AuthMethod::None).application;
        let confidential = draw(AuthMethod::ClientSecret).application;
        assert!(public.is_assured_at("https://notes.example/cb"));
        assert!(!public.is_assured_at("http://127.0.0.1:1/cb"));
        assert!(!public.is_assured_at("com.example.notes:/cb"));
        assert!(confidential.is_assured_at("http://127.0.0.1:1/cb"));
    }
}
