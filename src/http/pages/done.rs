//! `/reset-password/done`, and where a completion leads.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use url::Url;

use crate::http::extract::Query;
use crate::http::middleware::CONTENT_SECURITY_POLICY;
use crate::http::problem::Problem;
use crate::locales::helpers::Said;
use crate::workflows::resets::link::for_tenant;

use super::dead::{Offer, message};
use super::place::{Place, PlaceQuery};
use super::visit::Visit;

/// `GET /reset-password/done`.
pub(super) async fn show(visit: Visit, Query(query): Query<PlaceQuery>) -> Result<HttpResponse, Problem> {
    let place = Place::find(&visit.engine, &query).await?;
    let back = place.tenancy.workflow.custom_redirect_url.as_ref();
    let back = back.and_then(|target| for_tenant(target, &place.tenancy.tenant.name));
    let back = back.filter(|target| place.tenancy.may_lead_to(target));
    let label = || Said::new("done-back").with("application", place.display_name());
    let offer = back.as_deref().and_then(target).map_or(Offer::None, |url| Offer::Link(url.to_string(), label()));
    message(&visit, StatusCode::OK, ("done-title", "done-text"), Some(&place), offer)
}

/// A registered redirect as an address that a browser may be sent to: any
/// scheme of an application, none that runs or shows what it carries.
pub(super) fn target(redirect: &str) -> Option<Url> {
    let url = Url::parse(redirect).ok()?;
    (!["javascript", "data", "vbscript", "blob", "file", "about"].contains(&url.scheme())).then_some(url)
}

/// The security policy of a form whose success leads to `target`: browsers
/// hold the redirect that answers a form against `form-action`, too.
pub(super) fn policy_towards(target: &Url) -> String {
    let origin = target.origin();
    let source = if origin.is_tuple() { origin.ascii_serialization() } else { format!("{}:", target.scheme()) };
    CONTENT_SECURITY_POLICY.replace("form-action 'self'", &format!("form-action 'self' {source}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_may_lead_to_the_origin_of_its_redirect_and_nowhere_else() {
        let policy = policy_towards(&target("https://app.example.com/in;x?y='z").unwrap());
        assert!(policy.contains("form-action 'self' https://app.example.com;"), "{policy}");
        let policy = policy_towards(&target("com.example.app:/signed-in").unwrap());
        assert!(policy.contains("form-action 'self' com.example.app:;"), "{policy}");
        assert!(!policy.contains("unsafe"));
    }

    #[test]
    fn a_redirect_that_runs_is_no_target() {
        for bad in ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "/relative", ""] {
            assert!(target(bad).is_none(), "{bad}");
        }
    }
}
