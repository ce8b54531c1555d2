//! Resets.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "password_resets")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub application_id: String,
    pub tenant_id: String,
    pub user_id: String,
    pub mode: String,
    pub origin: String,
    pub by_email: bool,
    pub status: String,
    pub key_id: String,
    pub nonce: String,
    pub token_digest: Option<String>,
    pub email: String,
    pub locale: Option<String>,
    pub redirect_url: Option<String>,
    pub state: Option<String>,
    pub reason: Option<String>,
    pub created_by: Option<String>,
    pub created_at: i64,
    pub expires_at: Option<i64>,
    pub verified_at: Option<i64>,
    pub form_opened_at: Option<i64>,
    pub finished_at: Option<i64>,
    pub sessions_revoked: i64,
    pub credential_version: Option<i64>,
    pub repeats: i64,
    pub auth_session_digest: Option<String>,
    pub auth_session_expires_at: Option<i64>,
    pub auth_session_used_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
