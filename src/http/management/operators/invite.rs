//! `POST /api/v1/operators`

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::clock::Timestamp;
use crate::domain::ids::{OperatorId, OperatorInvitationId};
use crate::domain::operator::INVITED_NAME;
use crate::http::extract::{InOrder, Json, RequireOperator};
use crate::http::management::failure::problem;
use crate::http::management::fields::{check_name, required};
use crate::http::problem::{Problem, Violations};
use crate::workflows::Engine;

/// Whom to invite.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InviteOperator {
    /// What they are called, until they say otherwise; at most 80 characters.
    #[schema(value_type = String)]
    name: Option<String>,
}

impl InviteOperator {
    fn read(self) -> Result<String, Problem> {
        let mut violations = Violations::new();
        let name = required(&mut violations, "name", self.name);
        check_name(&mut violations, "name", name.as_ref());
        let name = name.unwrap_or_default();
        if violations.is_empty() && name.chars().count() > INVITED_NAME {
            violations.add_with("name", "too_long", [("maximum", INVITED_NAME.to_string())]);
        }
        violations.into_result()?;
        Ok(name)
    }
}

/// An invitation. There is no operator before it was used.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OperatorInvitation {
    /// Its id.
    #[schema(value_type = String)]
    id: OperatorInvitationId,
    /// The id that the operator will have.
    #[schema(value_type = String)]
    operator_id: OperatorId,
    /// What they are called, until they say otherwise.
    name: String,
    /// Where they choose a password and an authenticator. It works once, and
    /// is shown in this answer alone.
    link: String,
    /// When it ends by itself.
    #[schema(value_type = String, format = DateTime)]
    expiration_time: Timestamp,
}

/// Invites them.
pub async fn handle(
    InOrder(operator, Json(body)): InOrder<RequireOperator, Json<InviteOperator>>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let invited = engine.invite_operator(&body.read()?, &operator.origin).await;
    let (invitation, link) = invited.map_err(|failure| problem(failure, ""))?;
    Ok(HttpResponse::Created().json(OperatorInvitation {
        id: invitation.id,
        operator_id: invitation.operator,
        name: invitation.name,
        link: link.expose().to_owned(),
        expiration_time: invitation.expires_at,
    }))
}
