//! How operators sign in to the console. Operators belong to no application,
//! so no scope bounds these rows; only the console's own use cases read them.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::domain::clock::Timestamp;
use crate::domain::ids::OperatorId;
use crate::domain::operator::Credential;

use super::entity::operator_credentials::{Column, Entity, Model};
use super::entity::operators;
use super::operators::Operator;
use super::rows::{read, whole};
use super::{Result, StoreError};

impl TryFrom<Model> for Credential {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self> {
        Ok(Self {
            operator: read(&row.operator_id, "operator_credentials.operator_id")?,
            email: row.email,
            email_canonical: row.email_canonical,
            password_hash: row.password_hash,
            sealed: row.secret,
            key_id: row.key_id,
            last_step: row.last_step,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
        })
    }
}

/// Keeps how an operator signs in, in place of what there was.
///
/// # Errors
/// A duplicate when another operator signs in with the address.
pub async fn put(connection: &impl ConnectionTrait, credential: &Credential) -> Result<()> {
    delete(connection, credential.operator).await?;
    let row = Model {
        operator_id: credential.operator.to_string(),
        email: credential.email.clone(),
        email_canonical: credential.email_canonical.clone(),
        password_hash: credential.password_hash.clone(),
        secret: credential.sealed.clone(),
        key_id: credential.key_id.clone(),
        last_step: credential.last_step,
        created_at: credential.created_at.as_millis(),
        updated_at: credential.updated_at.as_millis(),
    };
    Entity::insert(whole(row)).exec_without_returning(connection).await?;
    Ok(())
}

/// Who signs in with this canonical address.
pub async fn find_by_address(connection: &impl ConnectionTrait, canonical: &str) -> Result<Option<Credential>> {
    let query = Entity::find().filter(Column::EmailCanonical.eq(canonical));
    query.one(connection).await?.map(Credential::try_from).transpose()
}

/// How an operator signs in; API keys alone are none of it.
pub async fn find(connection: &impl ConnectionTrait, operator: OperatorId) -> Result<Option<Credential>> {
    Entity::find_by_id(operator.to_string()).one(connection).await?.map(Credential::try_from).transpose()
}

/// Marks a step used, and keeps the secret as `credential` has it sealed now.
/// Says whether neither that step nor a later one was used, and the password
/// is still the one that was checked.
pub async fn use_step(connection: &impl ConnectionTrait, credential: &Credential, step: i64) -> Result<bool> {
    let result = Entity::update_many()
        .col_expr(Column::LastStep, Expr::value(step))
        .col_expr(Column::Secret, Expr::value(credential.sealed.as_str()))
        .col_expr(Column::KeyId, Expr::value(credential.key_id.as_str()))
        .filter(Column::OperatorId.eq(credential.operator.to_string()))
        .filter(Column::PasswordHash.eq(credential.password_hash.as_str()))
        .filter(Column::LastStep.is_null().or(Column::LastStep.lt(step)))
        .exec(connection)
        .await?;
    Ok(result.rows_affected == 1)
}

/// Takes the way to sign in from an operator.
pub async fn delete(connection: &impl ConnectionTrait, operator: OperatorId) -> Result<()> {
    Entity::delete_by_id(operator.to_string()).exec(connection).await?;
    Ok(())
}

/// Every operator, oldest first, and the address they sign in with.
pub async fn list_operators(connection: &impl ConnectionTrait) -> Result<Vec<(Operator, Option<String>)>> {
    let operators = operators::Entity::find().order_by_asc(operators::Column::Id).all(connection).await?;
    let credentials = Entity::find().all(connection).await?;
    let address = |id: &str| credentials.iter().find(|row| row.operator_id == id).map(|row| row.email.clone());
    operators
        .into_iter()
        .map(|row| {
            let address = address(&row.id);
            Ok((Operator::try_from(row)?, address))
        })
        .collect()
}

/// Whether nobody can sign in yet.
pub async fn nobody(connection: &impl ConnectionTrait) -> Result<bool> {
    Ok(Entity::find().one(connection).await?.is_none())
}

/// Writes the name and the address of an operator, and whether they are shut
/// out. Says whether there is one.
pub async fn update_operator(connection: &impl ConnectionTrait, operator: &Operator, now: Timestamp) -> Result<bool> {
    let result = operators::Entity::update_many()
        .col_expr(operators::Column::Name, Expr::value(operator.name.as_str()))
        .col_expr(operators::Column::Email, Expr::value(operator.email.clone()))
        .col_expr(operators::Column::Disabled, Expr::value(operator.disabled))
        .col_expr(operators::Column::Version, Expr::col(operators::Column::Version).add(1))
        .col_expr(operators::Column::UpdatedAt, Expr::value(now.as_millis()))
        .filter(operators::Column::Id.eq(operator.id.to_string()))
        .exec(connection)
        .await?;
    Ok(result.rows_affected == 1)
}
