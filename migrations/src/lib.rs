//! The schema history of rekey: the truth about the database.
//!
//! Times are milliseconds since 1970-01-01T00:00:00Z (`BIGINT`), ids are texts
//! with their prefix, structured values are JSON texts. One history serves
//! SQLite and PostgreSQL, so it uses only what both have.

mod m20261121_000001_applications_and_users;
mod m20261121_000002_resets;
mod m20261121_000003_mail_jobs_events;
mod m20261121_000004_access;
mod m20261121_000005_email_verifications;
mod m20261121_000006_events_and_webhooks;
mod m20261121_000007_second_factors;
mod m20261121_000008_issuers;
mod m20261121_000009_audit;
mod m20261121_000010_email_templates;
mod m20261121_000011_delivery;
mod m20261121_000012_branding;
mod m20261121_000013_users_and_policies;
mod m20261121_000014_console;
mod m20261121_000015_opened_forms;
mod m20261121_000016_changed_messages;
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
            Box::new(m20261121_000005_email_verifications::Migration),
            Box::new(m20261121_000006_events_and_webhooks::Migration),
            Box::new(m20261121_000007_second_factors::Migration),
            Box::new(m20261121_000008_issuers::Migration),
            Box::new(m20261121_000009_audit::Migration),
            Box::new(m20261121_000010_email_templates::Migration),
            Box::new(m20261121_000011_delivery::Migration),
            Box::new(m20261121_000012_branding::Migration),
            Box::new(m20261121_000013_users_and_policies::Migration),
            Box::new(m20261121_000014_console::Migration),
            Box::new(m20261121_000015_opened_forms::Migration),
            Box::new(m20261121_000016_changed_messages::Migration),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_run_in_the_order_of_their_names() {
        let names: Vec<String> = Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect();
        assert!(names.is_sorted(), "{names:?}");
    }
}
