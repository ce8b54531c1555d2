//! Versions of users and policies, and the passwords that users had before.

use sea_orm_migration::prelude::*;

use crate::schema::{create, drop, index, table};

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// What is added to tables that are there.
const COLUMNS: [(&str, &str, &str); 3] = [
    ("users", "version", "BIGINT NOT NULL DEFAULT 1"),
    ("policies", "version", "BIGINT NOT NULL DEFAULT 1"),
    ("policies", "created_at", "BIGINT NOT NULL DEFAULT 0"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for (table, column, kind) in COLUMNS {
            connection.execute_unprepared(&format!("ALTER TABLE {table} ADD COLUMN {column} {kind}")).await?;
        }
        connection.execute_unprepared("UPDATE policies SET created_at = updated_at").await?;
        // The hash that was in use until the credential of this version took its place.
        let tables = vec![table(
            "password_history",
            "user_id text, credential_version number, password_hash text, created_at number",
            &["user_id", "credential_version"],
        )];
        let indexes = vec![index("users", &["application_id", "email_canonical"])];
        create(manager, tables, indexes).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop(manager, &["password_history"]).await?;
        let name = "idx_users_application_id_email_canonical";
        manager.drop_index(Index::drop().name(name).table("users").to_owned()).await?;
        for (table, column, _) in COLUMNS {
            let sql = format!("ALTER TABLE {table} DROP COLUMN {column}");
            manager.get_connection().execute_unprepared(&sql).await?;
        }
        Ok(())
    }
}
