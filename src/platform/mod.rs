//! Owns what every feature stands on: database, HTTP, outgoing calls, jobs, mail, limits, encryption at rest, settings,
//! texts and telemetry. Does not own any rule about people, sessions or applications. Entered by every room below it.

pub mod assets;
pub mod cache;
pub mod changes;
pub mod cx;
pub mod db;
pub mod fetch;
pub mod http;
pub mod i18n;
pub mod instance;
pub mod jobs;
pub mod limits;
pub mod mail;
pub mod pool;
pub mod schedule;
pub mod seal;
pub mod settings;
pub mod telemetry;
