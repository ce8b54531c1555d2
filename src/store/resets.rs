//! Resets. Every change is one guarded UPDATE that repeats its precondition.

use std::collections::BTreeSet;

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QuerySelect, Select, UpdateMany, Value,
};

use crate::domain::access::Scope;
use crate::domain::clock::Timestamp;
use crate::domain::ids::{PasswordResetId, TenantId, UserId};
use crate::domain::reset::{Mode, Origin, Reset, Status};
use crate::domain::secret::{SecretDigest, hex};
use crate::domain::user::User;

use super::batch::{Answers, Batch};
use super::entity::password_resets::{Column, Entity, Model};
use super::entity::users;
use super::rows::{self, count, inside, moment, nonce, read, whole};
use super::slice::{Slice, Term};
use super::{Result, StoreError};

impl TryFrom<Model> for Reset {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self> {
        Ok(Self {
            id: read(&row.id, "password_resets.id")?,
            application: read(&row.application_id, "password_resets.application_id")?,
            tenant: read(&row.tenant_id, "password_resets.tenant_id")?,
            user: read(&row.user_id, "password_resets.user_id")?,
            mode: Mode::parse(&row.mode).ok_or(StoreError::Corrupt("password_resets.mode"))?,
            origin: Origin::parse(&row.origin).ok_or(StoreError::Corrupt("password_resets.origin"))?,
            by_email: row.by_email,
            status: Status::parse(&row.status).ok_or(StoreError::Corrupt("password_resets.status"))?,
            nonce: nonce(&row.nonce)?,
            key_id: row.key_id,
            email: row.email,
            locale: row.locale,
            redirect_url: row.redirect_url,
            state: row.state,
            created_at: Timestamp::from_millis(row.created_at),
            expires_at: moment(row.expires_at),
            finished_at: moment(row.finished_at),
            sessions_revoked: count(row.sessions_revoked),
            credential_version: row.credential_version,
            auth_session_expires_at: moment(row.auth_session_expires_at),
        })
    }
}

/// Who made a reset and why, for the record.
#[derive(Debug, Clone, Default)]
pub struct Provenance {
    /// The service account, if one did.
    pub created_by: Option<String>,
    /// The reason it gave.
    pub reason: Option<String>,
}

/// Adds resets in one statement, each with the digest of its link token, if
/// it has one.
pub async fn insert(
    connection: &impl ConnectionTrait,
    resets: Vec<(Reset, Option<SecretDigest>, Provenance)>,
) -> Result<()> {
    let rows = resets.into_iter().map(|(reset, token, provenance)| whole(to_row(reset, token.as_ref(), provenance)));
    Entity::insert_many::<super::entity::password_resets::ActiveModel, _>(rows)
        .exec_without_returning(connection)
        .await?;
    Ok(())
}

fn to_row(reset: Reset, token: Option<&SecretDigest>, provenance: Provenance) -> Model {
    Model {
        id: reset.id.to_string(),
        application_id: reset.application.to_string(),
        tenant_id: reset.tenant.to_string(),
        user_id: reset.user.to_string(),
        mode: reset.mode.as_str().to_owned(),
        origin: reset.origin.as_str().to_owned(),
        by_email: reset.by_email,
        status: reset.status.as_str().to_owned(),
        key_id: reset.key_id,
        nonce: hex(&reset.nonce),
        token_digest: token.map(|digest| digest.as_str().to_owned()),
        email: reset.email,
        locale: reset.locale,
        redirect_url: reset.redirect_url,
        state: reset.state,
        reason: provenance.reason,
        created_by: provenance.created_by,
        created_at: reset.created_at.as_millis(),
        expires_at: reset.expires_at.map(Timestamp::as_millis),
        verified_at: None,
        form_opened_at: None,
        finished_at: None,
        sessions_revoked: 0,
        credential_version: None,
        repeats: 0,
        auth_session_digest: None,
        auth_session_expires_at: None,
        auth_session_used_at: None,
    }
}

/// A reset with what is known about its making, for people who look.
#[derive(Debug, Clone)]
pub struct Record {
    /// The reset.
    pub reset: Reset,
    /// Who made it, and why.
    pub provenance: Provenance,
    /// When its right code was shown, if it has one.
    pub verified_at: Option<Timestamp>,
}

