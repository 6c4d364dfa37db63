//! Who can read the data directory, the database and the master key.

use std::fs::Metadata;
use std::path::Path;

use super::finding::Finding;
use crate::app::settings::{self, Settings};
use crate::platform::settings::LoadArgs;

/// Where a development instance keeps its master key.
const MASTER_KEY: &str = "master.key";

/// The data directory is for the service alone.
pub(super) fn data_directory(dir: &Path) -> Finding {
    const CHECK: &str = "data directory";
    let shown = dir.display();
    match std::fs::metadata(dir) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Finding::ok(CHECK, format!("{shown} is not there yet: the first start makes it"))
        }
        Err(error) => Finding::fail(
            CHECK,
            format!("{shown} can't be looked at: {error}"),
            "run this as the user that the server runs as",
        ),
        Ok(metadata) if !metadata.is_dir() => Finding::fail(
            CHECK,
            format!("{shown} is not a directory"),
            "set data.dir to a directory",
        ),
        Ok(metadata) if is_open_to_others(&metadata, 0o077) => Finding::warn(
            CHECK,
            format!("other users of this machine can enter {shown}"),
            format!("chmod 700 {shown}"),
        ),
        Ok(_) => Finding::ok(CHECK, format!("{shown} is closed to other users")),
    }
}

/// The key is readable by the service alone, and does not lie where a backup of the database would take it along.
pub(super) fn master_key(data_dir: &Path, args: &LoadArgs) -> Option<Finding> {
    const CHECK: &str = "master key file";
    let configured = configured_key_file(args);
    let (path, mask) = match &configured {
        // a group may be how a service gets its secrets
        Some(path) => (Path::new(path).to_owned(), 0o007),
        None => (data_dir.join(MASTER_KEY), 0o077),
    };
    let metadata = std::fs::metadata(&path).ok()?;
    let shown = path.display();
    if is_open_to_others(&metadata, mask) {
        let finding = format!("other users of this machine can read {shown}");
        return Some(Finding::fail(CHECK, finding, format!("chmod 600 {shown}")));
    }
    if configured.is_some() && is_inside(&path, data_dir) {
        return Some(Finding::warn(
            CHECK,
            format!("{shown} lies in the data directory: whoever gets a backup of it has the database and its key"),
            "keep the key elsewhere, and a copy of it apart from the backups",
        ));
    }
    Some(Finding::ok(CHECK, format!("{shown} is closed to other users")))
}

fn configured_key_file(args: &LoadArgs) -> Option<String> {
    let rows = settings::show(args).ok()?;
    let row = rows.into_iter().find(|row| row.key == "keys.master_key_file")?;
    (!row.value.is_empty()).then_some(row.value)
}

fn is_inside(path: &Path, dir: &Path) -> bool {
    match (path.canonicalize(), dir.canonicalize()) {
        (Ok(path), Ok(dir)) => path.starts_with(dir),
        _ => false,
    }
}

/// A command run as another user leaves files behind that the service can't write. None where there is no SQLite file.
#[cfg(unix)]
pub(super) fn owners(settings: &Settings) -> Option<Finding> {
    use std::os::unix::fs::MetadataExt;

    const CHECK: &str = "database files";
    let database = settings.database.url.sqlite_file(&settings.data.dir)?;
    let owner = std::fs::metadata(&database).ok()?.uid();
    for suffix in ["", "-wal", "-shm"] {
        let mut name = database.clone().into_os_string();
        name.push(suffix);
        let path = Path::new(&name);
        let Ok(metadata) = std::fs::metadata(path) else {
            continue;
        };
        let shown = path.display();
        if metadata.uid() != owner {
            return Some(Finding::fail(
                CHECK,
                format!(
                    "{shown} belongs to user {}, the database to user {owner}",
                    metadata.uid()
                ),
                "give all of them to the user that the server runs as, and run commands as that user",
            ));
        }
        // where the directory is closed, it does not matter that the files are not
        let is_reachable = path
            .parent()
            .and_then(|parent| std::fs::metadata(parent).ok())
            .is_none_or(|parent| is_open_to_others(&parent, 0o077));
        if is_reachable && is_open_to_others(&metadata, 0o007) {
            let finding = format!("other users of this machine can read {shown}");
            return Some(Finding::warn(CHECK, finding, format!("chmod 600 {shown}")));
        }
    }
    Some(Finding::ok(
        CHECK,
        format!("{} belongs to user {owner}", database.display()),
    ))
}

#[cfg(not(unix))]
pub(super) fn owners(_: &Settings) -> Option<Finding> {
    None
}

#[cfg(unix)]
fn is_open_to_others(metadata: &Metadata, mask: u32) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & mask != 0
}

#[cfg(not(unix))]
fn is_open_to_others(_: &Metadata, _: u32) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::super::finding::Grade;
    use super::*;

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, Permissions::from_mode(mode)).expect("permissions");
    }

    #[test]
    fn a_data_directory_that_others_can_enter_is_found() {
        let dir = tempfile::tempdir().expect("a directory");
        for (mode, grade) in [(0o700, Grade::Ok), (0o750, Grade::Warn), (0o701, Grade::Warn)] {
            set_mode(dir.path(), mode);
            assert_eq!(data_directory(dir.path()).result, grade, "{mode:o}");
        }
        set_mode(dir.path(), 0o700);
        assert_eq!(data_directory(&dir.path().join("missing")).result, Grade::Ok);
        let file = dir.path().join("file");
        fs::write(&file, "").expect("a file");
        assert_eq!(data_directory(&file).result, Grade::Fail);
    }

    #[test]
    fn a_master_key_that_others_can_read_is_found() {
        use crate::platform::settings::{Environment, LoadArgs};
        let dir = tempfile::tempdir().expect("a directory");
        let mut args = LoadArgs {
            environment: None,
            default_environment: Environment::Development,
            config_dir: None,
            variables: Vec::new(),
            overrides: Vec::new(),
        };
        assert_eq!(master_key(dir.path(), &args), None);
        let path = dir.path().join(MASTER_KEY);
        fs::write(&path, "key").expect("a file");
        let grade = |mode, args: &LoadArgs| {
            set_mode(&path, mode);
            master_key(dir.path(), args).expect("a finding").result
        };
        assert_eq!(grade(0o600, &args), Grade::Ok);
        assert_eq!(grade(0o640, &args), Grade::Fail);
        let configured = dir.path().join(MASTER_KEY).display().to_string();
        args.overrides.push(("keys.master_key_file".to_owned(), configured));
        assert_eq!(grade(0o644, &args), Grade::Fail);
        assert_eq!(grade(0o640, &args), Grade::Warn, "it lies beside the database");
    }
}
