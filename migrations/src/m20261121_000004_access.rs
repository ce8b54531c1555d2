//! Service accounts, their keys and their grants.

use sea_orm_migration::prelude::*;

use crate::schema::{create, drop, index, table, unique};

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = vec![
            table(
                "service_accounts",
                "id text, application_id text, tenant_id text?, client_id text, name text, \
                 primary_digest text?, secondary_digest text?, generation number, disabled switch, created_at number, \
                 updated_at number",
                &["id"],
            ),
            table(
                "api_keys",
                "id text, service_account_id text, digest text, name text, hint text, created_at number, \
                 last_used_at number?, revoked_at number?",
                &["id"],
            ),
            table(
                "grants",
                "id text, service_account_id text, permission text, boundary text, limits text, \
                 created_at number",
                &["id"],
            ),
        ];
        let indexes = vec![
            unique("service_accounts", &["client_id"]),
            index("service_accounts", &["application_id", "id"]),
            unique("api_keys", &["digest"]),
            index("api_keys", &["service_account_id"]),
            index("grants", &["service_account_id"]),
        ];
        create(manager, tables, indexes).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop(manager, &["service_accounts", "api_keys", "grants"]).await
    }
}
