//! What happened, appended in the transaction of the change.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::domain::event::Event;
use crate::domain::ids::UserId;

use super::Result;
use super::entity::events::{Column, Entity, Model};
use super::rows::whole;

/// Appends events in one statement.
pub async fn append(connection: &impl ConnectionTrait, events: &[Event]) -> Result<()> {
    if events.is_empty() {
        return Ok(());
    }
    let rows = events.iter().map(|event| {
        whole(Model {
            id: event.id.to_string(),
            application_id: event.application.to_string(),
            tenant_id: event.tenant.map(|id| id.to_string()),
            user_id: event.user.map(|id| id.to_string()),
            kind: event.kind.as_str().to_owned(),
            data: event.data.to_string(),
            created_at: event.created_at.as_millis(),
        })
    });
    Entity::insert_many(rows).exec_without_returning(connection).await?;
    Ok(())
}

/// The kinds of a user's events, oldest first: their timeline.
pub async fn list_kinds(connection: &impl ConnectionTrait, user: UserId) -> Result<Vec<String>> {
    let rows = Entity::find()
        .filter(Column::UserId.eq(user.to_string()))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| row.kind).collect())
}
