//! Events on their way to endpoints.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_deliveries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub application_id: String,
    pub endpoint_id: String,
    pub event_id: String,
    pub kind: String,
    pub sample: Option<String>,
    pub state: String,
    pub run_at: i64,
    pub give_up_at: i64,
    pub attempts: i64,
    pub leased_by: Option<String>,
    pub leased_until: Option<i64>,
    pub answer_status: Option<i64>,
    pub answer: Option<String>,
    pub created_at: i64,
    pub updated_at: i64,
    pub finished_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
