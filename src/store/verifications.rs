//! Codes that prove an address: which were mailed, and how often they were
//! tried.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::domain::access::Scope;
use crate::domain::clock::Timestamp;
use crate::domain::ids::{EmailVerificationId, UserId};
use crate::domain::secret::hex;
use crate::domain::verification::{EmailVerification, Status};

use super::entity::email_verifications::{Column, Entity, Model};
use super::rows::{count, nonce, read, whole};
use super::{Result, StoreError};

impl TryFrom<Model> for EmailVerification {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self> {
        Ok(Self {
            id: read(&row.id, "email_verifications.id")?,
            application: read(&row.application_id, "email_verifications.application_id")?,
            tenant: read(&row.tenant_id, "email_verifications.tenant_id")?,
            user: read(&row.user_id, "email_verifications.user_id")?,
            email: row.email,
            status: Status::parse(&row.status).ok_or(StoreError::Corrupt("email_verifications.status"))?,
            key_id: row.key_id,
            nonce: nonce(&row.nonce)?,
            attempts: count(row.attempts),
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
            expires_at: Timestamp::from_millis(row.expires_at),
        })
    }
}

/// Adds a verification.
pub async fn insert(connection: &impl ConnectionTrait, verification: &EmailVerification) -> Result<()> {
    let row = Model {
        id: verification.id.to_string(),
        application_id: verification.application.to_string(),
        tenant_id: verification.tenant.to_string(),
        user_id: verification.user.to_string(),
        email: verification.email.clone(),
        status: verification.status.as_str().to_owned(),
        key_id: verification.key_id.clone(),
        nonce: hex(&verification.nonce),
        attempts: i64::from(verification.attempts),
        created_at: verification.created_at.as_millis(),
        updated_at: verification.updated_at.as_millis(),
        expires_at: verification.expires_at.as_millis(),
    };
    Entity::insert(whole(row)).exec_without_returning(connection).await?;
    Ok(())
}

/// Reads one verification inside the scope.
pub async fn find(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    id: EmailVerificationId,
) -> Result<Option<EmailVerification>> {
    let query = Entity::find_by_id(id.to_string()).filter(Column::ApplicationId.eq(scope.application().to_string()));
    let found = query.one(connection).await?.map(EmailVerification::try_from).transpose()?;
    Ok(found.filter(|found| scope.covers(found.tenant)))
}

/// The verification of a user whose code is asked for: the pending one, or
/// the one used last.
pub async fn find_current(connection: &impl ConnectionTrait, user: UserId) -> Result<Option<EmailVerification>> {
    let query = Entity::find()
        .filter(Column::UserId.eq(user.to_string()))
        .filter(Column::Status.is_in([Status::Pending.as_str(), Status::Used.as_str()]))
        // `pending` comes before `used`.
        .order_by_asc(Column::Status)
        .order_by_desc(Column::UpdatedAt)
        .order_by_desc(Column::Id);
    query.one(connection).await?.map(EmailVerification::try_from).transpose()
}

/// Ends the pending verification of a user whose row the caller has locked: a
/// newer one takes its place.
pub async fn supersede(connection: &impl ConnectionTrait, user: UserId, now: Timestamp) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::Status, Expr::value(Status::Superseded.as_str()))
        .col_expr(Column::UpdatedAt, Expr::value(now.as_millis()))
        .filter(Column::UserId.eq(user.to_string()))
        .filter(Column::Status.eq(Status::Pending.as_str()))
        .exec(connection)
        .await?;
    Ok(())
}

/// Takes one of `limit` attempts. Says whether there was one left.
pub async fn take_attempt(connection: &impl ConnectionTrait, id: EmailVerificationId, limit: u32) -> Result<bool> {
    let result = Entity::update_many()
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .filter(Column::Id.eq(id.to_string()))
        .filter(Column::Attempts.lt(i64::from(limit)))
        .exec(connection)
        .await?;
    Ok(result.rows_affected == 1)
}

/// Gives one attempt back: the code was right.
pub async fn give_attempt_back(connection: &impl ConnectionTrait, id: EmailVerificationId) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).sub(1))
        .filter(Column::Id.eq(id.to_string()))
        .filter(Column::Attempts.gt(0))
        .exec(connection)
        .await?;
    Ok(())
}

/// Uses a pending verification up. Says whether it did.
pub async fn complete(connection: &impl ConnectionTrait, id: EmailVerificationId, now: Timestamp) -> Result<bool> {
    let result = Entity::update_many()
        .col_expr(Column::Status, Expr::value(Status::Used.as_str()))
        .col_expr(Column::UpdatedAt, Expr::value(now.as_millis()))
        .filter(Column::Id.eq(id.to_string()))
        .filter(Column::Status.eq(Status::Pending.as_str()))
        .filter(Column::ExpiresAt.gt(now.as_millis()))
        .exec(connection)
        .await?;
    Ok(result.rows_affected == 1)
}

/// Removes everything of a user's verifications.
pub async fn delete_all(connection: &impl ConnectionTrait, user: UserId) -> Result<()> {
    Entity::delete_many().filter(Column::UserId.eq(user.to_string())).exec(connection).await?;
    Ok(())
}
