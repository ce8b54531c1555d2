//! `PUT /api/v1/branding`

use actix_web::{HttpRequest, web};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::{BrandingQuery, BrandingResource, PutBranding};
use crate::domain::access::may;
use crate::domain::branding::{Branding, LARGEST_LOGO, LONGEST_NAME};
use crate::domain::color::Color;
use crate::domain::line;
use crate::http::extract::{InOrder, Query, RequireHeld, UserJson};
use crate::http::management::failure::{id, problem};
use crate::http::management::if_match;
use crate::http::problem::{Problem, Violations};
use crate::workflows::branding::{NewBranding, NewLogo, inspect};
use crate::workflows::{Engine, Noun};

/// Replaces it.
pub async fn handle(
    InOrder(held, body): InOrder<RequireHeld<may::BrandingWrite>, UserJson<PutBranding>>,
    request: HttpRequest,
    Query(query): Query<BrandingQuery>,
    engine: web::Data<Engine>,
) -> Result<web::Json<BrandingResource>, Problem> {
    let named = query.tenant_id.as_deref();
    let tenant = named.map(|text| id(text, Noun::Tenant)).transpose()?;
    let scope = match tenant {
        Some(_) => held.scope(None, None)?,
        None => held.application_scope(None, None)?,
    };
    let new = read(body.0, if_match::seen(&request)?)?;
    let set = engine.replace_branding(&held.authority(scope), tenant, new).await;
    Ok(web::Json(BrandingResource::new(set.map_err(|failure| problem(failure, named.unwrap_or_default()))?)))
}

fn read(body: PutBranding, seen: Option<i64>) -> Result<NewBranding, Problem> {
    let mut violations = Violations::new();
    if let Some(name) = &body.display_name {
        check_name(&mut violations, name);
    }
    let mut color = |field: &str, text: Option<String>| {
        let color = text.map(|text| text.parse::<Color>()).transpose();
        color.unwrap_or_else(|_| {
            violations.add(field, "invalid_color");
            None
        })
    };
    let primary_color = color("primaryColor", body.primary_color);
    let background_color = color("backgroundColor", body.background_color);
    let logo = match (body.logo, body.keep_logo) {
        (None, false) => NewLogo::None,
        (None, true) => NewLogo::Keep,
        (Some(_), true) => {
            violations.add("logo", "must_be_null");
            NewLogo::Keep
        }
        (Some(text), false) => read_logo(&mut violations, &text),
    };
    violations.into_result()?;
    let branding = Branding { display_name: body.display_name, primary_color, background_color, logo: None };
    Ok(NewBranding { branding, logo, seen })
}

fn check_name(violations: &mut Violations, name: &str) {
    if name.trim().is_empty() {
        violations.add("displayName", "empty");
    } else if name.chars().count() > LONGEST_NAME {
        violations.add_with("displayName", "too_long", [("maximumLength", LONGEST_NAME.to_string())]);
    } else if name.chars().any(line::is_unfit) {
        violations.add("displayName", "invalid_characters");
    }
}

fn read_logo(violations: &mut Violations, text: &str) -> NewLogo {
    let found =
        BASE64_STANDARD.decode(text).map_err(|_| "invalid_image").and_then(|bytes| Ok((inspect(&bytes)?, bytes)));
    match found {
        Ok((logo, bytes)) => NewLogo::Replace(logo, bytes),
        Err("too_long") => {
            violations.add_with("logo", "too_long", [("maximumBytes", LARGEST_LOGO.to_string())]);
            NewLogo::None
        }
        Err(code) => {
            violations.add("logo", code);
            NewLogo::None
        }
    }
}
