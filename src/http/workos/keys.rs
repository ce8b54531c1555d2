//! `GET /sso/jwks/{client_id}`

use actix_web::{HttpResponse, web};
use utoipa::ToSchema;

use super::error;
use crate::http::problem::{Missing, Problem};
use crate::workflows::Engine;

/// A JSON Web Key Set (RFC 7517).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what the key set writes itself")]
pub(super) struct KeySetObject {
    /// Ed25519 keys (RFC 8037).
    keys: Vec<serde_json::Value>,
}

/// The same keys for every client that there is: they belong to the server,
/// and `client_id` in a token says whose it is. A client's id is no secret.
pub(super) async fn handle(client: web::Path<String>, engine: web::Data<Engine>) -> Result<HttpResponse, Problem> {
    let known = engine.knows_client(&client).await.map_err(|failure| error::problem(failure, ""))?;
    if !known {
        return Err(Problem::not_found(Missing::Entity { kind: "client", id: client.into_inner() }));
    }
    Ok(HttpResponse::Ok().json(engine.tokens.keys().jwks()))
}
