//! How applications and tenants look, and where their links and redirects may
//! lead.

use sea_orm_migration::prelude::*;

use crate::schema::{create, drop, table};

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = vec![
            // The empty tenant is the application's own level. The logo is base64.
            table(
                "branding",
                "application_id text, tenant_id text, body text, logo text?, version number, created_at number, \
                 updated_at number",
                &["application_id", "tenant_id"],
            ),
            table(
                "origins",
                "application_id text, origins text, redirect_urls text, version number, created_at number, \
                 updated_at number",
                &["application_id"],
            ),
        ];
        create(manager, tables, Vec::new()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop(manager, &["branding", "origins"]).await
    }
}
