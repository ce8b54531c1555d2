//! A whole audit log as an answer: one entry per line, oldest first, in the
//! exact form that its hashes cover.

use actix_web::{HttpResponse, web};
use futures_util::stream::try_unfold;
use serde_json::{Value, json};

use super::extract::require::unavailable;
use super::problem::Problem;
use crate::domain::audit::{Chain, Linked, canonical};
use crate::domain::secret::hex;
use crate::workflows::Engine;

/// Reads and writes one batch after the other, whatever the length of the log.
/// A database that goes away meanwhile cuts the answer off.
///
/// # Errors
/// When the database is gone at the beginning.
pub(crate) async fn stream(chain: Chain, engine: web::Data<Engine>) -> Result<HttpResponse, Problem> {
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
