//! Where applications want to be told of events, and how those places fare.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, Select, Statement};

use crate::domain::access::Scope;
use crate::domain::clock::Timestamp;
use crate::domain::event::EventKind;
use crate::domain::ids::{ApplicationId, WebhookEndpointId};
use crate::domain::webhook::{AT_ONCE, Endpoint};

use super::Result;
use super::batch::Answers;
use super::entity::webhook_endpoints::{Column, Entity, Model};
use super::rows::{count as counted, json, locked, read, to_json, whole};
use super::slice::{Slice, Term};

impl TryFrom<Model> for Endpoint {
    type Error = super::StoreError;

    fn try_from(row: Model) -> Result<Self> {
        let names: Vec<String> = json(&row.events, "webhook_endpoints.events")?;
        Ok(Self {
            id: read(&row.id, "webhook_endpoints.id")?,
            application: read(&row.application_id, "webhook_endpoints.application_id")?,
            url: row.url,
            sealed_secret: row.sealed_secret,
            // A kind that this version does not know is nothing that it can tell of.
            events: names.iter().filter_map(|name| EventKind::parse(name)).collect(),
            enabled: row.enabled,
            version: row.version,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
        })
    }
}

fn names(events: &[EventKind]) -> Result<String> {
    let names: Vec<_> = events.iter().map(|kind| kind.as_str()).collect();
    to_json(&names, "webhook_endpoints.events")
}

/// Adds an endpoint.
///
/// # Errors
/// A duplicate when the application has one at this URL already.
pub async fn insert(connection: &impl ConnectionTrait, endpoint: &Endpoint) -> Result<()> {
    let row = Model {
        id: endpoint.id.to_string(),
        application_id: endpoint.application.to_string(),
        url: endpoint.url.clone(),
        sealed_secret: endpoint.sealed_secret.clone(),
        events: names(&endpoint.events)?,
        enabled: endpoint.enabled,
        failures: 0,
        retry_at: 0,
        version: endpoint.version,
        created_at: endpoint.created_at.as_millis(),
        updated_at: endpoint.updated_at.as_millis(),
    };
    Entity::insert(whole(row)).exec_without_returning(connection).await?;
    Ok(())
}

fn of(scope: &Scope) -> Select<Entity> {
    Entity::find().filter(Column::ApplicationId.eq(scope.application().to_string()))
}

/// Counts the endpoints of an application.
pub async fn count(connection: &impl ConnectionTrait, scope: &Scope) -> Result<u64> {
    Ok(of(scope).count(connection).await?)
}

/// Reads one endpoint inside the scope.
pub async fn find(connection: &impl ConnectionTrait, scope: &Scope, id: WebhookEndpointId) -> Result<Option<Endpoint>> {
    let row = of(scope).filter(Column::Id.eq(id.to_string())).one(connection).await?;
    row.map(Endpoint::try_from).transpose()
}

/// Reads one endpoint inside the scope and locks it.
pub async fn lock(connection: &impl ConnectionTrait, scope: &Scope, id: WebhookEndpointId) -> Result<Option<Endpoint>> {
    let query = of(scope).filter(Column::Id.eq(id.to_string()));
    locked(query, connection, None).one(connection).await?.map(Endpoint::try_from).transpose()
}

/// Every endpoint of an application; there are only so many.
pub async fn list(connection: &impl ConnectionTrait, scope: &Scope) -> Result<Vec<Endpoint>> {
    of(scope).all(connection).await?.into_iter().map(Endpoint::try_from).collect()
}

/// What endpoints are sorted and found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndpointAttribute {
    /// When they were made.
    Created,
    /// When they last changed.
    Updated,
    /// Their URL.
    Url,
}

impl EndpointAttribute {
    const fn column(self) -> Column {
        match self {
            Self::Created => Column::CreatedAt,
            Self::Updated => Column::UpdatedAt,
            Self::Url => Column::Url,
        }
    }
}

/// A page of an application's endpoints, those for which the terms hold.
pub async fn page(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    terms: &[Term<EndpointAttribute>],
    by: EndpointAttribute,
    slice: Slice,
) -> Result<(u64, Vec<Endpoint>)> {
    let query = terms.iter().fold(of(scope), |query, term| query.filter(term.condition(term.by.column())));
    let (total, rows) = slice.of(query, by.column(), Column::Id, connection).await?;
    Ok((total, rows.into_iter().map(Endpoint::try_from).collect::<Result<_>>()?))
}

/// Writes what may change of an endpoint that the caller has locked, as the
/// version after `before`. Says whether it was still that one.
pub async fn update(connection: &impl ConnectionTrait, endpoint: &Endpoint, before: i64) -> Result<bool> {
    let result = Entity::update_many()
        .col_expr(Column::Url, Expr::value(endpoint.url.as_str()))
        .col_expr(Column::Events, Expr::value(names(&endpoint.events)?))
        .col_expr(Column::Enabled, Expr::value(endpoint.enabled))
        .col_expr(Column::Version, Expr::value(endpoint.version))
        .col_expr(Column::UpdatedAt, Expr::value(endpoint.updated_at.as_millis()))
        // Another place, another fate.
        .col_expr(Column::Failures, Expr::value(0_i64))
        .col_expr(Column::RetryAt, Expr::value(0_i64))
        .filter(Column::Id.eq(endpoint.id.to_string()))
        .filter(Column::Version.eq(before))
        .exec(connection)
        .await?;
    Ok(result.rows_affected == 1)
}

