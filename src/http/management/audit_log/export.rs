//! `GET /api/v1/audit-log/export`: a whole log, one entry per line, oldest
//! first, in the exact form that its hashes cover.

use actix_web::{HttpResponse, web};
use futures_util::stream::try_unfold;
use serde_json::{Value, json};

use crate::domain::access::may;
use crate::domain::audit::{Chain, Linked, canonical};
use crate::domain::secret::hex;
use crate::http::extract::require::unavailable;
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

/// Reads and writes one batch after the other, whatever the length of the log.
/// A database that goes away meanwhile cuts the answer off.
async fn stream(chain: Chain, engine: web::Data<Engine>) -> Result<HttpResponse, Problem> {
    let export = engine.begin_export(chain).await.map_err(|error| unavailable(&error))?;
    let lines = try_unfold(export, move |export| {
        let engine = engine.clone();
        async move {
            let previous = hex(&export.at.hash);
            let Some((batch, rest)) = engine.export_some(export).await? else { return Ok(None) };
            Ok::<_, crate::store::StoreError>(Some((web::Bytes::from(lines(previous, &batch)), rest)))
        }
    });
    Ok(HttpResponse::Ok().content_type("application/x-ndjson").streaming(lines))
}

fn lines(mut previous: String, batch: &[Linked]) -> String {
    let mut text = String::new();
    for linked in batch {
        let mut object = linked.entry.to_object();
        if let Value::Object(members) = &mut object {
            members.insert("previousHash".to_owned(), json!(previous));
            members.insert("hash".to_owned(), json!(linked.hash));
        }
        text.push_str(&canonical(&object));
        text.push('\n');
        previous.clone_from(&linked.hash);
    }
    text
}
