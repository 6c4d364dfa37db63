//! The operator's TLS certificate: usable, for the right name, and for how long.

use std::path::Path;
use std::time::Duration;

use rustls::client::verify_server_name;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::server::ParsedCertificate;

use super::finding::Finding;
use super::validity::not_after;
use crate::app::Options;
use crate::kernel::clock::Timestamp;
use crate::kernel::web_url::WebOrigin;
use crate::platform::http::Certificate;
use crate::platform::settings::sections::ServerSettings;

const CHECK: &str = "TLS certificate";

/// Certificates that renew themselves do so well before this.
const SOON: Duration = Duration::from_secs(14 * 24 * 60 * 60);

/// Nothing where TLS is off, or its certificate is made for development.
pub(super) fn examine(server: &ServerSettings, options: &Options, now: Timestamp) -> Vec<Finding> {
    let Some((path, _)) = server.tls.files() else {
        return Vec::new();
    };
    // with files of one's own, no directory for made ones is needed
    if let Err(error) = Certificate::load(&server.tls, Path::new(""), &*options.clock) {
        let advice =
            "set server.tls.certificate_file and key_file to a chain and its key, in PEM, readable by the server";
        return vec![Finding::fail(CHECK, error.to_string(), advice)];
    }
    let Ok(certificate) = CertificateDer::from_pem_file(path) else {
        return Vec::new();
    };
    let mut findings = vec![expiry(&certificate, now)];
    findings.extend(name(&certificate, &server.public_url));
    findings
}

fn expiry(certificate: &CertificateDer<'_>, now: Timestamp) -> Finding {
    let advice = "renew it; the server picks the new file up without a restart";
    match not_after(certificate) {
        None => Finding::warn(
            CHECK,
            "its end can't be read",
            "look at it with `openssl x509 -noout -dates`",
        ),
        Some(end) if end <= now => Finding::fail(CHECK, format!("it ran out on {end}"), advice),
        Some(end) if end.since(now) < SOON => Finding::warn(CHECK, format!("it runs out on {end}"), advice),
        Some(end) => Finding::ok(CHECK, format!("it goes with its key and holds until {end}")),
    }
}

/// None where the certificate is for the host of `public_url`.
fn name(certificate: &CertificateDer<'_>, public_url: &WebOrigin) -> Option<Finding> {
    let host = url::Url::parse(public_url.as_str()).ok()?.host_str()?.to_owned();
    let server = ServerName::try_from(host.trim_matches(['[', ']'])).ok()?;
    let parsed = ParsedCertificate::try_from(certificate).ok()?;
    verify_server_name(&parsed, &server).err().map(|_| {
        Finding::warn(
            CHECK,
            format!("it is not for {host}, the host of server.public_url"),
            "use a certificate for that name, unless a proxy in front has one",
        )
    })
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    use super::super::finding::Grade;
    use super::*;

    fn certificate() -> CertificateDer<'static> {
        let mut params = CertificateParams::new(["id.example.com".to_owned()]).expect("a name");
        params.not_after = date_time_ymd(2030, 1, 31);
        let key = KeyPair::generate().expect("a key");
        params.self_signed(&key).expect("a certificate").der().clone()
    }

    #[test]
    fn the_end_is_seen_two_weeks_ahead() {
        let certificate = certificate();
        let day = |day| Timestamp::from_secs(date_time_ymd(2030, 1, day).unix_timestamp());
        assert_eq!(expiry(&certificate, day(16)).result, Grade::Ok);
        assert_eq!(expiry(&certificate, day(18)).result, Grade::Warn);
        assert_eq!(expiry(&certificate, day(31)).result, Grade::Fail);
    }

    #[test]
    fn a_certificate_for_another_name_is_seen() {
        let certificate = certificate();
        let found = |url: &str| name(&certificate, &url.parse().expect("an origin"));
        assert_eq!(found("https://id.example.com:8443"), None);
        assert!(found("https://example.com").is_some());
        assert!(found("https://[::1]").is_some());
    }
}
