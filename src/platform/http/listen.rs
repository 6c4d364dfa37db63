//! Opening listeners.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv6Addr, SocketAddr, TcpListener};

use tokio::net::TcpSocket;

/// Connections that may wait to be accepted, on each listener.
const BACKLOG: u32 = 1024;

/// An address that cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error("can't listen on {address}: {source}")]
pub struct ListenError {
    /// The address.
    pub address: SocketAddr,
    /// Why not.
    pub source: io::Error,
}

/// A listener and the address it has, its port chosen by the system where 0 was asked for.
pub(super) struct Listener {
    pub(super) address: SocketAddr,
    pub(super) socket: TcpListener,
}

impl Listener {
    /// Listens on `address`. Needs a Tokio runtime.
    pub(super) fn open(address: SocketAddr) -> Result<Self, ListenError> {
        let open = || {
            let socket = match address {
                SocketAddr::V4(_) => TcpSocket::new_v4()?,
                SocketAddr::V6(_) => TcpSocket::new_v6()?,
            };
            // A restarted server must not wait for the connections of the last one to time out.
            socket.set_reuseaddr(true)?;
            socket.bind(address)?;
            let socket = socket.listen(BACKLOG)?.into_std()?;
            Ok(Self {
                address: socket.local_addr()?,
                socket,
            })
        };
        open().map_err(|source| ListenError { address, source })
    }

    /// Listens on every one of `addresses`, but for two that may be missing: `[::1]` beside another where the machine has no IPv6,
    /// and `0.0.0.0` where `[::]` with the same port has taken IPv4 in, as Linux does by default.
    pub(super) fn open_all(addresses: &[SocketAddr]) -> Result<Vec<Self>, ListenError> {
        let mut addresses = addresses.to_vec();
        addresses.sort_by_key(|address| !is_any_v6(address));
        let mut listeners: Vec<Self> = Vec::new();
        let mut without_ipv6 = None;
        for address in addresses {
            match Self::open(address) {
                Ok(listener) => listeners.push(listener),
                Err(error) if has_no_ipv6(&error) => without_ipv6 = Some(error),
                Err(error) if is_taken_in(&error, &listeners) => {}
                Err(error) => return Err(error),
            }
        }
        match without_ipv6 {
            Some(error) if listeners.is_empty() => Err(error),
            Some(error) => {
                tracing::warn!("{error}; this machine seems to have no IPv6");
                Ok(listeners)
            }
            None => Ok(listeners),
        }
    }
}

fn is_any_v6(address: &SocketAddr) -> bool {
    address.ip() == IpAddr::V6(Ipv6Addr::UNSPECIFIED)
}

fn has_no_ipv6(error: &ListenError) -> bool {
    // The socket itself cannot be made where the kernel lacks IPv6; the address is missing where it is switched off.
    error.address.ip() == IpAddr::V6(Ipv6Addr::LOCALHOST)
        && (error.source.kind() == ErrorKind::AddrNotAvailable || TcpSocket::new_v6().is_err())
}

fn is_taken_in(error: &ListenError, listeners: &[Listener]) -> bool {
    let is_any_v4 = error.address.is_ipv4() && error.address.ip().is_unspecified();
    is_any_v4
        && error.source.kind() == ErrorKind::AddrInUse
        && listeners
            .iter()
            .any(|listener| is_any_v6(&listener.address) && listener.address.port() == error.address.port())
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::*;

    fn address(text: &str) -> SocketAddr {
        text.parse().expect("an address")
    }

    #[tokio::test]
    async fn a_taken_address_is_named() {
        let first = Listener::open(address("127.0.0.1:0")).expect("a listener");
        let error = Listener::open_all(&[first.address]).err().expect("taken");
        assert_eq!(error.address, first.address);
        assert!(
            error
                .to_string()
                .starts_with(&format!("can't listen on {}: ", first.address))
        );
    }

    #[tokio::test]
    async fn every_address_answers_when_both_families_are_asked_for() {
        let port = Listener::open(address("127.0.0.1:0"))
            .expect("a listener")
            .address
            .port();
        let both = [address(&format!("0.0.0.0:{port}")), address(&format!("[::]:{port}"))];
        if TcpSocket::new_v6().is_err() {
            return;
        }
        let listeners = Listener::open_all(&both).expect("listeners");
        assert!(!listeners.is_empty());
        TcpStream::connect(("127.0.0.1", port)).expect("IPv4");
    }
}
