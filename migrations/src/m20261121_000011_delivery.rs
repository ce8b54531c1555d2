//! How mails were handed over: every attempt, and the addresses that get none
//! for a while.

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
                "message_attempts",
                "id text, message_id text, number number, transport text, outcome text, stage text?, code number?, \
                 answer text, took number, created_at number",
                &["id"],
            ),
            table(
                "mail_suppressions",
                "id text, application_id text, tenant_id text, address text, shown text, message_id text, \
                 answer text, created_at number, expires_at number",
                &["id"],
            ),
        ];
        let indexes = vec![
            index("message_attempts", &["message_id", "id"]),
            index("message_attempts", &["created_at"]),
            unique("mail_suppressions", &["application_id", "address"]),
            index("mail_suppressions", &["expires_at"]),
            index("messages", &["application_id", "id"]),
            index("messages", &["user_id", "id"]),
        ];
        // How often it failed for its own sake; from some number on it holds up its mailbox no more.
        let mut stuck = ColumnDef::new("stuck");
        stuck.big_integer().not_null().default(0);
        manager.alter_table(Table::alter().table("messages").add_column(&mut stuck).take()).await?;
        create(manager, tables, indexes).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop(manager, &["message_attempts", "mail_suppressions"]).await?;
        for name in ["idx_messages_application_id_id", "idx_messages_user_id_id"] {
            manager.drop_index(Index::drop().name(name).table("messages").to_owned()).await?;
        }
        manager.alter_table(Table::alter().table("messages").drop_column("stuck").take()).await
    }
}
