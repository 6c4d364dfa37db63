//! The client.

use std::error::Error as StdError;
use std::net::IpAddr;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Response};
use url::{Host, Url};

use super::address::is_public;
use super::resolver::{NotPublic, PublicOnly};
use crate::kernel::error::{Error, ErrorKind, Result};
use crate::kernel::web_url::{WebOrigin, is_loopback};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// For the whole exchange.
const TOTAL_TIMEOUT: Duration = Duration::from_secs(10);

/// Bytes an answer may have; no document that we read comes near it.
const MOST: usize = 1024 * 1024;

/// What a caller is told to wait where another server is away.
const RETRY_AFTER: Duration = Duration::from_secs(30);

/// What another server answered, whatever its status. Redirects are answers too: none is followed.
#[derive(Debug)]
pub struct Fetched {
    /// The HTTP status.
    pub status: u16,
    /// The body, at most a mebibyte.
    pub body: Vec<u8>,
}

/// Makes outgoing requests. Clones share their connections.
#[derive(Clone, Debug)]
pub struct Fetch {
    stranger: Client,
    own: Client,
    own_origins: Vec<WebOrigin>,
    allows_loopback: bool,
}

impl Fetch {
    /// `own_origins` may be reached wherever they lead: the operator named them. Every other host must lead to public addresses
    /// alone.
    ///
    /// # Errors
    /// Internal, when TLS cannot be set up.
    pub fn new(own_origins: Vec<WebOrigin>) -> Result<Self> {
        Ok(Self {
            stranger: client().dns_resolver(PublicOnly).build().map_err(Error::internal)?,
            own: client().build().map_err(Error::internal)?,
            own_origins,
            allows_loopback: false,
        })
    }

    /// Lets every URL lead to this machine that says so in its host: for development, where applications run beside us.
    #[must_use]
    pub fn with_loopback(self) -> Self {
        Self {
            allows_loopback: true,
            ..self
        }
    }

    /// Asks for `url`.
    ///
    /// # Errors
    /// Bad input (`url_refused`) where it is not an http or https URL, or carries a user name; forbidden (`address_refused`)
    /// where it leads to an address that is not public; too large; busy where the other server cannot be reached or is too
    /// slow.
    pub async fn get(&self, url: &str) -> Result<Fetched> {
        let url = Url::parse(url).map_err(|_| url_refused("this is not a URL"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(url_refused("the URL must be http or https"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(url_refused("the URL must not carry a user name"));
        }
        let response = self.client_for(&url)?.get(url).send().await.map_err(failure)?;
        let status = response.status().as_u16();
        let body = read(response).await?;
        Ok(Fetched { status, body })
    }

    /// Whether the host of `url` says already that [`get`](Self::get) will refuse it, wherever its name leads: it is this machine, or an
    /// address that is not public.
    pub fn refuses(&self, url: &Url) -> bool {
        let is_this_machine = is_loopback(url) && !self.is_own(url);
        is_this_machine || self.client_for(url).is_err()
    }

    /// Whether `url` may lead wherever it does.
    fn is_own(&self, url: &Url) -> bool {
        let origin = url.origin().ascii_serialization();
        let is_named = self.own_origins.iter().any(|own| own.as_str() == origin);
        is_named || self.allows_loopback && is_loopback(url)
    }

    /// Judges the URL's host. The resolver never sees a host that is an address already, so that one is judged here.
    fn client_for(&self, url: &Url) -> Result<&Client> {
        if self.is_own(url) {
            return Ok(&self.own);
        }
        let address = match url.host() {
            Some(Host::Ipv4(ip)) => IpAddr::V4(ip),
            Some(Host::Ipv6(ip)) => IpAddr::V6(ip),
            Some(Host::Domain(_)) => return Ok(&self.stranger),
            None => return Err(url_refused("the URL has no host")),
        };
        if is_public(address) {
            return Ok(&self.stranger);
        }
        Err(address_refused(NotPublic {
            host: address.to_string(),
            address,
        }))
    }
}

/// What both clients have in common.
#[expect(clippy::disallowed_methods, reason = "the one place that builds an HTTP client")]
fn client() -> ClientBuilder {
    Client::builder()
        .no_proxy()
        .redirect(Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(TOTAL_TIMEOUT)
        .user_agent(concat!("vestibule/", env!("CARGO_PKG_VERSION")))
}

async fn read(mut response: Response) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failure)? {
        if body.len() + chunk.len() > MOST {
            let public = format!("the other server's answer is larger than {MOST} bytes");
            return Err(Error::new(ErrorKind::TooLarge, "answer_too_large", public));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn url_refused(public: &'static str) -> Error {
    Error::bad_input("url_refused", public)
}

fn address_refused(cause: NotPublic) -> Error {
    let public = "this address is not on the public internet";
    Error::new(ErrorKind::Forbidden, "address_refused", public).because(cause)
}

/// An exchange that failed. The cause goes without the URL, which may carry a secret.
fn failure(error: reqwest::Error) -> Error {
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(NotPublic { host, address }) = cause.downcast_ref() {
            return address_refused(NotPublic {
                host: host.clone(),
                address: *address,
            });
        }
        source = cause.source();
    }
    let kind = ErrorKind::Busy {
        retry_after: RETRY_AFTER,
    };
    Error::new(kind, "server_unreachable", "the other server can't be reached").because(error.without_url())
}

#[cfg(test)]
mod tests;
