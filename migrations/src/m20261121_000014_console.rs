//! The console: how operators sign in, how they are invited, and where they
//! are signed in.

use sea_orm_migration::prelude::*;

use crate::schema::{create, drop, index, table, unique};

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = vec![
            // The secret of the authenticator is sealed: it opens with the key of that id alone.
            table(
                "operator_credentials",
                "operator_id text, email text, email_canonical text, password_hash text, secret text, \
                 key_id text, last_step number?, created_at number, updated_at number",
                &["operator_id"],
            ),
            table(
                "operator_invitations",
                "id text, operator_id text, name text, email text?, password_hash text?, secret text, \
                 token_digest text, invited_by text, created_at number, expires_at number, used_at number?",
                &["id"],
            ),
            table(
                "operator_sessions",
                "id text, operator_id text, token_digest text, network text?, browser text?, created_at number, \
                 seen_at number, proven_at number, expires_at number, ended_at number?",
                &["id"],
            ),
        ];
        let indexes = vec![
            unique("operator_credentials", &["email_canonical"]),
            unique("operator_invitations", &["token_digest"]),
            index("operator_invitations", &["expires_at"]),
            unique("operator_sessions", &["token_digest"]),
            index("operator_sessions", &["operator_id"]),
            index("operator_sessions", &["expires_at"]),
            // What the overview counts.
            index("password_resets", &["application_id", "created_at", "status"]),
            index("messages", &["application_id", "created_at", "kind", "state"]),
        ];
        create(manager, tables, indexes).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, table) in [
            ("idx_password_resets_application_id_created_at_status", "password_resets"),
            ("idx_messages_application_id_created_at_kind_state", "messages"),
        ] {
            manager.drop_index(Index::drop().name(name).table(table).to_owned()).await?;
        }
        drop(manager, &["operator_credentials", "operator_invitations", "operator_sessions"]).await
    }
}
