//! `PUT /api/v1/issuers`

use std::time::Duration;

use actix_web::{HttpRequest, web};

use super::{ClaimMapping, Issuers, PutIssuers, TrustedIssuer};
use crate::domain::access::may;
use crate::domain::issuer::{Fault, Issuer, KeySource, Mapping};
use crate::http::extract::require::unavailable;
use crate::http::extract::{InOrder, Json, RequireHeld};
use crate::http::management::if_match;
use crate::http::problem::{Problem, Violations};
use crate::workflows::Engine;
use crate::workflows::authenticate_caller::Authenticator;
use crate::workflows::issuers::NotReplaced;
use crate::workflows::service_accounts::Manager;

/// `PUT /api/v1/issuers`
pub async fn handle(
    request: HttpRequest,
    InOrder(held, Json(body)): InOrder<RequireHeld<may::IssuerWrite>, Json<PutIssuers>>,
    engine: web::Data<Engine>,
    authenticator: web::Data<Authenticator>,
) -> Result<web::Json<Issuers>, Problem> {
    let authority = held.authority(held.application_scope(None, None)?);
    let seen = if_match::seen(&request)?;
    let mut violations = Violations::new();
    let wanted = read(body, &mut violations);
    violations.into_result()?;
    let manager = Manager::Caller(&held.caller, held.source_ip);
    let replaced = engine.replace_issuers(&authority, manager, wanted, seen, held.now).await;
    let set = replaced.map_err(problem)?;
    authenticator.forget_issuers();
    Ok(web::Json(Issuers::new(set).map_err(|error| unavailable(&error))?))
}

fn problem(error: NotReplaced) -> Problem {
    match error {
        NotReplaced::Faults(faults) => violations(faults).into(),
        NotReplaced::OtherVersion(change) => if_match::mismatch(change.as_ref()),
        NotReplaced::ExceedsGranter => Problem::forbidden(),
        NotReplaced::Store(error) => unavailable(&error),
    }
}

fn violations(faults: Vec<Fault>) -> Violations {
    let mut violations = Violations::new();
    for fault in faults {
        violations.add_all(&fault.field, fault.code, fault.bound);
    }
    violations
}

/// Reads the body; what is missing is noted, and what is there is judged by
/// the use case.
fn read(body: PutIssuers, violations: &mut Violations) -> Vec<Issuer> {
    let Some(issuers) = body.issuers else {
        violations.add("issuers", "required");
        return Vec::new();
    };
    issuers.into_iter().enumerate().filter_map(|(at, issuer)| read_issuer(at, issuer, violations)).collect()
}

fn read_issuer(at: usize, body: TrustedIssuer, violations: &mut Violations) -> Option<Issuer> {
    let field = |name: &str| format!("issuers[{at}].{name}");
    let issuer = required(&field("issuer"), body.issuer, violations);
    let audience = required(&field("audience"), body.audience, violations);
    let keys = match (body.jwks_url, body.jwks) {
        (Some(url), None) => Some(KeySource::Url(url)),
        (None, Some(jwks)) => Some(KeySource::Inline(jwks.to_string())),
        (Some(_), Some(_)) => {
            violations.add(&field("jwks"), "must_be_null");
            None
        }
        (None, None) => {
            violations.add(&field("jwksUrl"), "required");
            None
        }
    };
    let mappings = required(&field("mappings"), body.mappings, violations);
    let mappings: Vec<Option<Mapping>> = mappings
        .into_iter()
        .flatten()
        .enumerate()
        .map(|(nth, mapping)| read_mapping(&field(&format!("mappings[{nth}]")), mapping, violations))
        .collect();
    Some(Issuer {
        issuer: issuer?,
        audience: audience?,
        keys: keys?,
        max_token_age: body.max_token_age_seconds.map(Duration::from_secs),
        mappings: mappings.into_iter().collect::<Option<_>>()?,
    })
}

fn read_mapping(at: &str, body: ClaimMapping, violations: &mut Violations) -> Option<Mapping> {
    let claim = required(&format!("{at}.claim"), body.claim, violations);
    let value = required(&format!("{at}.value"), body.value, violations);
    let field = format!("{at}.serviceAccountId");
    let account = required(&field, body.service_account_id, violations)?.parse();
    if account.is_err() {
        // What cannot be an id is nobody's.
        violations.add(&field, "unknown_service_account");
    }
    Some(Mapping { claim: claim?, value: value?, service_account: account.ok()? })
}

fn required<T>(field: &str, value: Option<T>, violations: &mut Violations) -> Option<T> {
    if value.is_none() {
        violations.add(field, "required");
    }
    value
}
