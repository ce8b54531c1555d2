//! Client credentials for an access token (RFC 6749, section 4.4).

use std::collections::BTreeSet;

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::access::{Caller, Permission};
use crate::domain::secret::Secret;
use crate::http::HttpKit;
use crate::http::extract::authorization::{self, Authorization};
use crate::http::extract::require::unavailable;
use crate::http::extract::{ClientAddress, Form};
use crate::http::problem::Problem;
use crate::workflows::authenticate_caller::{Authenticator, NotAuthenticated};

/// The form. Other parameters are ignored, as RFC 6749, section 3.2 says.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct TokenRequest {
    /// `client_credentials`.
    #[schema(value_type = String, example = "client_credentials")]
    grant_type: Option<String>,
    /// Permissions, separated by spaces; all of them must be held. The token
    /// always stands for everything that its account may do.
    scope: Option<String>,
    /// Without HTTP Basic credentials.
    client_id: Option<String>,
    /// Without HTTP Basic credentials.
    #[schema(value_type = Option<String>)]
    client_secret: Option<Secret>,
}

/// The answer (RFC 6749, section 5.1).
#[derive(Serialize, ToSchema)]
pub(super) struct TokenAnswer {
    /// The token.
    access_token: String,
    /// `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Its life in seconds.
    #[schema(example = 900)]
    expires_in: u64,
    /// What its account may do, separated by spaces.
    scope: String,
}

/// `POST /api/v1/oauth2/token`
pub(super) async fn handle(
    request: HttpRequest,
    ClientAddress(source_ip): ClientAddress,
    Form(form): Form<TokenRequest>,
    kit: web::Data<HttpKit>,
    authenticator: web::Data<Authenticator>,
) -> Result<HttpResponse, Problem> {
    match form.grant_type.as_deref() {
        Some("client_credentials") => {}
        Some(_) => return Err(Problem::oauth("unsupported_grant_type", "Only client_credentials is supported.")),
        None => return Err(Problem::oauth("invalid_request", "The parameter grant_type is missing.")),
    }
    let header = authorization::of(request.headers());
    let (client_id, secret) = credentials(header, form.client_id, form.client_secret)?;
    let now = authenticator.now().await.map_err(|error| unavailable(&error))?;
    let exchanged = authenticator.exchange(&client_id, &secret, now, kit.entropy.as_ref()).await;
    let issued = exchanged.map_err(|error| match error {
        NotAuthenticated::Unknown => invalid_client(),
        other => other.into(),
    })?;
    let is_held =
        |name: &str| Permission::parse(name).is_some_and(|permission| issued.caller.holds(permission, now, source_ip));
    if form.scope.is_some_and(|wanted| !wanted.split(' ').filter(|name| !name.is_empty()).all(is_held)) {
        return Err(Problem::oauth("invalid_scope", "The client does not hold every permission of the scope."));
    }
    Ok(HttpResponse::Ok().json(TokenAnswer {
        access_token: issued.token.expose().to_owned(),
        token_type: "Bearer",
        expires_in: issued.lifetime.as_secs(),
        scope: scope_of(&issued.caller),
    }))
}

/// Credentials from the header or from the form, never from both
/// (RFC 6749, section 2.3).
fn credentials(
    header: Authorization,
    client_id: Option<String>,
    client_secret: Option<Secret>,
) -> Result<(String, Secret), Problem> {
    match (header, client_id, client_secret) {
        (Authorization::Basic(client_id, secret), None, None)
        | (Authorization::Missing, Some(client_id), Some(secret)) => Ok((client_id, secret)),
        // Some clients repeat their name in the form.
        (Authorization::Basic(client_id, secret), Some(same), None) if same == client_id => Ok((client_id, secret)),
        (Authorization::Basic(..), _, _) => {
            Err(Problem::oauth("invalid_request", "The client used more than one way to authenticate."))
        }
        (Authorization::Missing | Authorization::Bearer(_) | Authorization::Unusable, _, _) => Err(invalid_client()),
    }
}

fn invalid_client() -> Problem {
    Problem::oauth("invalid_client", "The client credentials are missing or do not hold.")
}

/// Each permission once, in the order of the alphabet.
fn scope_of(caller: &Caller) -> String {
    let names: BTreeSet<_> = caller.grants.iter().map(|grant| grant.permission.as_str()).collect();
    names.into_iter().collect::<Vec<_>>().join(" ")
}
