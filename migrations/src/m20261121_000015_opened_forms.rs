//! When the form for a new password was first shown: a step of the funnel
//! that the overview counts.

use sea_orm_migration::prelude::*;

use crate::schema::index;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = "password_resets";
/// What the overview counts, until this migration and since.
const COUNTED: [&[&str]; 2] =
    [&["application_id", "created_at", "status"], &["application_id", "created_at", "status", "form_opened_at"]];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = format!("ALTER TABLE {TABLE} ADD COLUMN form_opened_at BIGINT");
        manager.get_connection().execute_unprepared(&sql).await?;
        exchange(manager, COUNTED).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let [until, since] = COUNTED;
        exchange(manager, [since, until]).await?;
        let sql = format!("ALTER TABLE {TABLE} DROP COLUMN form_opened_at");
        manager.get_connection().execute_unprepared(&sql).await?;
        Ok(())
    }
}

/// Drops the first index and makes the second.
async fn exchange(manager: &SchemaManager<'_>, [first, second]: [&[&'static str]; 2]) -> Result<(), DbErr> {
    let name = format!("idx_{TABLE}_{}", first.join("_"));
    manager.drop_index(Index::drop().name(name).table(TABLE).to_owned()).await?;
    manager.create_index(index(TABLE, second)).await
}
