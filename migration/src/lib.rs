//! The database schema of Vestibule, as a list of migrations for SQLite and PostgreSQL.
//!
//! One migration a file, one feature's tables a migration. A released migration is frozen: later changes are new
//! migrations, which first widen the schema and narrow it in a later release. There is no way down; a backup is the
//! way back. Migrations never use the entities, because entities follow the newest schema and a migration must keep
//! meaning what it meant.

mod columns;
mod m20261123_000001_create_platform;
mod m20261123_000002_create_signing_keys;
mod m20261123_000003_create_identity;
mod m20261123_000004_create_sessions;
mod m20261123_000005_create_sign_in;
mod m20261123_000006_create_oidc;
mod m20261123_000007_create_invalidations;
mod m20261123_000008_slim_grants;
mod m20261123_000009_widen_applications;
mod m20261123_000010_create_profiles;
mod m20261123_000011_create_schedules;

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::{MigrationTrait, async_trait};

/// Every migration, oldest first.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261123_000001_create_platform::Migration),
            Box::new(m20261123_000002_create_signing_keys::Migration),
            Box::new(m20261123_000003_create_identity::Migration),
            Box::new(m20261123_000004_create_sessions::Migration),
            Box::new(m20261123_000005_create_sign_in::Migration),
            Box::new(m20261123_000006_create_oidc::Migration),
            Box::new(m20261123_000007_create_invalidations::Migration),
            Box::new(m20261123_000008_slim_grants::Migration),
            Box::new(m20261123_000009_widen_applications::Migration),
            Box::new(m20261123_000010_create_profiles::Migration),
            Box::new(m20261123_000011_create_schedules::Migration),
        ]
    }
}
