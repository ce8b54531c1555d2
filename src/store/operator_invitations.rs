//! Links by which somebody becomes an operator, known by digest only.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, UpdateMany};

use crate::domain::clock::Timestamp;
use crate::domain::ids::OperatorInvitationId;
use crate::domain::operator::Invitation;
use crate::domain::secret::SecretDigest;

use super::entity::operator_invitations::{Column, Entity, Model};
use super::rows::{moment, read, whole};
use super::{Result, StoreError};

impl TryFrom<Model> for Invitation {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self> {
        Ok(Self {
            id: read(&row.id, "operator_invitations.id")?,
            operator: read(&row.operator_id, "operator_invitations.operator_id")?,
            name: row.name,
            email: row.email,
            password_hash: row.password_hash,
            sealed: row.secret,
            invited_by: row.invited_by,
            created_at: Timestamp::from_millis(row.created_at),
            expires_at: Timestamp::from_millis(row.expires_at),
            used_at: moment(row.used_at),
        })
    }
}

/// Keeps an invitation, with the digest of its token.
pub async fn insert(connection: &impl ConnectionTrait, invitation: &Invitation, token: &SecretDigest) -> Result<()> {
    let row = Model {
        id: invitation.id.to_string(),
        operator_id: invitation.operator.to_string(),
        name: invitation.name.clone(),
        email: invitation.email.clone(),
        password_hash: invitation.password_hash.clone(),
        secret: invitation.sealed.clone(),
        token_digest: token.as_str().to_owned(),
        invited_by: invitation.invited_by.clone(),
        created_at: invitation.created_at.as_millis(),
        expires_at: invitation.expires_at.as_millis(),
        used_at: invitation.used_at.map(Timestamp::as_millis),
    };
    Entity::insert(whole(row)).exec_without_returning(connection).await?;
    Ok(())
}

/// Reads the invitation that a token belongs to.
pub async fn find_by_token(connection: &impl ConnectionTrait, token: &SecretDigest) -> Result<Option<Invitation>> {
    let query = Entity::find().filter(Column::TokenDigest.eq(token.as_str()));
    query.one(connection).await?.map(Invitation::try_from).transpose()
}

/// Notes what the invited has chosen. Says whether the invitation was still
/// good.
pub async fn choose(connection: &impl ConnectionTrait, invitation: &Invitation, now: Timestamp) -> Result<bool> {
    let result = live(invitation.id, now)
        .col_expr(Column::Name, Expr::value(invitation.name.as_str()))
        .col_expr(Column::Email, Expr::value(invitation.email.clone()))
        .col_expr(Column::PasswordHash, Expr::value(invitation.password_hash.clone()))
        .exec(connection)
        .await?;
    Ok(result.rows_affected == 1)
}

/// Uses an invitation up. Says whether it was still good.
pub async fn use_up(connection: &impl ConnectionTrait, id: OperatorInvitationId, now: Timestamp) -> Result<bool> {
    let result = live(id, now).col_expr(Column::UsedAt, Expr::value(now.as_millis())).exec(connection).await?;
    Ok(result.rows_affected == 1)
}

/// An update of one invitation that is neither used nor over.
fn live(id: OperatorInvitationId, now: Timestamp) -> UpdateMany<Entity> {
    Entity::update_many()
        .filter(Column::Id.eq(id.to_string()))
        .filter(Column::UsedAt.is_null())
        .filter(Column::ExpiresAt.gt(now.as_millis()))
}
