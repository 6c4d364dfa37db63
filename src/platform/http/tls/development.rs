//! A certificate for this machine, made on the first run.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose, date_time_ymd};

use super::files::{Files, TlsError};
use crate::kernel::clock::{Clock, Timestamp};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The longest that Apple's systems accept, also from a root that its owner trusts.
const VALID: Duration = DAY.saturating_mul(825);

/// An older one is replaced at the next start, before it runs out.
const REPLACED_AFTER: Duration = DAY.saturating_mul(800);

/// The names browsers reach this machine by.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// The certificate in `directory`, made there if there is none or if it is about to run out.
pub(super) fn files(directory: &Path, clock: &dyn Clock) -> Result<Files, TlsError> {
    let files = Files {
        certificate: directory.join("development.pem"),
        key: directory.join("development-key.pem"),
    };
    let made_at = made_at(&files.certificate);
    let serves = made_at.is_some_and(|made_at| clock.now().since(made_at) < REPLACED_AFTER) && files.key.exists();
    if !serves {
        make(directory, &files, clock.now()).map_err(|source| TlsError::Development {
            directory: directory.to_owned(),
            source,
        })?;
        tracing::info!("made a development certificate: {}", files.certificate.display());
    }
    Ok(files)
}

/// When the file was written; none where there is none.
fn made_at(path: &Path) -> Option<Timestamp> {
    let modified = std::fs::metadata(path).ok()?.modified().ok()?;
    let millis = modified.duration_since(UNIX_EPOCH).ok()?.as_millis();
    i64::try_from(millis).ok().map(Timestamp::from_millis)
}

fn make(directory: &Path, files: &Files, now: Timestamp) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let mut params = CertificateParams::new(NAMES.map(str::to_owned))?;
    params
        .distinguished_name
        .push(DnType::CommonName, "Vestibule development");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    // A day back, for a browser whose clock is behind.
    let from = date_time_ymd(1970, 1, 1) + Duration::from_secs(u64::try_from(now.secs())?) - DAY;
    params.not_before = from;
    params.not_after = from + VALID;
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    std::fs::create_dir_all(directory)?;
    // The certificate comes last: without it both are made again.
    replace(&files.key, key.serialize_pem().as_bytes(), 0o600)?;
    replace(&files.certificate, certificate.pem().as_bytes(), 0o644)?;
    Ok(())
}

/// Writes a file with the permissions `mode`, where there are such, whole or not at all.
#[cfg_attr(not(unix), expect(unused_variables, reason = "there are no such permissions"))]
fn replace(path: &Path, content: &[u8], mode: u32) -> io::Result<()> {
    let unfinished = path.with_extension("new");
    match std::fs::remove_file(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    let mut file = options.open(&unfinished)?;
    file.write_all(content)?;
    file.sync_all()?;
    std::fs::rename(unfinished, path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::clock::ManualClock;
    use crate::platform::http::tls::Certificate;

    /// A clock at the time the file system shows, which is where the age of a file comes from.
    fn clock_at(file: &Path) -> ManualClock {
        ManualClock::new(made_at(file).expect("a file"))
    }

    #[test]
    fn it_is_made_once_and_again_before_it_runs_out() {
        let directory = tempfile::tempdir().expect("a directory");
        let certs = directory.path().join("certs");
        let clock = ManualClock::new(Timestamp::from_secs(1_800_000_000));
        let files_of = |clock: &dyn Clock| files(&certs, clock).expect("files");
        let first = files_of(&clock);
        let read = || std::fs::read(&first.certificate).expect("a file");
        let made = read();
        let clock = clock_at(&first.certificate);
        clock.advance(REPLACED_AFTER - DAY);
        files_of(&clock);
        assert_eq!(read(), made);
        clock.advance(DAY);
        files_of(&clock);
        assert_ne!(read(), made);
    }

    #[test]
    fn a_missing_half_is_made_again() {
        let directory = tempfile::tempdir().expect("a directory");
        let clock = ManualClock::new(Timestamp::from_secs(1_800_000_000));
        let first = files(directory.path(), &clock).expect("files");
        std::fs::remove_file(&first.key).expect("removed");
        let clock = clock_at(&first.certificate);
        let again = files(directory.path(), &clock).expect("files");
        assert!(Certificate::from_files(again).is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn the_key_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().expect("a directory");
        let clock = ManualClock::new(Timestamp::from_secs(1_800_000_000));
        let made = files(directory.path(), &clock).expect("files");
        let mode = std::fs::metadata(&made.key).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
