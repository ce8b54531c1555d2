//! Authenticators. Their secrets come sealed and stay so.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::domain::clock::Timestamp;
use crate::domain::ids::UserId;
use crate::domain::second_factor::AuthFactor;

use super::batch::{Answers, Batch};
use super::entity::auth_factors::{Column, Entity, Model};
use super::rows::{read, whole};
use super::{Result, StoreError};

/// The column of [`Counted`].
const COUNT: &str = "factor_count";

impl TryFrom<Model> for AuthFactor {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self> {
        Ok(Self {
            id: read(&row.id, "auth_factors.id")?,
            application: read(&row.application_id, "auth_factors.application_id")?,
            tenant: read(&row.tenant_id, "auth_factors.tenant_id")?,
            user: read(&row.user_id, "auth_factors.user_id")?,
            issuer: row.issuer,
            account: row.account,
            sealed: row.secret,
            key_id: row.key_id,
            last_step: row.last_step,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
        })
    }
}

/// Adds a factor.
pub async fn insert(connection: &impl ConnectionTrait, factor: &AuthFactor) -> Result<()> {
    let row = Model {
        id: factor.id.to_string(),
        application_id: factor.application.to_string(),
        tenant_id: factor.tenant.to_string(),
        user_id: factor.user.to_string(),
        issuer: factor.issuer.clone(),
        account: factor.account.clone(),
        secret: factor.sealed.clone(),
        key_id: factor.key_id.clone(),
        last_step: factor.last_step,
        created_at: factor.created_at.as_millis(),
        updated_at: factor.updated_at.as_millis(),
    };
    Entity::insert(whole(row)).exec_without_returning(connection).await?;
    Ok(())
}

/// The factors of a user whom the caller has found inside its scope, oldest
/// first.
pub async fn list(connection: &impl ConnectionTrait, user: UserId) -> Result<Vec<AuthFactor>> {
    let rows =
        Entity::find().filter(Column::UserId.eq(user.to_string())).order_by_asc(Column::Id).all(connection).await?;
    rows.into_iter().map(AuthFactor::try_from).collect()
}

/// What [`ask_for_any`] is answered.
#[derive(FromQueryResult)]
struct Counted {
    factor_count: i64,
}

/// Asks among other statements how many factors a user has, for [`are_any`].
pub fn ask_for_any(batch: &mut Batch, user: UserId) {
    let owned = Entity::find().filter(Column::UserId.eq(user.to_string())).select_only();
    batch.add(&owned.expr_as(Column::Id.count(), COUNT));
}

/// Whether the user has a factor.
///
/// # Errors
/// When [`ask_for_any`] was not among the statements: that nobody asked must
/// not pass for an answer.
pub fn are_any(answers: &Answers) -> Result<bool> {
    let counted = answers.of::<Counted>(&COUNT)?.pop().ok_or(StoreError::Corrupt("auth_factors, not asked for"))?;
    Ok(counted.factor_count > 0)
}

/// Marks a step of a factor used, and keeps the secret as `factor` has it
/// sealed now. Says whether neither that step nor a later one was used; only
/// then may what its code proves take effect.
pub async fn use_step(connection: &impl ConnectionTrait, factor: &AuthFactor, step: i64) -> Result<bool> {
    let result = Entity::update_many()
        .col_expr(Column::LastStep, Expr::value(step))
        .col_expr(Column::Secret, Expr::value(factor.sealed.as_str()))
        .col_expr(Column::KeyId, Expr::value(factor.key_id.as_str()))
        .filter(Column::Id.eq(factor.id.to_string()))
        .filter(Column::LastStep.is_null().or(Column::LastStep.lt(step)))
        .exec(connection)
        .await?;
    Ok(result.rows_affected == 1)
}

/// Removes every factor of a user.
pub async fn delete_all(connection: &impl ConnectionTrait, user: UserId) -> Result<()> {
    Entity::delete_many().filter(Column::UserId.eq(user.to_string())).exec(connection).await?;
    Ok(())
}

/// How many factors one key has sealed.
pub async fn count_by_key(connection: &impl ConnectionTrait, key_id: &str) -> Result<u64> {
    Ok(Entity::find().filter(Column::KeyId.eq(key_id)).count(connection).await?)
}
