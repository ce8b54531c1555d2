//! `/brand/{application}/{tenant}/…`: colours and logo of a tenant, from our
//! own origin. The style sheet is made of numbers, the logo is sent as the
//! kind of image that it was found to be, and neither is guessed about.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::domain::access::Scope;
use crate::domain::secret::hex;
use crate::http::problem::{Missing, Problem};
use crate::workflows::Engine;
use crate::workflows::tenancy::Tenancy;

use super::failure::problem;

/// What the layout shows of a tenant's branding.
pub(super) fn view(tenancy: &Tenancy) -> Value {
    let base = format!("/brand/{}/{}", tenancy.application.id, tenancy.tenant.id);
    let style = tenancy.branding.style_sheet();
    let logo = tenancy.branding.logo.as_ref().map(|logo| {
        json!({ "address": format!("{base}/logo?v={}", logo.digest), "width": logo.width, "height": logo.height })
    });
    json!({
        "style": (!style.is_empty()).then(|| format!("{base}/style.css?v={}", digest(&style))),
        "logo": logo,
    })
}

fn digest(content: &str) -> String {
    hex(&Sha256::digest(content)).chars().take(16).collect()
}

/// `GET /brand/{application}/{tenant}/style.css`.
pub(super) async fn style(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let (scope, tenant) = of(&path)?;
    let tenancy = engine.tenancy(&scope, Some(tenant)).await.map_err(problem)?;
    let style = tenancy.branding.style_sheet();
    let kept = keeping(&request, &digest(&style));
    let media_type = (header::CONTENT_TYPE, "text/css; charset=utf-8");
    Ok(HttpResponse::Ok().insert_header(media_type).insert_header((header::CACHE_CONTROL, kept)).body(style))
}

/// `GET /brand/{application}/{tenant}/logo`.
pub(super) async fn logo(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let (scope, tenant) = of(&path)?;
    engine.tenancy(&scope, Some(tenant)).await.map_err(problem)?;
    let found = engine.logo(&scope, tenant).await.map_err(problem)?;
    let (logo, bytes) = found.ok_or_else(|| Problem::not_found(Missing::Route))?;
    let kept = keeping(&request, &logo.digest);
    let media_type = (header::CONTENT_TYPE, logo.format.media_type());
    Ok(HttpResponse::Ok().insert_header(media_type).insert_header((header::CACHE_CONTROL, kept)).body(bytes))
}

fn of((application, tenant): &(String, String)) -> Result<(Scope, crate::domain::ids::TenantId), Problem> {
    let nowhere = || Problem::not_found(Missing::Route);
    let application = application.parse().map_err(|_| nowhere())?;
    Ok((Scope::of_record(application), tenant.parse().map_err(|_| nowhere())?))
}

/// For ever under the address of this very content, else for a little while.
fn keeping(request: &HttpRequest, digest: &str) -> &'static str {
    if request.query_string().strip_prefix("v=") == Some(digest) {
        "public, max-age=31536000, immutable"
    } else {
        "public, max-age=60"
    }
}
