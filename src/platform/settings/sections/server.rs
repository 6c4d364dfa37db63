//! `[server]`: names, addresses and limits of the web server.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::time::Duration;

use ipnet::IpNet;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use super::tls::TlsSettings;
use crate::kernel::web_url::WebOrigin;
use crate::platform::settings::values::{networks, optional_text, seconds, socket_addresses};
use crate::platform::settings::{Environment, Problem, Section};

/// The host of session tokens where `public_url` has none that other machines could share.
const LOCAL_FRONTEND_HOST: &str = "clerk.localhost";

/// The settings of `[server]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerSettings {
    /// The origin that browsers and apps use, and the OpenID Connect issuer.
    #[serde(deserialize_with = "public_url")]
    pub public_url: WebOrigin,
    #[serde(deserialize_with = "optional_text")]
    frontend_host: Option<String>,
    /// The addresses to listen on.
    #[serde(deserialize_with = "socket_addresses")]
    pub listen: Vec<SocketAddr>,
    /// The networks whose forwarding headers are believed.
    #[serde(deserialize_with = "networks")]
    pub trusted_proxies: Vec<IpNet>,
    /// Transport encryption of the listeners.
    pub tls: TlsSettings,
    /// How long a client may take to send the head of its request.
    #[serde(rename = "client_request_timeout_seconds", deserialize_with = "seconds")]
    pub client_request_timeout: Duration,
    /// How long an idle connection is kept for the next request.
    #[serde(rename = "keep_alive_seconds", deserialize_with = "seconds")]
    pub keep_alive: Duration,
    /// How long requests in progress are given after the signal to stop.
    #[serde(rename = "shutdown_grace_seconds", deserialize_with = "seconds")]
    pub shutdown_grace: Duration,
    /// Bytes that a request body may have.
    pub body_limit_bytes: usize,
}

impl ServerSettings {
    /// The host, with its port where there is one, that session tokens name as their issuer.
    pub fn frontend_host(&self) -> String {
        if let Some(host) = &self.frontend_host {
            return host.clone();
        }
        let authority = self.public_url.authority();
        if self.public_url.is_secure() && !self.public_url.is_loopback() {
            return authority.to_owned();
        }
        match port_of(authority) {
            Some(port) => format!("{LOCAL_FRONTEND_HOST}:{port}"),
            None => LOCAL_FRONTEND_HOST.to_owned(),
        }
    }

    fn public_url_problems(&self, environment: Environment) -> Vec<Problem> {
        let url = &self.public_url;
        let mut problems = Vec::new();
        if environment.is_production() && !url.is_secure() && !url.is_loopback() {
            problems.push(Self::error(
                "public_url",
                "must be https in production: give https:// and your host",
            ));
        }
        if self.tls.is_on() && !url.is_secure() {
            let message = "is http although the listeners speak TLS: give https://, or set server.tls.mode to `off`";
            problems.push(Self::error("public_url", message));
        }
        problems
    }

    fn frontend_host_problem(&self) -> Option<Problem> {
        let host = self.frontend_host();
        let is_authority = ["https", "http"].iter().any(|scheme| {
            let origin = format!("{scheme}://{host}").parse::<WebOrigin>();
            origin.is_ok_and(|origin| origin.authority() == host)
        });
        if !is_authority {
            let message =
                format!("`{host}` is not a host: give lower-case `host` or `host:port`, without a scheme or path");
            return Some(Self::error("frontend_host", message));
        }
        if !host.contains('.') {
            let message = format!("`{host}` has no dot: give a name with one, here or in server.public_url");
            return Some(Self::error("frontend_host", message));
        }
        // Cookies with the `__Host-` prefix are bound to one host, so on https both names are that host.
        let url = &self.public_url;
        if url.is_secure() && !url.is_loopback() && host != url.authority() {
            let message = format!(
                "must be `{}`, the host of server.public_url: give that, or leave it empty",
                url.authority()
            );
            return Some(Self::error("frontend_host", message));
        }
        None
    }

    fn listen_problems(&self, environment: Environment) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.listen.is_empty() {
            problems.push(Self::error(
                "listen",
                "must be set: give at least one address, such as 127.0.0.1:4000",
            ));
        }
        let mut seen = HashSet::new();
        if let Some(twice) = self.listen.iter().find(|address| !seen.insert(**address)) {
            problems.push(Self::error(
                "listen",
                format!("names {twice} twice: give each address once"),
            ));
        }
        let open = self.listen.iter().find(|address| !address.ip().is_loopback());
        if let Some(address) = open
            && environment.is_production()
            && !self.tls.is_on()
            && self.trusted_proxies.is_empty()
        {
            let message = format!(
                "{address} would take plain http from other machines: set server.tls.mode to `files`, or name the proxy \
                 that ends TLS in server.trusted_proxies"
            );
            problems.push(Self::error("listen", message));
        }
        problems
    }

    fn trusted_proxies_problem(&self, environment: Environment) -> Option<Problem> {
        if !environment.is_production() {
            return None;
        }
        if let Some(all) = self.trusted_proxies.iter().find(|network| network.prefix_len() == 0) {
            let message = format!("{all} lets every client claim any address: name the networks of your proxies alone");
            return Some(Self::warning("trusted_proxies", message));
        }
        if self.trusted_proxies.is_empty() && self.public_url.is_secure() && !self.tls.is_on() {
            let message = "is empty although a proxy has to end TLS: limits would count all people as one; name the \
                           proxy's address, such as 127.0.0.1/32";
            return Some(Self::warning("trusted_proxies", message));
        }
        None
    }
}

/// The port of `host:port`; the host may be an IPv6 address in brackets.
fn port_of(authority: &str) -> Option<&str> {
    authority
        .rsplit_once(':')
        .map(|(_, port)| port)
        .filter(|port| !port.ends_with(']'))
}

fn public_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<WebOrigin, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() {
        let message = "must be set: give the address that browsers and apps use, such as https://id.example.com";
        return Err(Error::custom(message));
    }
    text.parse().map_err(Error::custom)
}

impl Section for ServerSettings {
    const NAME: &'static str = "server";

    fn validate(&self, environment: Environment) -> Vec<Problem> {
        let mut problems = self.public_url_problems(environment);
        problems.extend(self.frontend_host_problem());
        problems.extend(self.listen_problems(environment));
        problems.extend(self.trusted_proxies_problem(environment));
        problems.extend(self.tls.validate(environment));
        let within = |key, duration: Duration, most| Self::within(key, duration.as_secs(), 1..=most, "seconds");
        problems.extend(within(
            "client_request_timeout_seconds",
            self.client_request_timeout,
            600,
        ));
        problems.extend(within("keep_alive_seconds", self.keep_alive, 3600));
        problems.extend(within("shutdown_grace_seconds", self.shutdown_grace, 600));
        problems.extend(Self::within(
            "body_limit_bytes",
            self.body_limit_bytes,
            1024..=10_485_760,
            "bytes",
        ));
        problems
    }
}

#[cfg(test)]
mod tests;
