//! Requests by address.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reset_requests")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub application_id: String,
    pub tenant_id: String,
    pub address_key: String,
    pub strategy: String,
    pub key_id: String,
    pub nonce: String,
    pub code_digest: Option<String>,
    pub attempts: i64,
    pub resends: i64,
    pub resend_at: i64,
    pub expires_at: Option<i64>,
    pub reset_id: Option<String>,
    pub locale: Option<String>,
    pub redirect_url: Option<String>,
    pub state: Option<String>,
    pub created_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
