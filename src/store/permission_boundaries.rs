//! Boundaries that have a name, and the grants that refer to them. A grant
//! keeps a copy of the boundary, which changes together with it, so that
//! judging a call needs no look-up.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, Select};

use crate::domain::access::{Boundary, Permission, Scope};
use crate::domain::access::{Grant, GrantLimits};
use crate::domain::clock::Timestamp;
use crate::domain::ids::{ApplicationId, BoundaryId};

use super::entity::grants;
use super::entity::permission_boundaries::{Column, Entity, Model};
use super::rows::{json, locked, read, to_json, whole};
use super::slice::{Slice, Term};
use super::versioned::{Columns, Versioned, advance};
use super::{Result, StoreError};

/// A boundary that has a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedBoundary {
    /// Its id.
    pub id: BoundaryId,
    /// The application it belongs to.
    pub application: ApplicationId,
    /// Its name, unique in the application.
    pub name: String,
    /// The boundary.
    pub boundary: Boundary,
}

impl TryFrom<Model> for Versioned<NamedBoundary> {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self> {
        let it = NamedBoundary {
            id: read(&row.id, "permission_boundaries.id")?,
            application: read(&row.application_id, "permission_boundaries.application_id")?,
            name: row.name,
            boundary: json(&row.boundary, "permission_boundaries.boundary")?,
        };
        let [created_at, updated_at] = [row.created_at, row.updated_at].map(Timestamp::from_millis);
        Ok(Self { it, version: row.version, created_at, updated_at })
    }
}

/// Adds a boundary.
///
/// # Errors
/// A duplicate when the name is taken in the application.
pub async fn insert(connection: &impl ConnectionTrait, named: &NamedBoundary, now: Timestamp) -> Result<()> {
    let row = Model {
        id: named.id.to_string(),
        application_id: named.application.to_string(),
        name: named.name.clone(),
        boundary: to_json(&named.boundary, "permission_boundaries.boundary")?,
        version: 1,
        created_at: now.as_millis(),
        updated_at: now.as_millis(),
    };
    Entity::insert(whole(row)).exec_without_returning(connection).await?;
    Ok(())
}

fn of(scope: &Scope) -> Select<Entity> {
    Entity::find().filter(Column::ApplicationId.eq(scope.application().to_string()))
}

/// Reads a boundary of the scope's application.
pub async fn find(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    id: BoundaryId,
) -> Result<Option<Versioned<NamedBoundary>>> {
    of(scope).filter(Column::Id.eq(id.to_string())).one(connection).await?.map(Versioned::try_from).transpose()
}

/// Reads a boundary of the scope's application and locks it: no grant can
/// begin to refer to it, and it cannot change, until the transaction ends.
pub async fn lock(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    id: BoundaryId,
) -> Result<Option<Versioned<NamedBoundary>>> {
    let query = locked(of(scope).filter(Column::Id.eq(id.to_string())), connection, None);
    query.one(connection).await?.map(Versioned::try_from).transpose()
}

/// What boundaries are sorted and found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoundaryAttribute {
    /// When they were made.
    Created,
    /// When they last changed.
    Updated,
    /// Their name.
    Name,
}

impl BoundaryAttribute {
    const fn column(self) -> Column {
        match self {
            Self::Created => Column::CreatedAt,
            Self::Updated => Column::UpdatedAt,
            Self::Name => Column::Name,
        }
    }
}

/// A page of the boundaries of the scope's application.
pub async fn page(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    terms: &[Term<BoundaryAttribute>],
    by: BoundaryAttribute,
    slice: Slice,
) -> Result<(u64, Vec<Versioned<NamedBoundary>>)> {
    let query = terms.iter().fold(of(scope), |query, term| query.filter(term.condition(term.by.column())));
    let (total, rows) = slice.of(query, by.column(), Column::Id, connection).await?;
    Ok((total, rows.into_iter().map(Versioned::try_from).collect::<Result<_>>()?))
}

/// The grants that refer to a boundary.
pub async fn grants_within(connection: &impl ConnectionTrait, id: BoundaryId) -> Result<Vec<Grant>> {
    let rows = grants::Entity::find()
        .filter(grants::Column::BoundaryId.eq(id.to_string()))
        .order_by_asc(grants::Column::Id)
        .all(connection)
        .await?;
    let grant = |row: grants::Model| {
        Ok(Grant {
            permission: Permission::parse(&row.permission).ok_or(StoreError::Corrupt("grants.permission"))?,
            boundary: json(&row.boundary, "grants.boundary")?,
            limits: json::<GrantLimits>(&row.limits, "grants.limits")?,
        })
    };
    rows.into_iter().map(grant).collect()
}

/// How many grants refer to a boundary.
pub async fn count_grants(connection: &impl ConnectionTrait, id: BoundaryId) -> Result<u64> {
    Ok(grants::Entity::find().filter(grants::Column::BoundaryId.eq(id.to_string())).count(connection).await?)
}

/// Writes what may change of a boundary as the version after `before`, and the
/// same into every grant that refers to it. Says whether it was still that
/// version.
///
/// # Errors
/// A duplicate when the name is taken in the application.
pub async fn update(
    connection: &impl ConnectionTrait,
    named: &NamedBoundary,
    before: i64,
    now: Timestamp,
) -> Result<bool> {
    let columns = Columns { id: Column::Id, version: Column::Version, updated_at: Column::UpdatedAt };
    let (id, boundary) = (named.id.to_string(), to_json(&named.boundary, "permission_boundaries.boundary")?);
    let changes =
        vec![(Column::Name, Expr::value(named.name.as_str())), (Column::Boundary, Expr::value(boundary.as_str()))];
    if !advance::<Entity>(connection, columns, &id, before, changes, now).await? {
        return Ok(false);
    }
    grants::Entity::update_many()
        .col_expr(grants::Column::Boundary, Expr::value(boundary))
        .filter(grants::Column::BoundaryId.eq(id))
        .exec(connection)
        .await?;
    Ok(true)
}

/// Removes a boundary. Says whether there was one.
pub async fn delete(connection: &impl ConnectionTrait, id: BoundaryId) -> Result<bool> {
    Ok(Entity::delete_by_id(id.to_string()).exec(connection).await?.rows_affected == 1)
}
