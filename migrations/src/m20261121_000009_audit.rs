//! Managing an installation: the audit log, operators above all applications,
//! named boundaries of grants, and versions of what is managed.

use sea_orm_migration::prelude::*;

use crate::schema::{create, drop, index, table, unique};

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// Columns that tables of earlier migrations get, with what undoes them.
const ADDED: [(&str, &str, &str); 5] = [
    ("applications", "version", "BIGINT NOT NULL DEFAULT 1"),
    ("tenants", "version", "BIGINT NOT NULL DEFAULT 1"),
    // What is deleted is gone for everybody at once; its users follow in steps.
    ("tenants", "deleted_at", "BIGINT"),
    ("service_accounts", "version", "BIGINT NOT NULL DEFAULT 1"),
    ("grants", "boundary_id", "TEXT"),
];

fn audit() -> Vec<TableCreateStatement> {
    vec![
        // Where each chain ends, and behind which entry it begins: what was
        // purged leaves its last hash.
        table(
            "audit_chains",
            "chain text, position number, hash text, purged_position number, purged_hash text",
            &["chain"],
        ),
        table(
            "audit_entries",
            "id text, chain text, position number, created_at number, tenant_id text?, actor_type text, \
             actor_id text?, action text, target_type text, target_id text, details text, request_id text?, \
             network text?, hash text",
            &["id"],
        ),
    ]
}

fn access() -> Vec<TableCreateStatement> {
    vec![
        table(
            "operators",
            "id text, name text, email text?, disabled switch, version number, created_at number, updated_at number",
            &["id"],
        ),
        table(
            "operator_keys",
            "id text, operator_id text, digest text, name text, hint text, created_at number, \
             last_used_at number?, revoked_at number?",
            &["id"],
        ),
        table(
            "permission_boundaries",
            "id text, application_id text, name text, boundary text, version number, created_at number, \
             updated_at number",
            &["id"],
        ),
        // One row: how often anything changed that decides what callers may
        // do. Every instance forgets what it remembers when it moves.
        table("access_state", "id number, version number", &["id"]),
    ]
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column, kind) in ADDED {
            let sql = format!("ALTER TABLE {table} ADD COLUMN {column} {kind}");
            manager.get_connection().execute_unprepared(&sql).await?;
        }
        let tables = audit().into_iter().chain(access()).collect();
        let indexes = vec![
            unique("audit_entries", &["chain", "position"]),
            index("audit_entries", &["chain", "target_id", "position"]),
            index("audit_entries", &["created_at"]),
            unique("operator_keys", &["digest"]),
            index("operator_keys", &["operator_id"]),
            unique("permission_boundaries", &["application_id", "name"]),
            index("grants", &["boundary_id"]),
        ];
        create(manager, tables, indexes).await?;
        manager.get_connection().execute_unprepared("INSERT INTO access_state (id, version) VALUES (1, 0)").await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables =
            ["audit_chains", "audit_entries", "operators", "operator_keys", "permission_boundaries", "access_state"];
        drop(manager, &tables).await?;
        manager.drop_index(Index::drop().name("idx_grants_boundary_id").table("grants").to_owned()).await?;
        for (table, column, _) in ADDED.iter().rev() {
            let sql = format!("ALTER TABLE {table} DROP COLUMN {column}");
            manager.get_connection().execute_unprepared(&sql).await?;
        }
        Ok(())
    }
}
