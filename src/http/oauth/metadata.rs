//! Authorization server metadata (RFC 8414).

use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::access::Permission;
use crate::http::HttpKit;
use crate::workflows::authenticate_caller::Authenticator;

/// What the authorization server can do (RFC 8414, section 2).
#[derive(Serialize, ToSchema)]
pub(super) struct Metadata {
    /// The `iss` of its tokens.
    issuer: String,
    /// Where tokens are given out.
    token_endpoint: String,
    /// Where its keys are.
    jwks_uri: String,
    /// How a client may ask.
    grant_types_supported: [&'static str; 1],
    /// How a client may prove who it is.
    token_endpoint_auth_methods_supported: [&'static str; 2],
    /// None: there is no authorization endpoint.
    response_types_supported: [&'static str; 0],
    /// Every permission.
    #[schema(value_type = Vec<String>)]
    scopes_supported: Vec<&'static str>,
}

/// `GET /.well-known/oauth-authorization-server`
pub(super) async fn handle(kit: web::Data<HttpKit>, authenticator: web::Data<Authenticator>) -> HttpResponse {
    HttpResponse::Ok().json(Metadata {
        issuer: authenticator.tokens().issuer().to_owned(),
        token_endpoint: format!("{}/api/v1/oauth2/token", kit.public_url),
        jwks_uri: format!("{}/api/v1/oauth2/jwks", kit.public_url),
        grant_types_supported: ["client_credentials"],
        token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
        response_types_supported: [],
        scopes_supported: Permission::ALL.iter().map(|permission| permission.as_str()).collect(),
    })
}
