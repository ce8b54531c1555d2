//! Applications, tenants, their policies, users and their sessions.

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
                "applications",
                "id text, name text, display_name text, support_email text?, default_tenant_id text, \
                 created_at number, updated_at number",
                &["id"],
            ),
            table(
                "tenants",
                "id text, application_id text, name text, display_name text, locale text?, \
                 created_at number, updated_at number",
                &["id"],
            ),
            // The level of the application itself has the empty tenant.
            table(
                "policies",
                "application_id text, tenant_id text, kind text, body text, updated_at number",
                &["application_id", "tenant_id", "kind"],
            ),
            table(
                "users",
                "id text, application_id text, tenant_id text, email text, email_canonical text, \
                 email_verified switch, first_name text?, last_name text?, locale text?, \
                 external_id text?, metadata text, disabled switch, protected switch, password_hash text?, \
                 credential_version number, last_sign_in_at number?, created_at number, updated_at number",
                &["id"],
            ),
            table(
                "sessions",
                "id text, application_id text, tenant_id text, user_id text, ip_address text?, \
                 user_agent text?, key_id text, nonce text, created_at number, updated_at number, \
                 expires_at number, ended_at number?",
                &["id"],
            ),
            // Every refresh token ever given out for a session, so that the reuse of an old one shows.
            table(
                "refresh_tokens",
                "digest text, session_id text, generation number, created_at number, used_at number?",
                &["digest"],
            ),
        ];
        let indexes = vec![
            unique("applications", &["name"]),
            unique("tenants", &["application_id", "name"]),
            unique("users", &["tenant_id", "email_canonical"]),
            unique("users", &["application_id", "external_id"]),
            index("users", &["application_id", "id"]),
            index("sessions", &["user_id", "ended_at"]),
            index("sessions", &["ended_at"]),
            index("sessions", &["expires_at"]),
            index("refresh_tokens", &["session_id"]),
            index("refresh_tokens", &["created_at"]),
        ];
        create(manager, tables, indexes).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop(manager, &["applications", "tenants", "policies", "users", "sessions", "refresh_tokens"]).await
    }
}
