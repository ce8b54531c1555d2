//! `GET /sso/jwks/{client_id}`

use actix_web::{HttpResponse, web};
use utoipa::ToSchema;

use crate::workflows::Engine;

/// A JSON Web Key Set (RFC 7517).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what the key set writes itself")]
pub(super) struct KeySetObject {
    /// Ed25519 keys (RFC 8037).
    keys: Vec<serde_json::Value>,
}

/// The same keys whatever client is named: they belong to the server, and an
/// answer that depended on the name would tell which clients there are.
pub(super) async fn handle(engine: web::Data<Engine>) -> HttpResponse {
    HttpResponse::Ok().json(engine.tokens.keys().jwks())
}
