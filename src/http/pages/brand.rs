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
        let (width, height) = shown(logo.width, logo.height);
        json!({ "address": format!("{base}/logo?v={}", logo.digest), "width": width, "height": height })
    });
    json!({
        "style": (!style.is_empty()).then(|| format!("{base}/style.css?v={}", digest(&style))),
        "logo": logo,
    })
}

/// The size in which a logo of this size is shown, in CSS pixels: known before
/// it has come, so that nothing moves when it does.
fn shown(width: usize, height: usize) -> (usize, usize) {
    const MOST: (usize, usize) = (192, 48);
    let fitting = |part: usize, most: usize, whole: usize| (part * most).div_ceil(whole.max(1)).max(1);
    if width <= MOST.0 && height <= MOST.1 {
        (width, height)
    } else if width * MOST.1 > height * MOST.0 {
        (MOST.0, fitting(height, MOST.0, width))
    } else {
        (fitting(width, MOST.1, height), MOST.1)
    }
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

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn a_logo_is_shown_within_its_box_and_keeps_its_shape() {
        for (size, expected) in [
            ((100, 40), (100, 40)),
            ((1024, 256), (192, 48)),
            ((1024, 64), (192, 12)),
            ((64, 1024), (3, 48)),
            ((1024, 1), (192, 1)),
        ] {
            assert_eq!(shown(size.0, size.1), expected, "{size:?}");
        }
    }
}
