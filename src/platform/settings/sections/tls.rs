//! `[server.tls]`: transport encryption of the listeners.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::platform::settings::values::{one_of, optional_path};
use crate::platform::settings::{Environment, Problem, Section};

/// The settings of `[server.tls]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsSettings {
    /// Where the certificate comes from, if there is one.
    pub mode: TlsMode,
    #[serde(deserialize_with = "optional_path")]
    certificate_file: Option<PathBuf>,
    #[serde(deserialize_with = "optional_path")]
    key_file: Option<PathBuf>,
}

/// Where the listeners' certificate comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum TlsMode {
    /// There is none: plain http.
    Off,
    /// It is made for `localhost` on the first run.
    Development,
    /// From the operator's files.
    Files,
}

impl TryFrom<String> for TlsMode {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        one_of(
            &text,
            &[
                ("off", Self::Off),
                ("development", Self::Development),
                ("files", Self::Files),
            ],
        )
    }
}

impl TlsSettings {
    /// Whether the listeners speak TLS.
    pub fn is_on(&self) -> bool {
        self.mode != TlsMode::Off
    }

    /// The operator's certificate chain and private key, both in PEM, where `mode` says that they are to be used.
    pub fn files(&self) -> Option<(&Path, &Path)> {
        match (self.mode, &self.certificate_file, &self.key_file) {
            (TlsMode::Files, Some(certificate), Some(key)) => Some((certificate, key)),
            _ => None,
        }
    }
}

impl Section for TlsSettings {
    const NAME: &'static str = "server.tls";

    fn validate(&self, environment: Environment) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.mode == TlsMode::Development && environment.is_production() {
            let message = "a development certificate is not for production: give `files` and your certificate, or `off` \
                           behind a proxy that ends TLS";
            problems.push(Self::error("mode", message));
        }
        for (key, file) in [
            ("certificate_file", &self.certificate_file),
            ("key_file", &self.key_file),
        ] {
            match (self.mode, file) {
                (TlsMode::Files, None) => {
                    problems.push(Self::error(
                        key,
                        "must be set where server.tls.mode is `files`: give a PEM file",
                    ));
                }
                (TlsMode::Off | TlsMode::Development, Some(_)) => {
                    problems.push(Self::error(
                        key,
                        "has no effect: set server.tls.mode to `files`, or empty this",
                    ));
                }
                _ => {}
            }
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tls(mode: TlsMode, certificate: Option<&str>, key: Option<&str>) -> TlsSettings {
        TlsSettings {
            mode,
            certificate_file: certificate.map(PathBuf::from),
            key_file: key.map(PathBuf::from),
        }
    }

    fn keys(settings: &TlsSettings, environment: Environment) -> Vec<String> {
        settings
            .validate(environment)
            .into_iter()
            .map(|problem| problem.key)
            .collect()
    }

    #[test]
    fn a_development_certificate_is_not_for_production() {
        let settings = tls(TlsMode::Development, None, None);
        assert!(keys(&settings, Environment::Development).is_empty());
        assert_eq!(keys(&settings, Environment::Production), ["server.tls.mode"]);
    }

    #[test]
    fn files_are_given_with_their_mode_and_only_with_it() {
        let whole = tls(TlsMode::Files, Some("c"), Some("k"));
        assert!(keys(&whole, Environment::Production).is_empty());
        assert_eq!(whole.files(), Some((Path::new("c"), Path::new("k"))));
        assert_eq!(
            keys(&tls(TlsMode::Files, None, Some("k")), Environment::Production),
            ["server.tls.certificate_file"]
        );
        assert_eq!(
            keys(&tls(TlsMode::Files, Some("c"), None), Environment::Production),
            ["server.tls.key_file"]
        );
        let unused = tls(TlsMode::Off, Some("c"), None);
        assert_eq!(keys(&unused, Environment::Production), ["server.tls.certificate_file"]);
        assert_eq!(unused.files(), None);
    }

    #[test]
    fn a_mode_is_one_of_three() {
        assert_eq!(TlsMode::try_from("files".to_owned()), Ok(TlsMode::Files));
        let error = TlsMode::try_from("on".to_owned()).expect_err("no mode");
        assert!(error.contains("`off`, `development`, `files`"), "{error}");
    }
}