impl TryFrom<Model> for Record {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self> {
        Ok(Self {
            provenance: Provenance { created_by: row.created_by.clone(), reason: row.reason.clone() },
            verified_at: moment(row.verified_at),
            reset: Reset::try_from(row)?,
        })
    }
}

/// Which resets a page is of; what is absent does not narrow it.
#[derive(Debug, Clone, Default)]
pub struct ResetFilter {
    /// The tenant of their users.
    pub tenant: Option<TenantId>,
    /// Their user.
    pub user: Option<UserId>,
    /// How they are proven.
    pub mode: Option<Mode>,
    /// Where they are in their life; one whose time is over is expired.
    pub status: Option<Status>,
}

/// What resets are sorted and found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResetAttribute {
    /// When they were made.
    Created,
    /// When their time is over.
    Expires,
    /// When they ended.
    Finished,
    /// Who made them.
    CreatedBy,
}

impl ResetAttribute {
    const fn column(self) -> Column {
        match self {
            Self::Created => Column::CreatedAt,
            Self::Expires => Column::ExpiresAt,
            Self::Finished => Column::FinishedAt,
            Self::CreatedBy => Column::CreatedBy,
        }
    }
}

/// A page of the resets inside the scope.
pub async fn page(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    (which, now): (&ResetFilter, Timestamp),
    terms: &[Term<ResetAttribute>],
    by: ResetAttribute,
    slice: Slice,
) -> Result<(u64, Vec<Record>)> {
    let mut query = Entity::find()
        .filter(Column::ApplicationId.eq(scope.application().to_string()))
        .filter(inside(scope, Column::TenantId));
    for (column, value) in [
        (Column::TenantId, which.tenant.map(|id| id.to_string())),
        (Column::UserId, which.user.map(|id| id.to_string())),
        (Column::Mode, which.mode.map(|mode| mode.as_str().to_owned())),
    ] {
        query = value.map_or(query.clone(), |value| query.filter(column.eq(value)));
    }
    if let Some(status) = which.status {
        query = query.filter(is_now(status, now));
    }
    let query = terms.iter().fold(query, |query, term| query.filter(term.condition(term.by.column())));
    let (total, rows) = slice.of(query, by.column(), Column::Id, connection).await?;
    Ok((total, rows.into_iter().map(Record::try_from).collect::<Result<_>>()?))
}

/// The condition that a reset is in a state at this moment, whether or not
/// somebody has noted that its time is over.
fn is_now(status: Status, now: Timestamp) -> Expr {
    let is = |status: Status| Column::Status.eq(status.as_str());
    let over = || Column::ExpiresAt.lte(now.as_millis());
    match status {
        Status::Pending => is(status).and(over().not()),
        Status::Expired => is(status).or(is(Status::Pending).and(over())),
        other => is(other),
    }
}

/// Reads one reset inside the scope, with what is known about its making.
pub async fn find_record(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    id: PasswordResetId,
) -> Result<Option<Record>> {
    let query = Entity::find_by_id(id.to_string()).filter(Column::ApplicationId.eq(scope.application().to_string()));
    query.filter(inside(scope, Column::TenantId)).one(connection).await?.map(Record::try_from).transpose()
}

/// Reads one reset inside the scope.
pub async fn find(connection: &impl ConnectionTrait, scope: &Scope, id: PasswordResetId) -> Result<Option<Reset>> {
    one(connection, scope, Entity::find_by_id(id.to_string())).await
}

/// Reads the resets with these ids, of whatever application, but for those
/// whose rows cannot be understood.
pub async fn list_readable(connection: &impl ConnectionTrait, ids: BTreeSet<PasswordResetId>) -> Result<Vec<Reset>> {
    rows::list_readable::<Entity, _>(connection, Column::Id, ids).await
}

/// Reads one reset inside the scope together with its user: in one question,
/// because two would change threads twice as often.
pub async fn find_with_user(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    id: PasswordResetId,
) -> Result<Option<(Reset, User)>> {
    let its_user = Entity::belongs_to(users::Entity).from(Column::UserId).to(users::Column::Id);
    let query = Entity::find_by_id(id.to_string())
        .filter(Column::ApplicationId.eq(scope.application().to_string()))
        .join(JoinType::InnerJoin, its_user.into())
        .select_also(users::Entity);
    let Some((reset, Some(user))) = query.one(connection).await? else { return Ok(None) };
    let (reset, user) = (Reset::try_from(reset)?, User::try_from(user)?);
    Ok(scope.covers(reset.tenant).then_some((reset, user)))
}

