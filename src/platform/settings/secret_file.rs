//! Secrets that a file holds.

use std::path::Path;

/// Reads the secret in the file at `path`, without one newline at its end. The second value is a warning.
///
/// # Errors
/// A text that names the path: the file can't be read, isn't UTF-8, or is empty.
pub(super) fn read(path: &Path) -> Result<(String, Option<String>), String> {
    let shown = path.display();
    let mut text = std::fs::read_to_string(path).map_err(|error| format!("`{shown}` can't be read: {error}"))?;
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    if text.is_empty() {
        return Err(format!("`{shown}` is empty: put the secret in it"));
    }
    let warning = is_world_readable(path)
        .then(|| format!("every user of this machine can read `{shown}`: take that away with `chmod o-r {shown}`"));
    Ok((text, warning))
}

#[cfg(unix)]
fn is_world_readable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o004 != 0)
}

#[cfg(not(unix))]
fn is_world_readable(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn file(content: &[u8]) -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("secret");
        std::fs::write(&path, content).expect("a file");
        (dir, path)
    }

    #[test]
    fn one_newline_at_the_end_is_not_part_of_the_secret() {
        for (content, secret) in [
            ("s", "s"),
            ("s\n", "s"),
            ("s\r\n", "s"),
            ("s\n\n", "s\n"),
            (" s ", " s "),
        ] {
            let (_dir, path) = file(content.as_bytes());
            assert_eq!(read(&path).expect("a secret").0, secret, "{content:?}");
        }
    }

    #[test]
    fn a_file_without_a_secret_is_an_error_that_names_it() {
        let (dir, path) = file(b"\n");
        assert!(read(&path).expect_err("empty").contains(&path.display().to_string()));
        let missing = dir.path().join("missing");
        assert!(
            read(&missing)
                .expect_err("missing")
                .contains(&missing.display().to_string())
        );
        let (_dir, path) = file(&[0xff]);
        assert!(read(&path).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_everybody_reads_is_a_warning() {
        use std::fs::Permissions;
        use std::os::unix::fs::PermissionsExt;
        let (_dir, path) = file(b"s");
        for (mode, warns) in [(0o644, true), (0o604, true), (0o640, false), (0o600, false)] {
            std::fs::set_permissions(&path, Permissions::from_mode(mode)).expect("permissions");
            assert_eq!(read(&path).expect("a secret").1.is_some(), warns, "{mode:o}");
        }
    }
}
