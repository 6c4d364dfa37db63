//! The typed sections of the platform: one file a section, each with the rules that its values keep among themselves.

mod data;
mod database;
mod keys;
mod log;
mod mail;
mod metrics;
mod passwords;
mod server;
mod tls;

pub use data::DataSettings;
pub use database::{BadDatabaseUrl, DatabaseSettings, DatabaseUrl};
pub use keys::{BadMasterKey, KeysSettings, parse_master_key};
pub use log::{LogFormat, LogSettings};
pub use mail::{BadSmtpUrl, MailSettings, SmtpUrl};
pub use metrics::MetricsSettings;
pub use passwords::PasswordsSettings;
pub use server::ServerSettings;
pub use tls::{TlsMode, TlsSettings};
