//! Events get a place in the order in which they are read; webhook endpoints
//! and what is to be delivered to them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::schema::{create, drop, index, table, unique};

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// How events are found: of an application, of a kind, of a tenant, each in
/// their order.
fn orders() -> Vec<IndexCreateStatement> {
    vec![
        index("events", &["application_id", "position"]),
        index("events", &["application_id", "kind", "position"]),
        index("events", &["application_id", "tenant_id", "position"]),
    ]
}

fn earlier() -> IndexCreateStatement {
    index("events", &["application_id", "id"])
}

/// Statements for PostgreSQL alone.
async fn on_postgres(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Postgres {
        manager.get_connection().execute_unprepared(sql).await?;
    }
    Ok(())
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        manager.drop_index(Index::drop().name("idx_events_application_id_id").table("events").to_owned()).await?;
        connection.execute_unprepared("ALTER TABLE events ADD COLUMN position BIGINT NOT NULL DEFAULT 0").await?;
        let number = "UPDATE events SET position = numbered.n FROM \
                      (SELECT id, row_number() OVER (ORDER BY created_at, id) AS n FROM events) AS numbered \
                      WHERE numbered.id = events.id";
        connection.execute_unprepared(number).await?;
        on_postgres(manager, "CREATE SEQUENCE event_positions").await?;
        // Called once, so that its last value is smaller than every one to come.
        let begin = "SELECT setval('event_positions', (SELECT COALESCE(max(position), 0) + 1 FROM events))";
        on_postgres(manager, begin).await?;
        // For an instance of an earlier version that still writes.
        let next = "ALTER TABLE events ALTER COLUMN position SET DEFAULT nextval('event_positions')";
        on_postgres(manager, next).await?;
        create(manager, vec![], orders()).await?;
        let tables = vec![
            table(
                "webhook_endpoints",
                "id text, application_id text, url text, sealed_secret text, events text, enabled switch, \
                 failures number, retry_at number, version number, created_at number, updated_at number",
                &["id"],
            ),
            // Never a signature; the body is the event's own data, or a sample.
            table(
                "webhook_deliveries",
                "id text, application_id text, endpoint_id text, event_id text, kind text, sample text?, \
                 state text, run_at number, give_up_at number, attempts number, leased_by text?, \
                 leased_until number?, answer_status number?, answer text?, created_at number, updated_at number, \
                 finished_at number?",
                &["id"],
            ),
        ];
        let indexes = vec![
            unique("webhook_endpoints", &["application_id", "url"]),
            index("webhook_deliveries", &["endpoint_id", "state", "run_at"]),
            index("webhook_deliveries", &["application_id", "id"]),
            index("webhook_deliveries", &["state", "run_at"]),
            index("webhook_deliveries", &["state", "give_up_at"]),
            index("webhook_deliveries", &["finished_at"]),
            index("webhook_deliveries", &["leased_by"]),
        ];
        create(manager, tables, indexes).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop(manager, &["webhook_endpoints", "webhook_deliveries"]).await?;
        for columns in ["position", "kind_position", "tenant_id_position"] {
            let name = format!("idx_events_application_id_{columns}");
            manager.drop_index(Index::drop().name(name).table("events").to_owned()).await?;
        }
        manager.create_index(earlier()).await?;
        manager.get_connection().execute_unprepared("ALTER TABLE events DROP COLUMN position").await?;
        on_postgres(manager, "DROP SEQUENCE event_positions").await
    }
}
