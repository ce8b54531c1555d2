//! The schema history of rekey: the truth about the database.
//!
//! Times are milliseconds since 1970-01-01T00:00:00Z (`BIGINT`), ids are texts
//! with their prefix, structured values are JSON texts. One history serves
//! SQLite and PostgreSQL, so it uses only what both have.

mod m20261121_000001_applications_and_users;
mod m20261121_000002_resets;
mod m20261121_000003_mail_jobs_events;
mod m20261121_000004_access;
mod schema;

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

/// Runs the history, oldest first.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261121_000001_applications_and_users::Migration),
            Box::new(m20261121_000002_resets::Migration),
            Box::new(m20261121_000003_mail_jobs_events::Migration),
            Box::new(m20261121_000004_access::Migration),
        ]
    }
}