/// Replaces the sealed secret by the same one, sealed anew.
pub async fn reseal(connection: &impl ConnectionTrait, endpoint: &Endpoint, sealed: &str) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::SealedSecret, Expr::value(sealed))
        .filter(Column::Id.eq(endpoint.id.to_string()))
        .filter(Column::SealedSecret.eq(endpoint.sealed_secret.as_str()))
        .exec(connection)
        .await?;
    Ok(())
}

/// Removes an endpoint inside the scope. Says whether there was one.
pub async fn delete(connection: &impl ConnectionTrait, scope: &Scope, id: WebhookEndpointId) -> Result<bool> {
    let result = Entity::delete_many()
        .filter(Column::ApplicationId.eq(scope.application().to_string()))
        .filter(Column::Id.eq(id.to_string()))
        .exec(connection)
        .await?;
    Ok(result.rows_affected == 1)
}

/// The endpoints of applications that are told of events.
pub(super) fn enabled(applications: impl IntoIterator<Item = ApplicationId>) -> Select<Entity> {
    let names = applications.into_iter().map(|id| id.to_string());
    Entity::find().filter(Column::ApplicationId.is_in(names)).filter(Column::Enabled.eq(true))
}

/// The answers to [`enabled`].
pub(super) fn among(answers: &Answers) -> Result<Vec<Endpoint>> {
    answers.of::<Model>(&Column::SealedSecret)?.into_iter().map(Endpoint::try_from).collect()
}

/// How an endpoint fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Well.
    Good,
    /// It was left alone lately: it is tried out with one delivery.
    OnTrial,
    /// It is left alone: only what is due before everything else is delivered.
    LeftAlone,
}

/// An endpoint that something is due for.
#[derive(Debug, Clone, Copy)]
pub struct DueEndpoint {
    /// Which.
    pub id: WebhookEndpointId,
    /// Whose.
    pub application: ApplicationId,
    /// How it fares.
    pub standing: Standing,
}

/// The endpoints that something is due for. How much waits for one of them does
/// not matter: one look at an index each, and only one altogether when nothing
/// is due.
pub async fn list_due(connection: &impl ConnectionTrait, now: Timestamp) -> Result<Vec<DueEndpoint>> {
    if !super::webhook_deliveries::is_any_due(connection, now).await? {
        return Ok(Vec::new());
    }
    let sql = "SELECT e.* FROM webhook_endpoints AS e WHERE e.enabled = true AND \
               (SELECT d.id FROM webhook_deliveries AS d WHERE d.endpoint_id = e.id AND d.state = 'PENDING' \
               AND d.run_at <= CASE WHEN e.retry_at <= $1 THEN $1 ELSE $2 END \
               AND (d.leased_until IS NULL OR d.leased_until <= $1) \
               ORDER BY d.run_at LIMIT 1) IS NOT NULL";
    let values = [now.as_millis().into(), AT_ONCE.as_millis().into()];
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    let rows = Entity::find().from_raw_sql(statement).all(connection).await?;
    let due = |row: Model| {
        Ok(DueEndpoint {
            id: read(&row.id, "webhook_endpoints.id")?,
            application: read(&row.application_id, "webhook_endpoints.application_id")?,
            standing: match row.retry_at {
                ..=0 => Standing::Good,
                until if until <= now.as_millis() => Standing::OnTrial,
                _ => Standing::LeftAlone,
            },
        })
    };
    rows.into_iter().map(due).collect()
}

/// Takes the one trial of an endpoint that was left alone. Says whether nobody
/// else has it.
pub async fn claim_trial(
    connection: &impl ConnectionTrait,
    id: WebhookEndpointId,
    until: Timestamp,
    now: Timestamp,
) -> Result<bool> {
    let result = Entity::update_many()
        .col_expr(Column::RetryAt, Expr::value(until.as_millis()))
        .filter(Column::Id.eq(id.to_string()))
        .filter(Column::RetryAt.gt(0))
        .filter(Column::RetryAt.lte(now.as_millis()))
        .exec(connection)
        .await?;
    Ok(result.rows_affected == 1)
}

/// Gives a trial back that nothing was delivered in; the next one may begin.
pub async fn free_trial(connection: &impl ConnectionTrait, id: WebhookEndpointId, now: Timestamp) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::RetryAt, Expr::value(now.as_millis()))
        .filter(Column::Id.eq(id.to_string()))
        .filter(Column::RetryAt.gt(now.as_millis()))
        .exec(connection)
        .await?;
    Ok(())
}

/// Forgets the failures of an endpoint: it acknowledged something, or somebody
/// wants it tried.
pub async fn forgive(connection: &impl ConnectionTrait, id: WebhookEndpointId) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::Failures, Expr::value(0_i64))
        .col_expr(Column::RetryAt, Expr::value(0_i64))
        .filter(Column::Id.eq(id.to_string()))
        .filter(Column::Failures.gt(0).or(Column::RetryAt.gt(0)))
        .exec(connection)
        .await?;
    Ok(())
}

/// Counts a failure of an endpoint; answers how many there are in a row.
pub async fn count_failure(connection: &impl ConnectionTrait, id: WebhookEndpointId) -> Result<u32> {
    let rows = Entity::update_many()
        .col_expr(Column::Failures, Expr::col(Column::Failures).add(1))
        .filter(Column::Id.eq(id.to_string()))
        .exec_with_returning(connection)
        .await?;
    Ok(rows.first().map(|row| counted(row.failures)).unwrap_or_default())
}

/// Leaves an endpoint alone until a time.
pub async fn leave_alone(connection: &impl ConnectionTrait, id: WebhookEndpointId, until: Timestamp) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::RetryAt, Expr::value(until.as_millis()))
        .filter(Column::Id.eq(id.to_string()))
        .exec(connection)
        .await?;
    Ok(())
}
