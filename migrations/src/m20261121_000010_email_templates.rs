//! Email templates that applications and tenants set: one row per level, kind
//! and language, and a row for each version that was published. A message
//! remembers which of them it was written from.

use sea_orm_migration::prelude::*;

use crate::schema::{create, drop, table};

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = vec![
            // The level of the application has an empty tenant; `*` is a locale too.
            table(
                "email_templates",
                "application_id text, tenant_id text, kind text, locale text, draft text?, draft_by text?, \
                 draft_at number?, published number?, published_parts text, latest number, version number, \
                 created_at number, updated_at number",
                &["application_id", "tenant_id", "kind", "locale"],
            ),
            // Never changed, so that whoever remembers one need not look again.
            table(
                "email_template_versions",
                "application_id text, tenant_id text, kind text, locale text, number number, parts text, diff text, \
                 note text?, restores number?, author text, created_at number",
                &["application_id", "tenant_id", "kind", "locale", "number"],
            ),
        ];
        create(manager, tables, vec![]).await?;
        let connection = manager.get_connection();
        connection.execute_unprepared("ALTER TABLE messages ADD COLUMN template TEXT").await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("ALTER TABLE messages DROP COLUMN template").await?;
        drop(manager, &["email_templates", "email_template_versions"]).await
    }
}