/// Reads the reset of this mode that a link token belongs to.
pub async fn find_by_token(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    mode: Mode,
    token: &SecretDigest,
) -> Result<Option<Reset>> {
    let query = Entity::find().filter(Column::TokenDigest.eq(token.as_str())).filter(Column::Mode.eq(mode.as_str()));
    one(connection, scope, query).await
}

/// Reads the reset that a link token belongs to, in whatever application: for
/// the hosted page, whose visitor holds nothing but the link. The row itself
/// is the scope of all that follows.
pub async fn find_public_by_token(connection: &impl ConnectionTrait, token: &SecretDigest) -> Result<Option<Reset>> {
    let row = Entity::find().filter(Column::TokenDigest.eq(token.as_str())).one(connection).await?;
    row.map(Reset::try_from).transpose()
}

async fn one(connection: &impl ConnectionTrait, scope: &Scope, query: Select<Entity>) -> Result<Option<Reset>> {
    let row = query.filter(Column::ApplicationId.eq(scope.application().to_string())).one(connection).await?;
    let reset = row.map(Reset::try_from).transpose()?;
    Ok(reset.filter(|reset| scope.covers(reset.tenant)))
}

/// The pending resets of a user, whose row the caller has locked.
pub async fn list_pending(connection: &impl ConnectionTrait, user: UserId) -> Result<Vec<Reset>> {
    let rows = Entity::find()
        .filter(Column::UserId.eq(user.to_string()))
        .filter(Column::Status.eq(Status::Pending.as_str()))
        .all(connection)
        .await?;
    rows.into_iter().map(Reset::try_from).collect()
}

/// Moves one pending reset to its end. Says whether it was pending.
pub async fn finish(
    connection: &impl ConnectionTrait,
    id: PasswordResetId,
    status: Status,
    now: Timestamp,
) -> Result<bool> {
    finish_where(connection, Column::Id.eq(id.to_string()), status, now).await.map(|rows| rows == 1)
}

