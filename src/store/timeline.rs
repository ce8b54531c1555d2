//! What the console shows of one user: who they are among others, and what
//! happened to them lately. Each list is bounded.

use sea_orm::sea_query::{ExprTrait, LikeExpr};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::domain::access::Scope;
use crate::domain::audit::{Chain, Linked};
use crate::domain::clock::Timestamp;
use crate::domain::event::Event;
use crate::domain::ids::UserId;
use crate::domain::user::User;

use super::Result;
use super::entity::{audit_entries, events, messages, users};
use super::rows::moment;

/// A mail of a user, without what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailed {
    /// Its id.
    pub id: String,
    /// Its kind, as stored.
    pub kind: String,
    /// Where it is, as stored.
    pub state: String,
    /// The provider's last words.
    pub answer: Option<String>,
    /// How often it was tried.
    pub attempts: i64,
    /// When it was queued.
    pub created_at: Timestamp,
    /// When it was done with.
    pub finished_at: Option<Timestamp>,
}

/// The latest events of a user whom the caller has found inside its scope.
pub async fn latest_events(connection: &impl ConnectionTrait, user: UserId, most: u64) -> Result<Vec<Event>> {
    let query = events::Entity::find()
        .filter(events::Column::UserId.eq(user.to_string()))
        .order_by_desc(events::Column::Id)
        .limit(most);
    query.all(connection).await?.into_iter().map(Event::try_from).collect()
}

/// The latest mails of a user whom the caller has found inside its scope.
pub async fn latest_mails(connection: &impl ConnectionTrait, user: UserId, most: u64) -> Result<Vec<Mailed>> {
    let query = messages::Entity::find()
        .filter(messages::Column::UserId.eq(user.to_string()))
        .order_by_desc(messages::Column::Id)
        .limit(most);
    let rows = query.all(connection).await?;
    Ok(rows
        .into_iter()
        .map(|row| Mailed {
            id: row.id,
            kind: row.kind,
            state: row.state,
            answer: row.answer,
            attempts: row.attempts,
            created_at: Timestamp::from_millis(row.created_at),
            finished_at: moment(row.finished_at),
        })
        .collect())
}

/// The latest acts whose target is one of these, in the scope's application.
pub async fn latest_acts(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    targets: &[String],
    most: u64,
) -> Result<Vec<Linked>> {
    let query = audit_entries::Entity::find()
        .filter(audit_entries::Column::Chain.eq(Chain::Application(scope.application()).to_string()))
        .filter(audit_entries::Column::TargetId.is_in(targets.iter().map(String::as_str)))
        .order_by_desc(audit_entries::Column::Position)
        .limit(most);
    Ok(query.all(connection).await?.into_iter().map(Linked::from).collect())
}

/// Users whose address holds a text, or whose id or external id it is, newest
/// first.
pub async fn find_users(connection: &impl ConnectionTrait, scope: &Scope, text: &str, most: u64) -> Result<Vec<User>> {
    let mut query = users::Entity::find()
        .filter(users::Column::ApplicationId.eq(scope.application().to_string()))
        .order_by_desc(users::Column::Id)
        .limit(most);
    if !text.is_empty() {
        let plain = text.to_lowercase().replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
        let holds = LikeExpr::new(format!("%{plain}%")).escape('\\');
        query = query.filter(
            users::Column::EmailCanonical
                .like(holds)
                .or(users::Column::Id.eq(text))
                .or(users::Column::ExternalId.eq(text)),
        );
    }
    let found = query.all(connection).await?.into_iter().map(User::try_from).collect::<Result<Vec<_>>>()?;
    Ok(found.into_iter().filter(|user| scope.covers(user.tenant)).collect())
}
