//! Name resolution that gives public addresses alone. The connection is made to the address that was judged: a name cannot
//! first show one address and then lead to another.

use std::net::{IpAddr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::is_public;

/// A host that leads inside.
#[derive(Debug, thiserror::Error)]
#[error("{host} leads to {address}, which is not a public address")]
pub(super) struct NotPublic {
    pub(super) host: String,
    pub(super) address: IpAddr,
}

/// Resolves by the system, and refuses a name if any of its addresses leads inside.
pub(super) struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let host = name.as_str().to_owned();
            // The port is the URL's: the client sets it where it is 0.
            let found: Vec<SocketAddr> = tokio::net::lookup_host((host.as_str(), 0)).await?.collect();
            match found.iter().find(|address| !is_public(address.ip())) {
                Some(inside) => Err(NotPublic {
                    host,
                    address: inside.ip(),
                }
                .into()),
                None => Ok(Box::new(found.into_iter()) as Addrs),
            }
        })
    }
}
