//! Requests by address, resets, and the counters that bound guessing and flooding.

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
                "reset_requests",
                "id text, application_id text, tenant_id text, address_key text, strategy text, \
                 key_id text, nonce text, code_digest text?, attempts number, resends number, \
                 resend_at number, expires_at number?, reset_id text?, locale text?, redirect_url text?, \
                 state text?, created_at number",
                &["id"],
            ),
            table(
                "password_resets",
                "id text, application_id text, tenant_id text, user_id text, mode text, origin text, \
                 by_email switch, status text, key_id text, nonce text, token_digest text?, email text, \
                 locale text?, redirect_url text?, state text?, reason text?, created_by text?, \
                 created_at number, expires_at number?, verified_at number?, finished_at number?, \
                 sessions_revoked number, credential_version number?, repeats number, \
                 auth_session_digest text?, auth_session_expires_at number?, auth_session_used_at number?",
                &["id"],
            ),
            // At most N marks in any window: the times of the marks, as a JSON list.
            table("sliding_logs", "key text, marks text, expires_at number", &["key"]),
            // Token buckets as one theoretical arrival time each (GCRA).
            table("buckets", "key text, arrival_at number", &["key"]),
            table(
                "idempotency_keys",
                "caller text, route text, key text, body text, outcome text, created_at number",
                &["caller", "route", "key"],
            ),
        ];
        let indexes = vec![
            unique("reset_requests", &["code_digest"]),
            index("reset_requests", &["expires_at"]),
            index("reset_requests", &["reset_id"]),
            unique("password_resets", &["token_digest"]),
            unique("password_resets", &["auth_session_digest"]),
            index("password_resets", &["user_id", "status"]),
            index("password_resets", &["status", "expires_at"]),
            index("password_resets", &["finished_at"]),
            index("sliding_logs", &["expires_at"]),
            index("buckets", &["arrival_at"]),
            index("idempotency_keys", &["created_at"]),
        ];
        create(manager, tables, indexes).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop(manager, &["reset_requests", "password_resets", "sliding_logs", "buckets", "idempotency_keys"]).await
    }
}
