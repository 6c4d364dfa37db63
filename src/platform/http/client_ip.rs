//! The address of whoever sent a request.

use std::convert::Infallible;
use std::fmt;
use std::future::{Ready, ready};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use actix_web::dev::Payload;
use actix_web::http::header::{HeaderMap, X_FORWARDED_FOR};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use ipnet::IpNet;

/// The client's address: the peer's, or the one that proxies of ours vouch for.
///
/// Of the forwarding headers only `X-Forwarded-For` is read. Every proxy can set it, and a proxy that sets it passes a client's
/// own `Forwarded` (RFC 7239) on untouched, so that reading both would believe the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientIp(IpAddr);

impl ClientIp {
    /// The address that `edge` found for `req`; the peer's where a request did not come through it.
    pub fn of(req: &HttpRequest) -> Self {
        let found = req.extensions().get().copied();
        found.unwrap_or_else(|| Self::resolve(req.peer_addr().map(|peer| peer.ip()), req.headers(), &[]))
    }

    /// Walks back from the peer: while an address belongs to a proxy of ours, the one it names is believed. The walk ends at the
    /// first address that is not such a proxy, and before an entry that is not an address.
    pub(super) fn resolve(peer: Option<IpAddr>, headers: &HeaderMap, trusted: &[IpNet]) -> Self {
        let mut client = normal(peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)));
        let is_ours = |ip: &IpAddr| trusted.iter().any(|net| net.contains(ip));
        if !is_ours(&client) {
            return Self(client);
        }
        let lines: Vec<&[u8]> = headers.get_all(X_FORWARDED_FOR).map(|line| line.as_bytes()).collect();
        let entries = lines.iter().rev().flat_map(|line| line.rsplit(|byte| *byte == b','));
        for entry in entries {
            let Some(named) = address(entry) else { break };
            client = named;
            if !is_ours(&client) {
                break;
            }
        }
        Self(client)
    }

    /// The address.
    pub fn ip(self) -> IpAddr {
        self.0
    }

    /// What limits count by: an IPv4 address, or the /64 an IPv6 address lies in, because one subscriber commonly holds that much.
    pub fn limit_key(self) -> String {
        match self.0 {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => {
                let subnet = ip.to_bits() & !u128::from(u64::MAX);
                format!("{}/64", Ipv6Addr::from_bits(subnet))
            }
        }
    }
}

/// An IPv4 address that arrived over an IPv6 socket, as the IPv4 address it is.
fn normal(ip: IpAddr) -> IpAddr {
    ip.to_canonical()
}

/// An entry of `X-Forwarded-For`; some proxies add a port.
fn address(entry: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(entry).ok()?.trim();
    let ip = text
        .parse::<IpAddr>()
        .or_else(|_| text.parse::<SocketAddr>().map(|with_port| with_port.ip()));
    ip.ok().map(normal)
}

impl fmt::Display for ClientIp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromRequest for ClientIp {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(req)))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn resolve(peer: &str, lines: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(X_FORWARDED_FOR, HeaderValue::from_str(line).expect("a header"));
        }
        headers.insert(
            actix_web::http::header::FORWARDED,
            HeaderValue::from_static("for=203.0.113.99"),
        );
        let trusted = ["10.0.0.0/8", "fd00::/8"].map(|net| net.parse().expect("a network"));
        ClientIp::resolve(peer.parse().ok(), &headers, &trusted).to_string()
    }

    #[test]
    fn a_stranger_cannot_name_another_address() {
        assert_eq!(resolve("198.51.100.7", &["203.0.113.1"]), "198.51.100.7");
    }

    #[test]
    fn a_proxy_of_ours_is_believed_as_far_as_its_own_entry() {
        assert_eq!(resolve("10.0.0.1", &["203.0.113.1"]), "203.0.113.1");
        assert_eq!(resolve("10.0.0.1", &["1.1.1.1, 203.0.113.1"]), "203.0.113.1");
        assert_eq!(resolve("10.0.0.1", &["1.1.1.1, 203.0.113.1, 10.0.0.2"]), "203.0.113.1");
        assert_eq!(resolve("10.0.0.1", &["1.1.1.1", "203.0.113.1,10.0.0.2"]), "203.0.113.1");
        assert_eq!(resolve("::ffff:10.0.0.1", &["::ffff:203.0.113.1"]), "203.0.113.1");
        assert_eq!(resolve("fd00::1", &["[2001:db8::5]:443"]), "2001:db8::5");
        assert_eq!(resolve("10.0.0.1", &["203.0.113.1:5000"]), "203.0.113.1");
    }

    #[test]
    fn a_chain_of_proxies_alone_ends_at_its_first() {
        assert_eq!(resolve("10.0.0.1", &["10.0.0.9, 10.0.0.2"]), "10.0.0.9");
        assert_eq!(resolve("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn what_is_not_an_address_ends_the_walk() {
        assert_eq!(resolve("10.0.0.1", &["1.1.1.1, unknown"]), "10.0.0.1");
        assert_eq!(resolve("10.0.0.1", &["1.1.1.1, , 10.0.0.2"]), "10.0.0.2");
        assert_eq!(resolve("10.0.0.1", &["", "10.0.0.2"]), "10.0.0.2");
    }

    #[test]
    fn limits_count_an_ipv6_subscriber_once() {
        let key = |ip: &str| ClientIp(ip.parse().expect("an address")).limit_key();
        assert_eq!(key("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff::"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_eq!(key("203.0.113.1"), "203.0.113.1");
    }
}
