//! Authenticators of users, and sign-ins that wait for one.

use sea_orm_migration::prelude::*;

use crate::schema::{create, drop, index, table, unique};

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = vec![
            // The secret is sealed: it opens with the key of that id alone.
            table(
                "auth_factors",
                "id text, application_id text, tenant_id text, user_id text, issuer text, account text, \
                 secret text, key_id text, last_step number?, created_at number, updated_at number",
                &["id"],
            ),
            table(
                "pending_sign_ins",
                "id text, application_id text, tenant_id text, user_id text, key_id text, nonce text, \
                 token_digest text, credential_version number, attempts number, created_at number, \
                 expires_at number, used_at number?",
                &["id"],
            ),
        ];
        let indexes = vec![
            index("auth_factors", &["user_id"]),
            index("auth_factors", &["key_id"]),
            unique("pending_sign_ins", &["token_digest"]),
            index("pending_sign_ins", &["user_id"]),
            index("pending_sign_ins", &["expires_at"]),
        ];
        create(manager, tables, indexes).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop(manager, &["auth_factors", "pending_sign_ins"]).await
    }
}
