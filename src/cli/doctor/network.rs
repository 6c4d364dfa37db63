//! How the world reaches the server.

use std::error::Error as StdError;
use std::net::SocketAddr;

use serde::Deserialize;

use super::finding::Finding;
use crate::kernel::web_url::WebOrigin;
use crate::platform::fetch::Fetch;
use crate::platform::settings::sections::ServerSettings;

/// Who ends TLS, and whose word about client addresses is believed.
pub(super) fn listeners(server: &ServerSettings) -> Finding {
    const CHECK: &str = "listeners";
    let list = |items: Vec<String>| items.join(", ");
    let listen = list(server.listen.iter().map(ToString::to_string).collect());
    let proxies = list(server.trusted_proxies.iter().map(ToString::to_string).collect());
    let is_open = server
        .listen
        .iter()
        .any(|address: &SocketAddr| !address.ip().is_loopback());
    match (server.tls.is_on(), proxies.is_empty()) {
        (true, true) => Finding::ok(CHECK, format!("{listen} with TLS; no proxy in front is believed")),
        (true, false) => Finding::ok(CHECK, format!("{listen} with TLS; proxies in {proxies} are believed")),
        (false, true) if server.public_url.is_secure() => Finding::warn(
            CHECK,
            format!("{listen} without TLS, and server.trusted_proxies is empty: all people would share one address"),
            "name the proxy that ends TLS in server.trusted_proxies, or set server.tls.mode to `files`",
        ),
        (false, _) if is_open => Finding::warn(
            CHECK,
            format!("{listen} without TLS, open to other machines"),
            "let only the proxy in, by a firewall or by listening on a loopback address",
        ),
        (false, true) => Finding::ok(CHECK, format!("{listen} without TLS, for this machine alone")),
        (false, false) => Finding::ok(CHECK, format!("{listen} without TLS, behind proxies in {proxies}")),
    }
}

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
}

/// Whether the public URL leads to a server that calls itself so.
pub(super) async fn public_url(origin: &WebOrigin) -> Finding {
    const CHECK: &str = "public URL";
    const PATH: &str = "/.well-known/openid-configuration";
    let url = origin.join(PATH);
    let answer = match Fetch::new(vec![origin.clone()]) {
        Ok(fetch) => fetch.get(&url).await,
        Err(error) => Err(error),
    };
    match answer {
        Err(error) => Finding::warn(
            CHECK,
            format!("no server answers at {origin}: {}", root(&error)),
            "where the server runs, look at DNS, the proxy, its certificate, and whether this machine may ask itself",
        ),
        Ok(answer) => match serde_json::from_slice::<Discovery>(&answer.body) {
            Ok(discovery) if answer.status == 200 => same_issuer(CHECK, &discovery.issuer, origin),
            _ => Finding::fail(
                CHECK,
                format!("{url} answers {}, and not with a discovery document", answer.status),
                "something else answers there: look at the proxy and at server.public_url",
            ),
        },
    }
}

/// What lies under all causes of an error.
fn root<'a>(error: &'a (dyn StdError + 'static)) -> &'a (dyn StdError + 'static) {
    error.source().map_or(error, root)
}

fn same_issuer(check: &'static str, issuer: &str, origin: &WebOrigin) -> Finding {
    if issuer == origin.as_str() {
        return Finding::ok(check, format!("{origin} answers, and is the issuer"));
    }
    Finding::fail(
        check,
        format!("the server at {origin} calls itself {issuer}"),
        "applications refuse tokens of another issuer: give the server and this command the same server.public_url",
    )
}

#[cfg(test)]
mod tests {
    use super::super::finding::Grade;
    use super::*;

    #[test]
    fn an_issuer_is_compared_to_the_letter() {
        let origin: WebOrigin = "https://id.example.com".parse().expect("an origin");
        assert_eq!(same_issuer("x", "https://id.example.com", &origin).result, Grade::Ok);
        assert_eq!(same_issuer("x", "https://id.example.com/", &origin).result, Grade::Fail);
    }
}
