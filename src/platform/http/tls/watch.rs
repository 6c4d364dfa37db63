//! Picking up changed certificate files.

use std::sync::Arc;
use std::time::Duration;

use super::certificate::Certificate;
use super::files::Look;

/// How often the files are looked at.
const EVERY: Duration = Duration::from_secs(2);

/// Looks at the files every two seconds, and on SIGHUP at once and whether they look changed or not. Never ends.
pub(super) async fn watch(certificate: Arc<Certificate>) {
    let mut watcher = Watcher::new(certificate);
    let mut hangup = Hangup::listen();
    loop {
        let asked = tokio::select! {
            () = tokio::time::sleep(EVERY) => false,
            () = hangup.heard() => true,
        };
        // Files may lie on a network, so they are not read on a thread that answers requests.
        let checked = tokio::task::spawn_blocking(move || {
            watcher.check(asked);
            watcher
        });
        watcher = match checked.await {
            Ok(watcher) => watcher,
            // The runtime is going down.
            Err(_) => return std::future::pending().await,
        };
    }
}

/// Remembers how the files looked when they were taken, and the last complaint, which is not repeated.
struct Watcher {
    certificate: Arc<Certificate>,
    taken: Look,
    complaint: Option<String>,
}

impl Watcher {
    fn new(certificate: Arc<Certificate>) -> Self {
        Self {
            taken: certificate.first_look(),
            certificate,
            complaint: None,
        }
    }

    /// Takes the files if they look changed, or if somebody `asked` for it. Files that are not usable are tried again each time:
    /// certificate and key are rarely exchanged in the same moment.
    fn check(&mut self, asked: bool) {
        let look = self.certificate.look();
        if look == self.taken && !asked {
            return;
        }
        match self.certificate.reload() {
            Ok(()) => {
                self.taken = look;
                self.complaint = None;
                tracing::info!("the TLS certificate was read again");
            }
            Err(error) => {
                let complaint = error.to_string();
                if asked || self.complaint.as_ref() != Some(&complaint) {
                    tracing::error!("the TLS certificate in use is kept: {complaint}");
                }
                self.complaint = Some(complaint);
            }
        }
    }
}

/// SIGHUP, where there is such a thing and it can be listened for.
struct Hangup(#[cfg(unix)] Option<tokio::signal::unix::Signal>);

#[cfg(unix)]
impl Hangup {
    fn listen() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        Self(signal(SignalKind::hangup()).ok())
    }

    async fn heard(&mut self) {
        if let Some(signal) = &mut self.0
            && signal.recv().await.is_some()
        {
            return;
        }
        std::future::pending().await
    }
}

#[cfg(not(unix))]
impl Hangup {
    fn listen() -> Self {
        Self()
    }

    async fn heard(&mut self) {
        std::future::pending().await
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::files::Files;
    use super::*;

    /// A certificate for `name` and its key; the name's length makes the files' lengths differ, as times of change may not.
    fn write(directory: &Path, name: &str) -> Files {
        let made = rcgen::generate_simple_self_signed([name.to_owned()]).expect("a certificate");
        let files = Files {
            certificate: directory.join("certificate.pem"),
            key: directory.join("key.pem"),
        };
        std::fs::write(&files.certificate, made.cert.pem()).expect("a file");
        std::fs::write(&files.key, made.signing_key.serialize_pem()).expect("a file");
        files
    }

    fn watcher(files: Files) -> Watcher {
        Watcher::new(Arc::new(Certificate::from_files(files).expect("a certificate")))
    }

    #[test]
    fn changed_files_are_taken() {
        let directory = tempfile::tempdir().expect("a directory");
        let mut watcher = watcher(write(directory.path(), "one.example"));
        let one = watcher.certificate.leaf();
        watcher.check(false);
        assert_eq!(watcher.certificate.leaf(), one);
        write(directory.path(), "the-second.example");
        watcher.check(false);
        assert_ne!(watcher.certificate.leaf(), one);
    }

    #[test]
    fn broken_files_leave_the_old_certificate_in_use_until_they_are_whole() {
        let directory = tempfile::tempdir().expect("a directory");
        let files = write(directory.path(), "one.example");
        let key = std::fs::read(&files.key).expect("a key");
        let mut watcher = watcher(files.clone());
        let one = watcher.certificate.leaf();

        write(directory.path(), "the-second.example");
        let second_key = std::fs::read(&files.key).expect("a key");
        std::fs::write(&files.key, key).expect("a file");
        watcher.check(false);
        assert!(
            watcher.complaint.as_ref().is_some_and(|text| text.contains("together")),
            "{:?}",
            watcher.complaint
        );
        std::fs::write(&files.certificate, "nonsense").expect("a file");
        watcher.check(false);
        assert!(
            watcher
                .complaint
                .as_ref()
                .is_some_and(|text| text.contains("no certificate")),
            "{:?}",
            watcher.complaint
        );
        std::fs::remove_file(&files.certificate).expect("removed");
        watcher.check(false);
        assert_eq!(watcher.certificate.leaf(), one);

        write(directory.path(), "the-third.example");
        assert_ne!(std::fs::read(&files.key).expect("a key"), second_key);
        watcher.check(false);
        assert_ne!(watcher.certificate.leaf(), one);
        assert_eq!(watcher.complaint, None);
    }

    #[test]
    fn whoever_asks_gets_the_files_read_even_if_they_look_the_same() {
        let directory = tempfile::tempdir().expect("a directory");
        let files = write(directory.path(), "one.example");
        let mut watcher = watcher(files);
        let one = watcher.certificate.leaf();
        write(directory.path(), "the-second.example");
        watcher.taken = watcher.certificate.look();
        watcher.check(false);
        assert_eq!(watcher.certificate.leaf(), one);
        watcher.check(true);
        assert_ne!(watcher.certificate.leaf(), one);
    }
}
