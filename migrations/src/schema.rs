//! The few words that the schema is written with.

use sea_orm_migration::prelude::*;

/// A table from its name, its columns and its primary key. The columns are a
/// comma-separated list of `name kind`, where the kind is `text`, `number`
/// (whole numbers and times) or `switch`, with `?` when it may be missing.
pub fn table(name: &'static str, columns: &'static str, key: &[&'static str]) -> TableCreateStatement {
    let mut primary = Index::create();
    for column in key {
        primary.col(*column);
    }
    let mut table = Table::create();
    table.table(name);
    for (column, kind) in columns.split(',').filter_map(|column| column.trim().split_once(' ')) {
        table.col(self::column(column, kind));
    }
    table.primary_key(&mut primary).take()
}

fn column(name: &'static str, kind: &str) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    match kind.trim_end_matches('?') {
        "number" => column.big_integer(),
        "switch" => column.boolean(),
        _ => column.text(),
    };
    if !kind.ends_with('?') {
        column.not_null();
    }
    column
}

/// An index named after what it covers.
pub fn index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(format!("idx_{table}_{}", columns.join("_"))).table(table);
    for column in columns {
        index.col(*column);
    }
    index.take()
}

/// An index that also forbids doubles.
pub fn unique(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    index(table, columns).unique().take()
}

/// Creates tables and their indexes.
pub async fn create(
    manager: &SchemaManager<'_>,
    tables: Vec<TableCreateStatement>,
    indexes: Vec<IndexCreateStatement>,
) -> Result<(), DbErr> {
    for table in tables {
        manager.create_table(table).await?;
    }
    for index in indexes {
        manager.create_index(index).await?;
    }
    Ok(())
}

/// Drops tables, the last one made first.
pub async fn drop(manager: &SchemaManager<'_>, tables: &[&'static str]) -> Result<(), DbErr> {
    for table in tables.iter().rev() {
        manager.drop_table(Table::drop().table(*table).take()).await?;
    }
    Ok(())
}
