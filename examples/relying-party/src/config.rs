//! Settings, read once from the environment.

use openidconnect::{ClientId, ClientSecret, IssuerUrl, PostLogoutRedirectUrl, RedirectUrl};
use url::{Host, Url};

const DEFAULT_ISSUER: &str = "http://localhost:4000";
const DEFAULT_CLIENT_ID: &str = "example-relying-party";
const DEFAULT_LISTEN_PORT: u16 = 4001;

/// Where we listen, and who we are to the provider.
pub struct Config {
    /// The provider's issuer identifier, exactly as its ID tokens spell it.
    pub issuer: IssuerUrl,
    pub client_id: ClientId,
    /// None makes this a public client: PKCE alone binds the code to us.
    pub client_secret: Option<ClientSecret>,
    pub port: u16,
    /// Our own origin, without a trailing slash.
    pub base_url: String,
    /// Registered with the provider as a redirect URI.
    pub redirect_uri: RedirectUrl,
    /// Registered with the provider as a post logout redirect URI.
    pub post_logout_redirect_uri: PostLogoutRedirectUrl,
}

/// A setting that cannot be used, named so that it can be mended.
#[derive(Debug, thiserror::Error)]
#[error("{name}: {problem}")]
pub struct ConfigError {
    name: &'static str,
    problem: String,
}

impl Config {
    /// Reads `ISSUER`, `CLIENT_ID`, `CLIENT_SECRET` and `LISTEN_PORT`.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    /// An empty variable counts as an absent one, since that is how shells and compose files leave things out.
    fn from_lookup(lookup: impl Fn(&'static str) -> Option<String>) -> Result<Self, ConfigError> {
        let value = |name| lookup(name).filter(|value| !value.is_empty());

        let issuer = parse_issuer(value("ISSUER").unwrap_or_else(|| DEFAULT_ISSUER.to_owned()))?;
        let client_id = value("CLIENT_ID").unwrap_or_else(|| DEFAULT_CLIENT_ID.to_owned());
        let port = match value("LISTEN_PORT") {
            Some(text) => parse_port(&text)?,
            None => DEFAULT_LISTEN_PORT,
        };
        let base_url = format!("http://localhost:{port}");
        let own_url = |error: url::ParseError| invalid("LISTEN_PORT", error);

        Ok(Self {
            issuer,
            client_id: ClientId::new(client_id),
            client_secret: value("CLIENT_SECRET").map(ClientSecret::new),
            port,
            redirect_uri: RedirectUrl::new(format!("{base_url}/callback")).map_err(own_url)?,
            post_logout_redirect_uri: PostLogoutRedirectUrl::new(format!("{base_url}/")).map_err(own_url)?,
            base_url,
        })
    }

    /// Whether the provider runs on this machine.
    pub fn issuer_is_loopback(&self) -> bool {
        is_loopback(self.issuer.url())
    }
}

/// OpenID Connect Discovery section 3 asks for `https` without query and fragment; a provider under development on this
/// machine may do without TLS.
fn parse_issuer(text: String) -> Result<IssuerUrl, ConfigError> {
    let issuer = IssuerUrl::new(text).map_err(|error| invalid("ISSUER", error))?;
    let url = issuer.url();
    if url.query().is_some() || url.fragment().is_some() {
        return Err(invalid("ISSUER", "has a query or a fragment"));
    }
    match url.scheme() {
        "https" => Ok(issuer),
        "http" if is_loopback(url) => Ok(issuer),
        _ => Err(invalid("ISSUER", "must start with https:// unless it is on localhost")),
    }
}

fn parse_port(text: &str) -> Result<u16, ConfigError> {
    match text.parse() {
        Ok(0) => Err(invalid("LISTEN_PORT", "must not be 0: the redirect URI names the port")),
        Ok(port) => Ok(port),
        Err(error) => Err(invalid("LISTEN_PORT", error)),
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn invalid(name: &'static str, problem: impl ToString) -> ConfigError {
    ConfigError {
        name,
        problem: problem.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::from_lookup(|name| {
            pairs
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn defaults_describe_a_public_client_of_a_local_provider() {
        let config = config(&[("CLIENT_SECRET", "")]).unwrap();
        assert_eq!(config.issuer.as_str(), "http://localhost:4000");
        assert_eq!(config.client_id.as_str(), "example-relying-party");
        assert!(config.client_secret.is_none());
        assert_eq!(config.redirect_uri.as_str(), "http://localhost:4001/callback");
        assert_eq!(config.post_logout_redirect_uri.as_str(), "http://localhost:4001/");
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for issuer in [
            "http://localhost:4000",
            "http://127.0.0.1:4000",
            "http://[::1]:4000",
            "https://id.example.com/a",
        ] {
            assert!(config(&[("ISSUER", issuer)]).is_ok(), "{issuer}");
        }
        for issuer in [
            "http://id.example.com",
            "ftp://localhost",
            "https://id.example.com/?a=b",
            "nonsense",
        ] {
            assert!(config(&[("ISSUER", issuer)]).is_err(), "{issuer}");
        }
    }

    #[test]
    fn a_bad_port_is_named() {
        for port in ["0", "65536", "http"] {
            let error = config(&[("LISTEN_PORT", port)]).err().unwrap();
            assert!(error.to_string().starts_with("LISTEN_PORT: "), "{error}");
        }
    }
}
