//! The public halves of the signing keys.

use actix_web::{HttpResponse, web};
use utoipa::ToSchema;

use crate::workflows::authenticate_caller::Authenticator;

/// A JSON Web Key Set (RFC 7517).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what the key set writes itself")]
pub(super) struct KeySet {
    /// Ed25519 keys (RFC 8037).
    keys: Vec<serde_json::Value>,
}

/// `GET /api/v1/oauth2/jwks`
pub(super) async fn handle(authenticator: web::Data<Authenticator>) -> HttpResponse {
    HttpResponse::Ok().json(authenticator.tokens().keys().jwks())
}
