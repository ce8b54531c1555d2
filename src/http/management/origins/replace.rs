//! `PUT /api/v1/origins`

use actix_web::{HttpRequest, web};

use super::{OriginsResource, PutOrigins};
use crate::domain::access::may;
use crate::domain::origins::Origins;
use crate::http::extract::{InOrder, Json, RequireHeld};
use crate::http::management::failure::problem;
use crate::http::management::if_match;
use crate::http::problem::{Problem, Violations};
use crate::workflows::Engine;

/// Replaces them.
pub async fn handle(
    InOrder(held, Json(body)): InOrder<RequireHeld<may::OriginWrite>, Json<PutOrigins>>,
    request: HttpRequest,
    engine: web::Data<Engine>,
) -> Result<web::Json<OriginsResource>, Problem> {
    let authority = held.authority(held.application_scope(None, None)?);
    let wanted = read(body)?;
    let replaced = engine.replace_origins(&authority, &wanted, if_match::seen(&request)?).await;
    Ok(web::Json(OriginsResource::new(replaced.map_err(|failure| problem(failure, ""))?)))
}

fn read(body: PutOrigins) -> Result<Origins, Problem> {
    let mut violations = Violations::new();
    let mut required = |field: &str, list: Option<Vec<String>>| {
        if list.is_none() {
            violations.add(field, "required");
        }
        list.unwrap_or_default()
    };
    let origins = required("origins", body.origins);
    let redirect_urls = required("redirectUrls", body.redirect_urls);
    let wanted = Origins { origins, redirect_urls };
    for (field, code) in wanted.faults() {
        violations.add(&field, code);
    }
    violations.into_result()?;
    Ok(wanted)
}
