//! `/api/v1/users/{id}/sessions`

pub mod list;
pub mod revoke;
pub mod revoke_all;

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::clock::Timestamp;
use crate::domain::ids::{SessionId, UserId};
use crate::domain::user::Session;
use crate::http::management::list::page_schema;

page_schema! {
    /// Active sessions of a user.
    SessionPage of SessionResource
}

/// A session.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionResource {
    /// Its id.
    #[schema(value_type = String)]
    id: SessionId,
    /// Who is signed in.
    #[schema(value_type = String)]
    user_id: UserId,
    /// The client's address, as the application told it.
    ip_address: Option<String>,
    /// The client's software, as the application told it.
    user_agent: Option<String>,
    /// When it began.
    #[schema(value_type = String)]
    creation_time: Timestamp,
    /// When it ends by itself.
    #[schema(value_type = String)]
    expiry_time: Timestamp,
}

impl From<&Session> for SessionResource {
    fn from(session: &Session) -> Self {
        Self {
            id: session.id,
            user_id: session.user,
            ip_address: session.ip_address.clone(),
            user_agent: session.user_agent.clone(),
            creation_time: session.created_at,
            expiry_time: session.expires_at,
        }
    }
}

/// How many sessions ended.
#[derive(Debug, Serialize, ToSchema)]
pub struct Revoked {
    /// So many.
    count: u32,
}
