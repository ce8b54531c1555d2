//! The outbox.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "messages")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub application_id: String,
    pub tenant_id: String,
    pub kind: String,
    pub user_id: Option<String>,
    pub reset_id: Option<String>,
    pub recipient: Option<String>,
    pub mailbox: String,
    pub locale: Option<String>,
    pub facts: String,
    pub state: String,
    pub run_at: i64,
    pub attempts: i64,
    pub leased_by: Option<String>,
    pub leased_until: Option<i64>,
    pub answer: Option<String>,
    pub created_at: i64,
    pub finished_at: Option<i64>,
    pub template: Option<String>,
    pub stuck: i64,
    pub version: i64,
    pub updated_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
