//! Request rows: what somebody who knows an address asked for, the same for
//! every address.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, InsertMany, QueryFilter};

use crate::domain::access::Scope;
use crate::domain::clock::Timestamp;
use crate::domain::ids::{PasswordResetId, ResetRequestId};
use crate::domain::reset::{Reset, ResetRequest, Strategy};
use crate::domain::secret::{SecretDigest, hex};

use super::entity::password_resets as resets;
use super::entity::reset_requests::{ActiveModel, Column, Entity, Model};
use super::rows::{count, locked, moment, nonce, read, read_optional, whole};
use super::{Result, StoreError};

impl TryFrom<Model> for ResetRequest {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self> {
        Ok(Self {
            id: read(&row.id, "reset_requests.id")?,
            application: read(&row.application_id, "reset_requests.application_id")?,
            tenant: read(&row.tenant_id, "reset_requests.tenant_id")?,
            address_key: row.address_key,
            strategy: Strategy::parse(&row.strategy).ok_or(StoreError::Corrupt("reset_requests.strategy"))?,
            nonce: nonce(&row.nonce)?,
            key_id: row.key_id,
            attempts: count(row.attempts),
            resends: count(row.resends),
            resend_at: Timestamp::from_millis(row.resend_at),
            expires_at: moment(row.expires_at),
            reset: read_optional(row.reset_id.as_deref(), "reset_requests.reset_id")?,
            locale: row.locale,
            redirect_url: row.redirect_url,
            state: row.state,
            created_at: Timestamp::from_millis(row.created_at),
        })
    }
}

fn to_row(request: &ResetRequest, code: Option<&SecretDigest>) -> ActiveModel {
    whole(Model {
        id: request.id.to_string(),
        application_id: request.application.to_string(),
        tenant_id: request.tenant.to_string(),
        address_key: request.address_key.clone(),
        strategy: request.strategy.as_str().to_owned(),
        key_id: request.key_id.clone(),
        nonce: hex(&request.nonce),
        code_digest: code.map(|digest| digest.as_str().to_owned()),
        attempts: i64::from(request.attempts),
        resends: i64::from(request.resends),
        resend_at: request.resend_at.as_millis(),
        expires_at: request.expires_at.map(Timestamp::as_millis),
        reset_id: request.reset.map(|reset| reset.to_string()),
        locale: request.locale.clone(),
        redirect_url: request.redirect_url.clone(),
        state: request.state.clone(),
        created_at: request.created_at.as_millis(),
    })
}

/// Adds requests in one statement; each comes with the digest of its
/// `requestCode`, if it has one.
pub async fn insert(
    connection: &impl ConnectionTrait,
    requests: &[(&ResetRequest, Option<&SecretDigest>)],
) -> Result<()> {
    inserting(requests).exec_without_returning(connection).await?;
    Ok(())
}

/// The same, as one of several statements.
pub(super) fn inserting(requests: &[(&ResetRequest, Option<&SecretDigest>)]) -> InsertMany<ActiveModel> {
    Entity::insert_many(requests.iter().map(|(request, code)| to_row(request, *code)))
}

/// Reads a request by its name, inside the scope.
pub async fn find(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    id: ResetRequestId,
) -> Result<Option<ResetRequest>> {
    let query = Entity::find_by_id(id.to_string()).filter(Column::ApplicationId.eq(scope.application().to_string()));
    query.one(connection).await?.map(ResetRequest::try_from).transpose()
}

/// Reads requests by their names.
pub async fn list(connection: &impl ConnectionTrait, ids: &[ResetRequestId]) -> Result<Vec<ResetRequest>> {
    let query = Entity::find().filter(Column::Id.is_in(ids.iter().map(ToString::to_string)));
    query.all(connection).await?.into_iter().map(ResetRequest::try_from).collect()
}

/// Reads a request by its `requestCode`, and the reset attached to it. Two
/// statements, whether or not a reset is attached.
pub async fn find_by_code(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    code: &SecretDigest,
) -> Result<Option<(ResetRequest, Option<Reset>)>> {
    let query = Entity::find()
        .filter(Column::CodeDigest.eq(code.as_str()))
        .filter(Column::ApplicationId.eq(scope.application().to_string()));
    let Some(request) = query.one(connection).await?.map(ResetRequest::try_from).transpose()? else {
        return Ok(None);
    };
    let reset_id = request.reset.map(|id| id.to_string()).unwrap_or_default();
    let reset = resets::Entity::find_by_id(reset_id).one(connection).await?.map(Reset::try_from).transpose()?;
    Ok(scope.covers(request.tenant).then_some((request, reset)))
}

/// Reads and locks a request, to count attempts on it.
pub async fn lock(connection: &impl ConnectionTrait, id: ResetRequestId) -> Result<Option<ResetRequest>> {
    let row = locked(Entity::find_by_id(id.to_string()), connection, None).one(connection).await?;
    row.map(ResetRequest::try_from).transpose()
}

/// Takes one attempt, unless `limit` of them are taken. Says whether it did.
pub async fn take_attempt(connection: &impl ConnectionTrait, id: ResetRequestId, limit: u32) -> Result<bool> {
    let result = Entity::update_many()
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .filter(Column::Id.eq(id.to_string()))
        .filter(Column::Attempts.lt(i64::from(limit)))
        .exec(connection)
        .await?;
    Ok(result.rows_affected == 1)
}

/// Gives an attempt back: the code was right.
pub async fn give_attempt_back(connection: &impl ConnectionTrait, id: ResetRequestId) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).sub(1))
        .filter(Column::Id.eq(id.to_string()))
        .filter(Column::Attempts.gt(0))
        .exec(connection)
        .await?;
    Ok(())
}

/// Attaches the reset that was made for a request. Says whether the request
/// was still without one.
pub async fn attach(connection: &impl ConnectionTrait, id: ResetRequestId, reset: PasswordResetId) -> Result<bool> {
    let result = Entity::update_many()
        .col_expr(Column::ResetId, Expr::value(reset.to_string()))
        .filter(Column::Id.eq(id.to_string()))
        .filter(Column::ResetId.is_null())
        .exec(connection)
        .await?;
    Ok(result.rows_affected == 1)
}

/// Moves the resend clock on, if it has run out. Says whether it had.
pub async fn take_resend(
    connection: &impl ConnectionTrait,
    id: ResetRequestId,
    next: Timestamp,
    now: Timestamp,
) -> Result<bool> {
    let result = Entity::update_many()
        .col_expr(Column::Resends, Expr::col(Column::Resends).add(1))
        .col_expr(Column::ResendAt, Expr::value(next.as_millis()))
        .filter(Column::Id.eq(id.to_string()))
        .filter(Column::ResendAt.lte(now.as_millis()))
        .filter(Column::ExpiresAt.gt(now.as_millis()))
        .exec(connection)
        .await?;
    Ok(result.rows_affected == 1)
}

/// Reads the request that a reset is attached to.
pub async fn find_by_reset(connection: &impl ConnectionTrait, reset: PasswordResetId) -> Result<Option<ResetRequest>> {
    let row = Entity::find().filter(Column::ResetId.eq(reset.to_string())).one(connection).await?;
    row.map(ResetRequest::try_from).transpose()
}
