//! The outbox, work for later, and what happened.

use sea_orm_migration::prelude::*;

use crate::schema::{create, drop, index, table};

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = vec![
            table(
                "jobs",
                "id text, kind text, payload text, run_at number, attempts number, leased_by text?, \
                 leased_until number?, last_error text?, dead switch, created_at number",
                &["id"],
            ),
            // Never a rendered body, never a secret: both are made when the mail is sent.
            table(
                "messages",
                "id text, application_id text, tenant_id text, kind text, user_id text?, reset_id text?, \
                 recipient text?, mailbox text, locale text?, facts text, state text, run_at number, \
                 attempts number, leased_by text?, leased_until number?, answer text?, created_at number, \
                 finished_at number?",
                &["id"],
            ),
            table(
                "events",
                "id text, application_id text, tenant_id text?, user_id text?, kind text, data text, \
                 created_at number",
                &["id"],
            ),
        ];
        let indexes = vec![
            index("jobs", &["dead", "run_at"]),
            index("messages", &["state", "run_at"]),
            index("messages", &["mailbox", "state", "id"]),
            index("messages", &["reset_id"]),
            index("messages", &["finished_at"]),
            index("events", &["application_id", "id"]),
            index("events", &["user_id", "id"]),
            index("events", &["created_at"]),
        ];
        create(manager, tables, indexes).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop(manager, &["jobs", "messages", "events"]).await
    }
}
