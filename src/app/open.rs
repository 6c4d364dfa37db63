//! Opening an instance: data directory, master key, database, schema, settings, keys, services.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::master_key;
use super::settings::Settings;
use crate::access::SecretKeys;
use crate::identity::{Accounts, Passwords};
use crate::kernel::clock::{Clock, SystemClock};
use crate::kernel::error::Error;
use crate::kernel::rng::Rng;
use crate::keys::KeyRing;
use crate::oidc::{self, Applications, Provider};
use crate::platform::cx::{Cx, Parts};
use crate::platform::db::{Backend, Db, DbOptions, SchemaProblem};
use crate::platform::fetch::Fetch;
use crate::platform::instance::{Instance, Names, OpenError as InstanceError};
use crate::platform::jobs::Wake;
use crate::platform::mail::{BadTransport, Inbox, Transport};
use crate::platform::seal::Sealer;
use crate::platform::settings::Environment;
use crate::platform::settings::sections::DatabaseUrl;
use crate::session::Sessions;
use crate::sign_in::Continuations;

/// The settings a new instance begins with.
const SEED: &str = include_str!("../../config/instance.toml");

/// What an instance is opened with beside its settings; the defaults are the real clock and the system's randomness.
pub struct Options {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Draws ids, tokens and keys.
    pub rng: Rng,
    /// Accepts changed fixed names (`--change-issuer`).
    pub change_issuer: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            rng: Rng::system(),
            change_issuer: false,
        }
    }
}

