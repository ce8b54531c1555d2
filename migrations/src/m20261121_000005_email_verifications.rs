//! Codes that prove an address, one row for each that was mailed.

use sea_orm_migration::prelude::*;

use crate::schema::{create, drop, index, table};

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The code is derived from the nonce, never stored.
        let tables = vec![table(
            "email_verifications",
            "id text, application_id text, tenant_id text, user_id text, email text, status text, key_id text, \
             nonce text, attempts number, created_at number, updated_at number, expires_at number",
            &["id"],
        )];
        let indexes =
            vec![index("email_verifications", &["user_id", "status"]), index("email_verifications", &["expires_at"])];
        create(manager, tables, indexes).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop(manager, &["email_verifications"]).await
    }
}
