//! Opening the database: one writer and a pool of readers on SQLite, one pool on PostgreSQL.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbBackend, DbErr};
use sqlx::Connection;
use tokio::runtime::Handle;

use super::counts::Counts;
use super::lane::{Lane, OwnedLane};
use super::outbox::PERSON_KEYS;
use crate::kernel::clock::Clock;
use crate::kernel::error::Error;
use crate::kernel::secret::SecretString;
use crate::platform::cache::{Cache, Memory, Remembers};
use crate::platform::seal::Sealer;

const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// The most persons whose sealing keys are remembered.
const REMEMBERED_PERSON_KEYS: usize = 50_000;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A row that stays locked or a server that stands still must not hold a request, nor in the end every connection. The isolation level
/// is told here so that no transaction has to say it.
const POSTGRES_SETTINGS: [(&str, &str); 4] = [
    ("default_transaction_isolation", "read committed"),
    ("statement_timeout", "15s"),
    ("lock_timeout", "5s"),
    ("idle_in_transaction_session_timeout", "30s"),
];

/// Where the database is.
#[derive(Clone, Debug)]
pub enum Backend {
    /// A file, made when it is missing.
    Sqlite(PathBuf),
    /// Nothing but memory, gone with the process.
    SqliteMemory,
    /// A server, by its connection URL.
    Postgres(SecretString),
}

/// How to open the database.
#[derive(Clone, Debug)]
pub struct DbOptions {
    /// Where it is.
    pub backend: Backend,
    /// Connections kept open (PostgreSQL), or readers beside the one writer (SQLite).
    pub connections: u32,
}

/// The database; clones share its connections.
#[derive(Clone, Debug)]
pub struct Db(pub(super) Arc<Inner>);

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) writer: DatabaseConnection,
    pub(super) reader: DatabaseConnection,
    pub(super) sealer: Sealer,
    pub(super) memory: Arc<Memory>,
    pub(super) person_keys: Arc<Cache<Sealer>>,
    pub(super) counts: Counts,
    /// Where commands share transactions: SQLite, which has one writer.
    pub(super) lane: Option<Arc<Lane>>,
    /// Where work goes on that nobody waits for any more. It must outlive every request.
    pub(super) runtime: Handle,
}

impl Db {
    /// Opens the connections; the runtime it is called in must outlive their use. Does not touch the schema: see [`Db::schema`] and [`Db::migrate`].
    ///
    /// # Errors
    /// `Busy` when the server can't be reached, `Internal` when the file can't be opened.
    pub async fn open(options: &DbOptions, sealer: Sealer, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        let counts = Counts::new().map_err(Error::internal)?;
        let connect = async |connect: ConnectOptions| {
            let mut connection = Database::connect(connect).await?;
            let statements = counts.statements.clone();
            connection.set_metric_callback(move |_| statements.inc());
            Ok::<_, DbErr>(connection)
        };
        let (writer, reader) = match &options.backend {
            Backend::Sqlite(path) => {
                make_private(path)?;
                let writer = connect(sqlite(path.clone(), 1, false)).await?;
                let reader = connect(sqlite(path.clone(), options.connections, true)).await?;
                (writer, reader)
            }
            Backend::SqliteMemory => {
                // every connection would have a database of its own
                let only = connect(sqlite(PathBuf::from(":memory:"), 1, false)).await?;
                (only.clone(), only)
            }
            Backend::Postgres(url) => {
                let mut server = ConnectOptions::new(url.expose());
                common(&mut server, options.connections);
                server.set_application_name("vestibule");
                server.map_sqlx_postgres_opts(|options| options.options(POSTGRES_SETTINGS));
                let pool = connect(server).await?;
                (pool.clone(), pool)
            }
        };
        let lane = (writer.get_database_backend() == DbBackend::Sqlite).then(Arc::default);
        let memory = Memory::new(clock);
        Ok(Self(Arc::new(Inner {
            writer,
            reader,
            sealer,
            person_keys: Cache::new(&memory, PERSON_KEYS, REMEMBERED_PERSON_KEYS),
            memory,
            counts,
            lane,
            runtime: Handle::current(),
        })))
    }

    /// A connection to read with, outside any transaction.
    pub fn reader(&self) -> &DatabaseConnection {
        &self.0.reader
    }

    /// Everything that remembers rows of this database in this process.
    pub fn memory(&self) -> &Arc<Memory> {
        &self.0.memory
    }

    /// Registers something that remembers rows and is told what to forget.
    pub fn remember(&self, remembers: Arc<dyn Remembers>) {
        self.0.memory.add(remembers);
    }

    /// What is counted of the work.
    pub fn counts(&self) -> &Counts {
        &self.0.counts
    }

    /// Whether this is SQLite or PostgreSQL.
    pub fn backend(&self) -> DbBackend {
        self.0.writer.get_database_backend()
    }

    /// Asks the database for an answer.
    ///
    /// # Errors
    /// When there is none.
    pub async fn ping(&self) -> Result<(), Error> {
        self.0.reader.ping().await.map_err(Error::from)
    }

    /// Holds the lane of commands, so that nothing is under way in it.
    pub(super) async fn idle(&self) -> Option<OwnedLane> {
        match &self.0.lane {
            Some(lane) => Some(lane.idle().await),
            None => None,
        }
    }

    /// Closes the connections; what was committed is in the database, and SQLite's log is folded into its file.
    pub async fn close(&self) -> Result<(), DbErr> {
        let _idle = self.idle().await;
        // the reader goes first, so that the writer is the last connection and checkpoints the write-ahead log
        self.0.reader.close_by_ref().await?;
        self.0.writer.close_by_ref().await
    }
}

fn common(connect: &mut ConnectOptions, connections: u32) {
    connect
        .max_connections(connections)
        // equal numbers: a burst must not pay for opening connections
        .min_connections(connections)
        .connect_timeout(CONNECT_TIMEOUT)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>)
        .test_before_acquire(false)
        // statements carry personal values as parameters
        .sqlx_logging(false);
}

/// Makes the file readable by its owner alone, before SQLite would make it for everybody; its logs take the same mode.
fn make_private(path: &Path) -> Result<(), Error> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(Error::internal(error)),
    }
}

fn sqlite(path: PathBuf, connections: u32, read_only: bool) -> ConnectOptions {
    // the file name is set below, where no character of it can be mistaken for a part of a URL
    let mut connect = ConnectOptions::new("sqlite:");
    common(&mut connect, connections);
    connect.map_sqlx_sqlite_opts(move |options| {
        options
            .filename(&path)
            .create_if_missing(true)
            .foreign_keys(true)
            .busy_timeout(ACQUIRE_TIMEOUT)
            .pragma("journal_mode", "WAL")
            // an acknowledged write survives a power cut
            .pragma("synchronous", "FULL")
            .pragma("query_only", if read_only { "ON" } else { "OFF" })
    });
    // SQLite rolls a transaction back by itself where the disk is full. The driver then still takes one for open, and would nest the
    // next one in it, which is acknowledged and never committed: such a connection is closed instead
    connect.map_sqlx_sqlite_before_acquire(|connection, _| Box::pin(async { Ok(!connection.is_in_transaction()) }));
    connect
}