/// Why an instance does not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A file or directory of the instance.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The development key file holds something else.
    #[error("{} does not hold a master key (base64 of 32 bytes); restore it, or remove it together with the database", path.display())]
    MasterKey {
        /// The file.
        path: PathBuf,
    },
    /// No master key is configured.
    #[error(
        "keys.master_key or keys.master_key_file must be set in production: make one with `openssl rand -base64 32`"
    )]
    NoMasterKey,
    /// The schema can't be used.
    #[error(transparent)]
    Schema(#[from] SchemaProblem),
    /// The instance's names or settings.
    #[error(transparent)]
    Instance(#[from] InstanceError),
    /// The mail server's URL.
    #[error(transparent)]
    Mail(#[from] BadTransport),
    /// Anything else, with its cause.
    #[error("{}{}", .0, cause_of(.0))]
    Other(#[from] Error),
}

fn cause_of(error: &Error) -> String {
    error.cause().map_or_else(String::new, |cause| format!(": {cause}"))
}

/// An open instance: every service, nothing listening yet; clones are the same instance.
#[derive(Clone)]
pub struct App {
    /// The context.
    pub cx: Cx,
    /// Signing keys.
    pub keys: KeyRing,
    /// People.
    pub accounts: Accounts,
    /// Devices and sessions.
    pub sessions: Sessions,
    /// What waits while people sign in.
    pub continuations: Continuations,
    /// Keys of the Backend API.
    pub secret_keys: SecretKeys,
    /// Relying parties.
    pub applications: Applications,
    /// The OpenID provider.
    pub provider: Provider,
    /// The development inbox; none in production or where a mail server is configured.
    pub inbox: Option<Inbox>,
}

/// Opens the database of an instance without looking at its schema, for `vestibule migrate` and `doctor`.
///
/// # Errors
/// [`OpenError`].
pub async fn open_database(
    settings: &Settings,
    environment: Environment,
    options: &Options,
) -> Result<(Db, Sealer), OpenError> {
    let sealer = open_sealer(settings, environment, options)?;
    let backend = match &settings.database.url {
        DatabaseUrl::Postgres(url) => Backend::Postgres(url.clone()),
        DatabaseUrl::SqliteMemory => Backend::SqliteMemory,
        file => Backend::Sqlite(file.sqlite_file(&settings.data.dir).unwrap_or_default()),
    };
    let database = DbOptions {
        backend,
        connections: settings.database.max_connections,
    };
    Ok((
        Db::open(&database, sealer.clone(), Arc::clone(&options.clock)).await?,
        sealer,
    ))
}

/// What opens and seals under the instance's master key, which a development instance makes where it has none.
///
/// # Errors
/// [`OpenError`].
pub fn open_sealer(settings: &Settings, environment: Environment, options: &Options) -> Result<Sealer, OpenError> {
    make_directory(&settings.data.dir)?;
    let key = match &settings.keys.master_key {
        Some(key) => key.clone(),
        None if environment.is_production() => return Err(OpenError::NoMasterKey),
        None => master_key::development(&settings.data.dir, &options.rng)?,
    };
    Ok(Sealer::new(key))
}

/// Opens an instance; pending migrations are run, and at the first start names are fixed, settings seeded and keys made.
///
/// # Errors
/// [`OpenError`], which tells an operator what to do.
pub async fn open(settings: &Settings, environment: Environment, options: Options) -> Result<App, OpenError> {
    let (db, sealer) = open_database(settings, environment, &options).await?;
    let schema = db.schema().await?;
    if let Some(problem) = schema.problem {
        return Err(problem.into());
    }
    if !schema.pending.is_empty() {
        db.migrate().await?;
    }
    let names = Names {
        public_url: settings.server.public_url.clone(),
        frontend_host: settings.server.frontend_host(),
    };
    let now = options.clock.now();
    let instance = Instance::open(db.clone(), names, options.change_issuer, SEED, now).await?;
    let inbox = has_inbox(settings, environment).then(Inbox::default);
    let mail = match (&settings.mail.smtp_url, &inbox) {
        (Some(url), _) => Transport::smtp(url.expose(), settings.mail.from.clone(), settings.mail.timeout)?,
        (None, Some(inbox)) => Transport::Inbox(inbox.clone()),
        (None, None) => Transport::Nowhere,
    };
    let fetch = Fetch::new(vec![settings.server.public_url.clone()])?;
    let cx = Cx::new(Parts {
        fetch: match environment.is_production() {
            true => fetch,
            false => fetch.with_loopback(),
        },
        clock: options.clock,
        rng: options.rng,
        db,
        sealer,
        instance,
        mail,
        wake: Wake::default(),
    });
    let keys = KeyRing::open(cx.clone()).await?;
    let passwords = Passwords::new(&settings.passwords, &cx.sealer, cx.rng.clone())?;
    let accounts = Accounts::new(cx.clone(), passwords);
    let sessions = Sessions::new(cx.clone());
    let continuations = Continuations::new(cx.clone(), oidc::RESUME_PATHS);
    let secret_keys = SecretKeys::new(cx.clone());
    let applications = Applications::new(cx.clone());
    let provider = Provider::new(oidc::Parts {
        cx: cx.clone(),
        keys: keys.clone(),
        accounts: accounts.clone(),
        sessions: sessions.clone(),
        continuations: continuations.clone(),
        applications: applications.clone(),
    })?;
    Ok(App {
        cx,
        keys,
        accounts,
        sessions,
        continuations,
        secret_keys,
        applications,
        provider,
        inbox,
    })
}

/// Whether mails go to the development inbox, which shows everybody's codes to whoever asks: never where other machines can.
fn has_inbox(settings: &Settings, environment: Environment) -> bool {
    let is_alone = settings.server.listen.iter().all(|address| address.ip().is_loopback());
    if environment.is_production() || settings.mail.smtp_url.is_some() {
        return false;
    }
    if !is_alone {
        tracing::warn!(
            "server.listen can be reached by other machines, so there is no development inbox: set mail.smtp_url"
        );
    }
    is_alone
}

/// Makes a directory that only its owner can enter.
fn make_directory(path: &Path) -> Result<(), OpenError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|source| OpenError::File {
        path: path.to_owned(),
        source,
    })
}