/// Supersedes the pending resets of users: all of them, or only those made by
/// address or by email. Answers the ids of those.
pub async fn supersede(
    connection: &impl ConnectionTrait,
    users: &[UserId],
    also_handed_over: bool,
    now: Timestamp,
) -> Result<Vec<String>> {
    let mut which = Column::UserId.is_in(users.iter().map(ToString::to_string));
    if !also_handed_over {
        which = which.and(Column::ByEmail.eq(true).or(Column::Origin.eq(Origin::Address.as_str())));
    }
    let rows = finishing(which, Status::Superseded, now).exec_with_returning(connection).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Ends every pending reset that was made with one key (which leaked).
pub async fn cancel_by_key(connection: &impl ConnectionTrait, key_id: &str, now: Timestamp) -> Result<u64> {
    finish_where(connection, Column::KeyId.eq(key_id), Status::Cancelled, now).await
}

fn finishing(which: Expr, status: Status, now: Timestamp) -> UpdateMany<Entity> {
    Entity::update_many()
        .col_expr(Column::Status, Expr::value(status.as_str()))
        .col_expr(Column::FinishedAt, Expr::value(now.as_millis()))
        .filter(which)
        .filter(Column::Status.eq(Status::Pending.as_str()))
}

async fn finish_where(connection: &impl ConnectionTrait, which: Expr, status: Status, now: Timestamp) -> Result<u64> {
    Ok(finishing(which, status, now).exec(connection).await?.rows_affected)
}

/// What a completion leaves behind.
#[derive(Debug, Clone)]
pub struct Completion {
    /// Sessions that it ended.
    pub sessions_revoked: u32,
    /// The user's credential version that it made.
    pub credential_version: i64,
    /// Digest and expiry of the session code, under Immediate Login.
    pub auth_session: Option<(SecretDigest, Timestamp)>,
}

/// Completes a reset that is pending and not expired, and supersedes the other
/// pending ones of its user. Only when [`is_completed`] says that it was
/// pending, the transaction may be committed.
pub fn complete(batch: &mut Batch, user: UserId, id: PasswordResetId, completion: &Completion, now: Timestamp) {
    let own = || Column::Id.eq(id.to_string());
    let of_own = |column: Column, value: Value| (column, Expr::case(own(), value).finally(Expr::col(column)));
    let status = Expr::case(own(), Status::Completed.as_str()).finally(Status::Superseded.as_str());
    let (digest, auth_expiry) =
        completion.auth_session.as_ref().map(|(digest, expiry)| (digest.as_str(), *expiry)).unzip();
    let mut update = Entity::update_many()
        .col_expr(Column::Status, status.into())
        .col_expr(Column::FinishedAt, Expr::value(now.as_millis()));
    for (column, value) in [
        of_own(Column::SessionsRevoked, i64::from(completion.sessions_revoked).into()),
        of_own(Column::CredentialVersion, completion.credential_version.into()),
        of_own(Column::AuthSessionDigest, digest.into()),
        of_own(Column::AuthSessionExpiresAt, auth_expiry.map(Timestamp::as_millis).into()),
    ] {
        update = update.col_expr(column, value.into());
    }
    let update = update
        .filter(Column::UserId.eq(user.to_string()))
        .filter(Column::Status.eq(Status::Pending.as_str()))
        .filter(own().not().or(Column::ExpiresAt.gt(now.as_millis())));
    batch.add_returning(update);
}

/// Whether [`complete`] found a reset that was to be completed.
pub fn is_completed(answers: &Answers, id: PasswordResetId) -> Result<bool> {
    let ended: Vec<Model> = answers.of(&Column::TokenDigest)?;
    Ok(ended.iter().any(|row| row.id == id.to_string()))
}

/// Notes that the right code was shown. Says whether the reset is pending.
pub async fn mark_verified(connection: &impl ConnectionTrait, id: PasswordResetId, now: Timestamp) -> Result<bool> {
    let result = Entity::update_many()
        .col_expr(Column::VerifiedAt, Expr::value(now.as_millis()))
        .filter(Column::Id.eq(id.to_string()))
        .filter(Column::Status.eq(Status::Pending.as_str()))
        .exec(connection)
        .await?;
    Ok(result.rows_affected == 1)
}

/// Notes that the form for a new password was shown: once, while the reset is
/// pending and its time is not over. Nothing else is written, and nothing at
/// all when it was noted before.
pub async fn note_form_opened(
    reader: &impl ConnectionTrait,
    writer: &impl ConnectionTrait,
    id: PasswordResetId,
    now: Timestamp,
) -> Result<()> {
    let unseen = || {
        Column::Id
            .eq(id.to_string())
            .and(Column::Status.eq(Status::Pending.as_str()))
            .and(Column::FormOpenedAt.is_null())
            .and(Column::ExpiresAt.is_null().or(Column::ExpiresAt.gt(now.as_millis())))
    };
    // Looked for first: a form that is opened again must not wait for the one writer of SQLite.
    if Entity::find().filter(unseen()).one(reader).await?.is_some() {
        Entity::update_many()
            .col_expr(Column::FormOpenedAt, Expr::value(now.as_millis()))
            .filter(unseen())
            .exec(writer)
            .await?;
    }
    Ok(())
}

/// Counts one attempt to have a lost answer repeated, at most `limit`. Says
/// whether it may still be compared.
pub async fn count_repeat(connection: &impl ConnectionTrait, id: PasswordResetId, limit: i64) -> Result<bool> {
    let result = Entity::update_many()
        .col_expr(Column::Repeats, Expr::col(Column::Repeats).add(1))
        .filter(Column::Id.eq(id.to_string()))
        .filter(Column::Status.eq(Status::Completed.as_str()))
        .filter(Column::Repeats.lt(limit))
        .exec(connection)
        .await?;
    Ok(result.rows_affected == 1)
}

/// Uses up the session code of a completed reset. `None` when there is no such
/// code in this application, or it was used, or its time is over.
pub async fn take_auth_session(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    code: &SecretDigest,
    now: Timestamp,
) -> Result<Option<Reset>> {
    let query = Entity::find().filter(Column::AuthSessionDigest.eq(code.as_str()));
    let Some(reset) = one(connection, scope, query).await? else { return Ok(None) };
    let result = Entity::update_many()
        .col_expr(Column::AuthSessionUsedAt, Expr::value(now.as_millis()))
        .filter(Column::Id.eq(reset.id.to_string()))
        .filter(Column::Status.eq(Status::Completed.as_str()))
        .filter(Column::AuthSessionUsedAt.is_null())
        .filter(Column::AuthSessionExpiresAt.gt(now.as_millis()))
        .exec(connection)
        .await?;
    Ok((result.rows_affected == 1).then_some(reset))
}
