//! `vestibule restore`.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::backup::{beside, make_private, refuse_damaged, sqlite_file, sync, sync_directory, unwritable};
use super::failure::{Failure, words};
use super::invocation::Invocation;
use crate::app;
use crate::kernel::clock::SystemClock;
use crate::keys::KeyRing;
use crate::platform::db::{Backend, Db, DbOptions, backup};
use crate::platform::seal::Sealer;

/// The backup is examined before anything is touched: that it is whole, that this version knows its schema, and that the master key
/// in force opens it. No server may run on the database.
#[derive(Args)]
pub(super) struct Restore {
    /// A file that `vestibule backup` wrote
    file: PathBuf,
    /// Replace the database that is there, which is then gone
    #[arg(long)]
    replace: bool,
}

impl Restore {
    pub(super) async fn run(self, invocation: &mut Invocation<'_>) -> Result<(), Failure> {
        let loaded = invocation.settings()?;
        let target = sqlite_file(&loaded)?;
        if target.exists() && !self.replace {
            return Err(Failure::new(format!(
                "there is a database at {}: give --replace to put the backup in its place",
                target.display()
            )));
        }
        if !self.file.is_file() {
            return Err(Failure::new(format!("there is no file at {}", self.file.display())));
        }
        refuse_damaged(&self.file).await?;
        let sealer = app::open_sealer(&loaded.settings, loaded.environment, &invocation.options())?;
        let copy = beside(&target, ".restore")?;
        make_private(&copy)?;
        let restored = put(&self.file, &copy, &target, sealer).await;
        if restored.is_err() {
            // what is wrong is said below
            remove(&copy);
        }
        let pending = restored?;
        let mut out = invocation.output();
        out.line(format_args!("{} is in force from now on.", self.file.display()))?;
        if pending {
            out.line("Its schema is older than this version: the next start of the server brings it up to date.")?;
        }
        Ok(())
    }
}

/// Copies the backup beside the database, tries it there, and gives it the database's name. Says whether migrations are pending.
async fn put(file: &Path, copy: &Path, target: &Path, sealer: Sealer) -> Result<bool, Failure> {
    std::fs::copy(file, copy).map_err(|error| Failure::new(format!("{} can't be copied: {error}", file.display())))?;
    // copying takes the mode along
    #[cfg(unix)]
    std::fs::set_permissions(copy, std::os::unix::fs::PermissionsExt::from_mode(0o600))
        .map_err(|error| unwritable(copy, &error))?;
    let pending = try_out(copy, sealer).await?;
    sync(copy).map_err(|error| unwritable(copy, &error))?;
    let alone = if target.exists() {
        let alone = backup::take_alone(target).await?;
        Some(alone.ok_or_else(|| {
            Failure::new(format!(
                "{} is in use: stop the server, and whatever else has it open",
                target.display()
            ))
        })?)
    } else {
        None
    };
    // a log that a killed process left would be taken for the new file's
    for companion in backup::companions(target) {
        match std::fs::remove_file(&companion) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(unwritable(&companion, &error)),
            _ => {}
        }
    }
    let named = std::fs::rename(copy, target).and_then(|()| sync_directory(target));
    if let Some(alone) = alone {
        alone.release().await?;
    }
    named.map_err(|error| unwritable(target, &error))?;
    Ok(pending)
}

/// Opens the copy as a server would.
async fn try_out(copy: &Path, sealer: Sealer) -> Result<bool, Failure> {
    let options = DbOptions {
        backend: Backend::Sqlite(copy.to_owned()),
        connections: 1,
    };
    let db = Db::open(&options, sealer.clone(), Arc::new(SystemClock)).await?;
    let tried = async {
        let schema = db.schema().await?;
        if let Some(problem) = schema.problem {
            return Err(problem.into());
        }
        if schema.applied.is_empty() {
            return Err(Failure::new("the file holds no instance of Vestibule"));
        }
        KeyRing::try_master_key(&db, &sealer)
            .await
            .map_err(|error| Failure::new(format!("the backup does not open: {}", words(&error))))?;
        Ok(!schema.pending.is_empty())
    };
    let tried = tried.await;
    if let Err(cause) = db.close().await {
        return Err(Failure::new(format!("the backup could not be closed: {cause}")));
    }
    tried
}

fn remove(copy: &Path) {
    // what can't be removed is refused next time by its name
    let _ = std::fs::remove_file(copy);
    for companion in backup::companions(copy) {
        let _ = std::fs::remove_file(companion);
    }
}
