//! `GET /api/v1/audit-log/export`: a whole log, one entry per line.

use actix_web::{HttpResponse, web};

use crate::domain::access::may;
use crate::domain::audit::Chain;
use crate::http::audit_export::stream;
use crate::http::extract::{RequireApplication, RequireOperator};
use crate::http::problem::Problem;
use crate::workflows::Engine;

/// Exports the log of the application.
pub async fn handle(
    call: RequireApplication<may::AuditRead>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    stream(Chain::Application(call.scope.application()), engine).await
}

/// Exports the log of acts above all applications.
pub async fn handle_operators(_operator: RequireOperator, engine: web::Data<Engine>) -> Result<HttpResponse, Problem> {
    stream(Chain::Operators, engine).await
}
