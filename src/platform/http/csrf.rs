//! The token that proves a form was rendered for the device that submits it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::cookies::DeviceSecret;
use crate::kernel::digest::{constant_time_eq, hmac_sha256};
use crate::kernel::error::{Error, ErrorKind, Result};
use crate::kernel::secret::SecretKey;

/// Makes and checks the tokens: a keyed hash of the device secret, which a page of another origin can neither read nor guess.
/// Nothing is stored, and a token dies with the secret it was made from.
#[derive(Clone, Debug)]
pub struct Csrf(SecretKey);

impl Csrf {
    /// The name of the form field.
    pub const FIELD: &str = "csrf";

    /// Keyed with a key that serves nothing else.
    pub fn new(key: SecretKey) -> Self {
        Self(key)
    }

    /// The token for the forms of a device.
    pub fn token(&self, device: &DeviceSecret) -> String {
        URL_SAFE_NO_PAD.encode(hmac_sha256(self.0.expose(), &[b"csrf", device.expose().as_bytes()]))
    }

    /// Admits a form that was rendered for the device.
    ///
    /// # Errors
    /// Forbidden (`csrf_refused`) where the token is missing or another one.
    pub fn verify(&self, device: &DeviceSecret, presented: Option<&str>) -> Result<()> {
        let expected = self.token(device);
        if presented.is_some_and(|token| constant_time_eq(token.as_bytes(), expected.as_bytes())) {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Forbidden,
            "csrf_refused",
            "this form is no longer valid; open the page again and retry",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::rng::Rng;

    #[test]
    fn a_token_is_good_for_its_device_and_key_alone() {
        let rng = Rng::seeded(1);
        let (device, other) = (DeviceSecret::draw(&rng), DeviceSecret::draw(&rng));
        let csrf = Csrf::new(SecretKey::new([1; 32]));
        let token = csrf.token(&device);
        assert_eq!(token.len(), 43);
        assert!(csrf.verify(&device, Some(&token)).is_ok());
        assert!(csrf.verify(&other, Some(&token)).is_err());
        assert!(
            Csrf::new(SecretKey::new([2; 32]))
                .verify(&device, Some(&token))
                .is_err()
        );
        for bad in [None, Some(""), Some(&token[1..])] {
            assert_eq!(
                csrf.verify(&device, bad).expect_err("refused").kind(),
                ErrorKind::Forbidden
            );
        }
    }
}
