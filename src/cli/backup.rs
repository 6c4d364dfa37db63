//! `vestibule backup`.

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use super::failure::{Failure, words};
use super::invocation::Invocation;
use crate::app::settings::Settings;
use crate::platform::db::backup;
use crate::platform::settings::Loaded;

/// The database may be in use: the copy is of one moment, and nobody waits for it. It is examined before it gets its name.
#[derive(Args)]
pub(super) struct Backup {
    /// The file to write; it must not be there yet
    file: PathBuf,
}

impl Backup {
    pub(super) async fn run(self, invocation: &mut Invocation<'_>) -> Result<(), Failure> {
        let loaded = invocation.settings()?;
        let database = sqlite_file(&loaded)?;
        if !database.is_file() {
            return Err(Failure::new(format!("there is no database at {}", database.display())));
        }
        let file = &self.file;
        // keeps the name for this backup, and whatever bears it already as it is
        make_private(file)?;
        let made = write(&database, file).await;
        if made.is_err() {
            // empty, since the copy takes the name last; what is wrong is said below
            let _ = std::fs::remove_file(file);
        }
        let bytes = made?;
        let mut out = invocation.output();
        out.line(format_args!(
            "Wrote {} bytes to {}, and examined them.",
            bytes,
            file.display()
        ))?;
        out.line("The master key is not in it, and without it the backup can't be read: keep a copy of the key apart from it.")
    }
}

/// Copies to a file beside, makes sure of it, and gives it its name.
async fn write(database: &Path, file: &Path) -> Result<u64, Failure> {
    let part = beside(file, ".part")?;
    make_private(&part)?;
    let made = async {
        backup::copy(database, &part).await?;
        refuse_damaged(&part).await?;
        let bytes = sync(&part).map_err(|error| unwritable(&part, &error))?;
        std::fs::rename(&part, file).map_err(|error| unwritable(file, &error))?;
        sync_directory(file).map_err(|error| unwritable(file, &error))?;
        Ok(bytes)
    };
    let made = made.await;
    if made.is_err() {
        // what is wrong is said by the caller; a part that stays is refused next time by its name
        let _ = std::fs::remove_file(&part);
    }
    made
}

/// The SQLite file that the settings name.
pub(super) fn sqlite_file(loaded: &Loaded<Settings>) -> Result<PathBuf, Failure> {
    let settings = &loaded.settings;
    settings.database.url.sqlite_file(&settings.data.dir).ok_or_else(|| {
        Failure::new(
            "database.url names no SQLite file: PostgreSQL is backed up by pg_dump and restored by pg_restore, as \
             docs/production.md says",
        )
    })
}

/// Makes an empty file for its owner alone.
pub(super) fn make_private(path: &Path) -> Result<(), Failure> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(Failure::new(format!(
            "{} is there already: give another name",
            path.display()
        ))),
        Err(error) => Err(unwritable(path, &error)),
    }
}

/// A name in the same directory.
pub(super) fn beside(path: &Path, suffix: &str) -> Result<PathBuf, Failure> {
    let name = path
        .file_name()
        .ok_or_else(|| Failure::new(format!("{} names no file", path.display())))?;
    let mut hidden = std::ffi::OsString::from(".");
    hidden.push(name);
    hidden.push(suffix);
    Ok(path.with_file_name(hidden))
}

/// Refuses a database file that is not whole.
pub(super) async fn refuse_damaged(path: &Path) -> Result<(), Failure> {
    let defect = match backup::examine(path).await {
        Ok(None) => return Ok(()),
        Ok(Some(defect)) => defect,
        Err(error) => words(&error),
    };
    Err(Failure::new(format!(
        "{} is no whole SQLite database: {defect}",
        path.display()
    )))
}

/// Waits until the file is on the disk; its size in bytes.
pub(super) fn sync(path: &Path) -> io::Result<u64> {
    let file = std::fs::File::open(path)?;
    file.sync_all()?;
    Ok(file.metadata()?.len())
}

/// Waits until the name of the file is on the disk.
pub(super) fn sync_directory(path: &Path) -> io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    std::fs::File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
}

/// What a file system says of a file.
pub(super) fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::new(format!("{} can't be written: {error}", path.display()))
}
