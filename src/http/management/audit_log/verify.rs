//! `GET /api/v1/audit-log/verify`

use actix_web::web;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::access::may;
use crate::domain::audit::{Break, Chain};
use crate::http::extract::require::unavailable;
use crate::http::extract::{RequireApplication, RequireOperator};
use crate::http::problem::Problem;
use crate::workflows::Engine;
use crate::workflows::audit::Verification;

/// Whether the log is as it was written. `lastHash` stands for everything up to
/// `lastPosition`: kept elsewhere, it shows later that nothing was rewritten.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditVerification {
    /// Whether every hash covers its entry and the hash before it.
    valid: bool,
    /// How many entries there are; older ones were deleted after 400 days.
    entries: i64,
    /// The place of the last entry.
    last_position: i64,
    /// Its hash.
    last_hash: String,
    /// Where the log does not hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    broken: Option<AuditBreak>,
}

/// Where the log does not hold.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditBreak {
    /// The place of the first entry that is wrong.
    position: i64,
    /// `MISSING`, `CHANGED` or `END`.
    code: &'static str,
    /// The same as a sentence.
    message: String,
}

impl From<Verification> for AuditVerification {
    fn from(verification: Verification) -> Self {
        let broken = verification.broken.map(|broken| AuditBreak {
            position: match broken {
                Break::Missing(at) | Break::Changed(at) | Break::End(at) => at,
            },
            code: match broken {
                Break::Missing(_) => "MISSING",
                Break::Changed(_) => "CHANGED",
                Break::End(_) => "END",
            },
            message: broken.to_string(),
        });
        Self {
            valid: broken.is_none(),
            entries: verification.entries,
            last_position: verification.last.position,
            last_hash: verification.last.hash_text(),
            broken,
        }
    }
}

/// Verifies the log of the application.
pub async fn handle(
    call: RequireApplication<may::AuditRead>,
    engine: web::Data<Engine>,
) -> Result<web::Json<AuditVerification>, Problem> {
    answer(Chain::Application(call.scope.application()), &engine).await
}

/// Verifies the log of acts above all applications.
pub async fn handle_operators(
    _operator: RequireOperator,
    engine: web::Data<Engine>,
) -> Result<web::Json<AuditVerification>, Problem> {
    answer(Chain::Operators, &engine).await
}

async fn answer(chain: Chain, engine: &Engine) -> Result<web::Json<AuditVerification>, Problem> {
    let verification = engine.verify_audit(chain).await.map_err(|error| unavailable(&error))?;
    Ok(web::Json(verification.into()))
}
