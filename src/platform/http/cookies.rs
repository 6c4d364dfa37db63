//! The device cookie: the only cookie that authenticates a browser to pages and protocol endpoints.

use std::fmt;

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header::COOKIE;
use actix_web::{HttpRequest, HttpResponse};

use crate::kernel::digest::sha256;
use crate::kernel::rng::Rng;
use crate::kernel::secret::SecretString;
use crate::kernel::token::{PlainToken, TokenHash};
use crate::kernel::web_url::WebOrigin;

/// The longest a browser keeps a cookie (RFC 6265bis section 5.5).
const LIFETIME: Duration = Duration::days(400);
const SECRET_LENGTH: usize = 43;

/// What a browser holds of its device: 256 random bits in base62. The database knows the hash alone.
#[derive(Clone, PartialEq, Eq)]
pub struct DeviceSecret(SecretString);

impl DeviceSecret {
    /// A fresh secret.
    pub fn draw(rng: &Rng) -> Self {
        Self(SecretString::new(PlainToken::draw("", rng).expose().to_owned()))
    }

    /// A secret that a caller presented, where it has the shape of one.
    pub fn presented(text: &str) -> Option<Self> {
        let well_formed = text.len() == SECRET_LENGTH && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        well_formed.then(|| Self(SecretString::new(text.to_owned())))
    }

    /// The text, for the cookie.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// The only form that is stored.
    pub fn hash(&self) -> TokenHash {
        TokenHash::of(self.expose())
    }
}

impl fmt::Debug for DeviceSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[device secret]")
    }
}

/// How the device cookie is called and set on this instance.
#[derive(Clone, Debug)]
pub struct DeviceCookie {
    name: String,
    secure: bool,
}

impl DeviceCookie {
    /// The cookie of the instance at `public_url`. The name carries a part of that URL's hash, because cookies do not know
    /// ports: two instances on one host must not overwrite each other's. On https the `__Host-` prefix keeps
    /// neighbouring subdomains from setting it (RFC 6265bis section 4.1.3.2).
    pub fn new(public_url: &WebOrigin) -> Self {
        let [a, b, c, d, ..] = sha256(public_url.as_str().as_bytes());
        let prefix = if public_url.is_secure() { "__Host-" } else { "" };
        Self {
            name: format!("{prefix}vestibule_{a:02x}{b:02x}{c:02x}{d:02x}"),
            secure: public_url.is_secure(),
        }
    }

    /// The cookie's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The secret that the browser sent, where it has the shape of one.
    pub fn read(&self, req: &HttpRequest) -> Option<DeviceSecret> {
        req.headers()
            .get_all(COOKIE)
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(name, _)| *name == self.name)
            .find_map(|(_, value)| DeviceSecret::presented(value))
    }

    /// Gives the browser its secret.
    pub fn set(&self, secret: &DeviceSecret) -> Cookie<'static> {
        self.cookie(secret.expose().to_owned(), LIFETIME)
    }

    /// Gives the browser its secret with a response that is made already.
    pub fn give(&self, response: &mut HttpResponse, secret: &DeviceSecret) {
        // the name and the value are our own, so that they always make a cookie
        if let Err(cause) = response.add_cookie(&self.set(secret)) {
            tracing::error!(%cause, "the device cookie could not be set");
        }
    }

    /// Takes the secret from the browser.
    pub fn remove(&self) -> Cookie<'static> {
        self.cookie(String::new(), Duration::ZERO)
    }

    fn cookie(&self, value: String, max_age: Duration) -> Cookie<'static> {
        Cookie::build(self.name.clone(), value)
            .path("/")
            .http_only(true)
            .secure(self.secure)
            .same_site(SameSite::Lax)
            .max_age(max_age)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn cookie(public_url: &str) -> DeviceCookie {
        DeviceCookie::new(&public_url.parse().expect("an origin"))
    }

    #[test]
    fn https_locks_the_cookie_to_the_host() {
        let secret = DeviceSecret::draw(&Rng::seeded(1));
        let secure = cookie("https://id.example.com");
        let set = secure.set(&secret).to_string();
        assert!(secure.name().starts_with("__Host-vestibule_"), "{set}");
        for attribute in [
            "; HttpOnly",
            "; SameSite=Lax",
            "; Secure",
            "; Path=/",
            "; Max-Age=34560000",
        ] {
            assert!(set.contains(attribute), "{attribute} in {set}");
        }
        assert!(!set.contains("Domain"), "{set}");

        let plain = cookie("http://localhost:4000");
        let set = plain.set(&secret).to_string();
        assert!(
            plain.name().starts_with("vestibule_") && !set.contains("Secure"),
            "{set}"
        );
        assert!(plain.remove().to_string().contains("Max-Age=0"));
    }

    #[test]
    fn instances_on_one_host_have_cookies_of_their_own() {
        assert_ne!(
            cookie("http://localhost:4000").name(),
            cookie("http://localhost:4010").name()
        );
    }

    #[test]
    fn only_a_well_formed_secret_is_read() {
        let cookie = cookie("http://localhost:4000");
        let secret = DeviceSecret::draw(&Rng::seeded(1));
        let read = |line: String| cookie.read(&TestRequest::get().insert_header((COOKIE, line)).to_http_request());
        let name = cookie.name();
        assert_eq!(
            read(format!("broken; a=b; {name}={}; c=d", secret.expose())),
            Some(secret.clone())
        );
        assert_eq!(read(format!("{name}={}x", secret.expose())), None);
        assert_eq!(read(format!("{name}=")), None);
        assert_eq!(read(format!("x{name}={}", secret.expose())), None);
        assert!(!format!("{secret:?}").contains(secret.expose()));
    }

    #[test]
    fn the_stored_form_is_the_hash() {
        let secret = DeviceSecret::draw(&Rng::seeded(1));
        assert_eq!(secret.hash(), TokenHash::of(secret.expose()));
    }
}
