//! Addresses that get no mail for a while. What a scope covers is decided by
//! the tenant whose mail was refused.

use std::collections::BTreeSet;

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Select};

use crate::domain::access::Scope;
use crate::domain::clock::Timestamp;
use crate::domain::ids::{ApplicationId, SuppressionId};
use crate::domain::suppression::Suppression;

use super::entity::mail_suppressions::{Column, Entity, Model};
use super::rows::{read, whole, within};
use super::slice::{Slice, Term};
use super::{Result, StoreError};

impl TryFrom<Model> for Suppression {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self> {
        Ok(Self {
            id: read(&row.id, "mail_suppressions.id")?,
            application: read(&row.application_id, "mail_suppressions.application_id")?,
            tenant: read(&row.tenant_id, "mail_suppressions.tenant_id")?,
            address: row.address,
            shown: row.shown,
            message: read(&row.message_id, "mail_suppressions.message_id")?,
            answer: row.answer,
            created_at: Timestamp::from_millis(row.created_at),
            expires_at: Timestamp::from_millis(row.expires_at),
        })
    }
}

/// Keeps mail from an address; anew, if it was already.
pub async fn put(connection: &impl ConnectionTrait, suppression: &Suppression) -> Result<()> {
    let row = Model {
        id: suppression.id.to_string(),
        application_id: suppression.application.to_string(),
        tenant_id: suppression.tenant.to_string(),
        address: suppression.address.clone(),
        shown: suppression.shown.clone(),
        message_id: suppression.message.to_string(),
        answer: suppression.answer.clone(),
        created_at: suppression.created_at.as_millis(),
        expires_at: suppression.expires_at.as_millis(),
    };
    let renewed = [Column::TenantId, Column::MessageId, Column::Answer, Column::CreatedAt, Column::ExpiresAt];
    Entity::insert(whole(row))
        .on_conflict(OnConflict::columns([Column::ApplicationId, Column::Address]).update_columns(renewed).to_owned())
        .exec_without_returning(connection)
        .await?;
    Ok(())
}

/// Whether an address gets no mail of an application now.
pub async fn holds(
    connection: &impl ConnectionTrait,
    application: ApplicationId,
    address: &str,
    now: Timestamp,
) -> Result<bool> {
    let found = Entity::find()
        .filter(Column::ApplicationId.eq(application.to_string()))
        .filter(Column::Address.eq(address))
        .filter(Column::ExpiresAt.gt(now.as_millis()));
    Ok(found.one(connection).await?.is_some())
}

/// Which of these addresses get no mail of their applications now.
pub async fn list_held(
    connection: &impl ConnectionTrait,
    addresses: &BTreeSet<(ApplicationId, String)>,
    now: Timestamp,
) -> Result<BTreeSet<(ApplicationId, String)>> {
    if addresses.is_empty() {
        return Ok(BTreeSet::new());
    }
    let applications: BTreeSet<_> = addresses.iter().map(|(application, _)| application.to_string()).collect();
    let rows = Entity::find()
        .filter(Column::ApplicationId.is_in(applications))
        .filter(Column::Address.is_in(addresses.iter().map(|(_, address)| address.as_str())))
        .filter(Column::ExpiresAt.gt(now.as_millis()))
        .all(connection)
        .await?;
    let read = |row: Model| Ok((read(&row.application_id, "mail_suppressions.application_id")?, row.address));
    rows.into_iter().map(read).collect()
}

/// Lets an address have mail again, because it has taken some.
pub async fn lift(connection: &impl ConnectionTrait, application: ApplicationId, address: &str) -> Result<()> {
    Entity::delete_many()
        .filter(Column::ApplicationId.eq(application.to_string()))
        .filter(Column::Address.eq(address))
        .exec(connection)
        .await?;
    Ok(())
}

/// What suppressions are found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SuppressionAttribute {
    /// When they began.
    Created,
    /// Whose mail was refused.
    Tenant,
}

impl SuppressionAttribute {
    const fn column(self) -> Column {
        match self {
            Self::Created => Column::CreatedAt,
            Self::Tenant => Column::TenantId,
        }
    }
}

fn of(scope: &Scope, now: Timestamp) -> Select<Entity> {
    let query = Entity::find()
        .filter(Column::ApplicationId.eq(scope.application().to_string()))
        .filter(Column::ExpiresAt.gt(now.as_millis()));
    within(query, scope, Column::TenantId)
}

/// A page of those that hold now, by when they began; of one address only, if
/// there is one.
pub async fn page(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    address: Option<&str>,
    terms: &[Term<SuppressionAttribute>],
    slice: Slice,
    now: Timestamp,
) -> Result<(u64, Vec<Suppression>)> {
    let mut query = of(scope, now);
    if let Some(address) = address {
        query = query.filter(Column::Address.eq(address));
    }
    let query = terms.iter().fold(query, |query, term| query.filter(term.condition(term.by.column())));
    let (total, rows) = slice.of(query, Column::CreatedAt, Column::Id, connection).await?;
    Ok((total, rows.into_iter().map(Suppression::try_from).collect::<Result<_>>()?))
}

/// Reads one inside the scope.
pub async fn find(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    id: SuppressionId,
    now: Timestamp,
) -> Result<Option<Suppression>> {
    let found = of(scope, now).filter(Column::Id.eq(id.to_string())).one(connection).await?;
    found.map(Suppression::try_from).transpose()
}

/// Removes one. Says whether it was still there.
pub async fn delete(connection: &impl ConnectionTrait, id: SuppressionId) -> Result<bool> {
    Ok(Entity::delete_by_id(id.to_string()).exec(connection).await?.rows_affected == 1)
}
