//! The certificate in use, which can be exchanged while connections are made.

use std::path::Path;
use std::sync::Arc;

use arc_swap::ArcSwap;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};

pub use super::files::TlsError;
use super::files::{Files, Look};
use super::{development, watch};
use crate::kernel::clock::Clock;
use crate::platform::settings::sections::{TlsMode, TlsSettings};

/// The certificate that new connections are greeted with.
pub struct Certificate {
    files: Files,
    first_look: Look,
    current: Arc<Current>,
    config: ServerConfig,
}

impl Certificate {
    /// Reads the operator's files, or makes a certificate for this machine in `development_directory` where there is none yet. None
    /// where TLS is off.
    ///
    /// # Errors
    /// When there is no usable certificate.
    pub fn load(
        settings: &TlsSettings,
        development_directory: &Path,
        clock: &dyn Clock,
    ) -> Result<Option<Arc<Self>>, TlsError> {
        let files = match (settings.mode, settings.files()) {
            (TlsMode::Off, _) => return Ok(None),
            (TlsMode::Files, Some((certificate, key))) => Files {
                certificate: certificate.to_owned(),
                key: key.to_owned(),
            },
            // The settings are validated: `files` never comes without its files.
            (TlsMode::Files, None) => return Ok(None),
            (TlsMode::Development, _) => development::files(development_directory, clock)?,
        };
        Self::from_files(files).map(|certificate| Some(Arc::new(certificate)))
    }

    pub(super) fn from_files(files: Files) -> Result<Self, TlsError> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let first_look = files.look();
        let current = Arc::new(Current(ArcSwap::from_pointee(files.load(&provider)?)));
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&TLS13, &TLS12])?
            .with_no_client_auth()
            .with_cert_resolver(current.clone());
        Ok(Self {
            files,
            first_look,
            current,
            config,
        })
    }

    /// The TLS configuration that always shows the certificate in use. It names no application protocols: the server adds HTTP/2
    /// and HTTP/1.1 itself.
    pub(in crate::platform::http) fn server_config(&self) -> ServerConfig {
        self.config.clone()
    }

    /// How the files looked before they were first read.
    pub(super) fn first_look(&self) -> Look {
        self.first_look
    }

    /// How the files look now.
    pub(super) fn look(&self) -> Look {
        self.files.look()
    }

    /// Reads the files again. What is in use stays in use where they are not usable.
    pub(super) fn reload(&self) -> Result<(), TlsError> {
        let fresh = self.files.load(self.config.crypto_provider())?;
        self.current.0.store(Arc::new(fresh));
        Ok(())
    }

    /// Picks changed files up, for ever.
    pub(in crate::platform::http) async fn watch(self: Arc<Self>) {
        watch::watch(self).await;
    }
}

#[derive(Debug)]
struct Current(ArcSwap<CertifiedKey>);

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }
}

#[cfg(test)]
impl Certificate {
    /// The end-entity certificate in use.
    pub(super) fn leaf(&self) -> Vec<u8> {
        self.current.0.load().cert[0].to_vec()
    }
}
