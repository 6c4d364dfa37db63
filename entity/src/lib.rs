//! The tables of Vestibule as SeaORM entities, one table a file.
//!
//! Conventions: an id is text with a type prefix; a time (`*_at`, `*_until`) is in Unix milliseconds; `*_hash` and
//! `*_digest` cannot be turned back; `sealed*` is encrypted, bound to its table, column and row. Entities are never
//! serialized and carry no rules: stores map them to models.

pub mod application;
pub mod application_secret;
pub mod application_uri;
pub mod attempt;
pub mod change;
pub mod consent;
pub mod continuation;
pub mod device;
pub mod email_address;
pub mod event;
pub mod grant;
pub mod identifier_claim;
pub mod instance_setting;
pub mod invalidation;
pub mod job;
pub mod mail;
pub mod person_key;
pub mod phone_number;
pub mod rate_limit;
pub mod revoked_token;
pub mod schedule;
pub mod secret_key;
pub mod session;
pub mod session_proof;
pub mod signing_key;
pub mod subject;
pub mod used_assertion;
pub mod user;
pub mod user_profile;
