//! SQLite with one writer thread; each command is a transaction that is on the disk before it is answered.

use std::path::Path;
use std::sync::mpsc::{Sender, channel};
use std::thread;

use rusqlite::{Connection, params};
use tokio::sync::oneshot;

const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    CREATE TABLE IF NOT EXISTS grants (
        id TEXT PRIMARY KEY, client TEXT NOT NULL, scope TEXT NOT NULL, token_hash BLOB NOT NULL UNIQUE, issued_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;";

/// A hash of a token.
pub type Hash = [u8; 32];

enum Command {
    Insert { id: String, client: String, hash: Hash },
    Replace { old: Hash, new: Hash },
}

/// Grants, each found by the hash of the code or refresh token that stands for it now.
pub struct Store(Sender<(Command, oneshot::Sender<bool>)>);

impl Store {
    /// Opens the database at `path`.
    pub fn open(path: &Path) -> rusqlite::Result<Self> {
        let database = Connection::open(path)?;
        database.execute_batch(SCHEMA)?;
        let (sender, commands) = channel::<(Command, oneshot::Sender<bool>)>();
        thread::spawn(move || {
            for (command, answer) in commands {
                let is_done = carry_out(&database, &command).unwrap_or(false);
                // whoever asked may have gone
                let _ = answer.send(is_done);
            }
        });
        Ok(Self(sender))
    }

    /// A new grant.
    pub async fn insert(&self, id: String, client: String, hash: Hash) -> bool {
        self.write(Command::Insert { id, client, hash }).await
    }

    /// Puts a token in another's place; false where the other one no longer stands for a grant.
    pub async fn replace(&self, old: Hash, new: Hash) -> bool {
        self.write(Command::Replace { old, new }).await
    }

    async fn write(&self, command: Command) -> bool {
        let (answer, answered) = oneshot::channel();
        self.0.send((command, answer)).is_ok() && answered.await.unwrap_or(false)
    }
}

/// A statement alone is a transaction.
fn carry_out(database: &Connection, command: &Command) -> rusqlite::Result<bool> {
    let rows = match command {
        Command::Insert { id, client, hash } => database
            .prepare_cached("INSERT INTO grants VALUES (?, ?, 'openid email', ?, 0)")?
            .execute(params![id, client, hash])?,
        Command::Replace { old, new } => database
            .prepare_cached("UPDATE grants SET token_hash = ?, issued_at = issued_at + 1 WHERE token_hash = ?")?
            .execute(params![new, old])?,
    };
    Ok(rows == 1)
}
