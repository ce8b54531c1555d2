//! The identity providers that applications trust.

use sea_orm_migration::prelude::*;

use crate::schema::{create, drop, table, unique};

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = vec![
            table(
                "issuer_sets",
                "application_id text, version number, created_at number, updated_at number",
                &["application_id"],
            ),
            table(
                "issuers",
                "application_id text, position number, issuer text, audience text, jwks_url text?, jwks text?, \
                 max_token_age number?, mappings text",
                &["application_id", "position"],
            ),
        ];
        create(manager, tables, vec![unique("issuers", &["issuer", "audience"])]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop(manager, &["issuer_sets", "issuers"]).await
    }
}
