//! Where a flow ends without a new password: links that are over, forms that
//! are stale. Each page says why, and what to do now.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde_json::json;

use crate::domain::reset::Refusal;
use crate::http::problem::Problem;
use crate::locales::helpers::Said;

use super::place::{Place, PlaceQuery};
use super::visit::Visit;

/// The names of a page's title and text.
pub(super) type Words = (&'static str, &'static str);

/// What a page offers to do.
pub(super) enum Offer {
    /// Nothing.
    None,
    /// A link: where it leads and what it says.
    Link(String, Said),
    /// Says first where they want to sign in, then asks for a new link.
    AskWhere,
}

/// A page of one message.
pub(super) fn message(
    visit: &Visit,
    status: StatusCode,
    (title, text): Words,
    place: Option<&Place>,
    offer: Offer,
) -> Result<HttpResponse, Problem> {
    let (action, ask) = match offer {
        Offer::None => (None, false),
        Offer::Link(address, label) => (Some(json!({ "address": address, "label": label })), false),
        Offer::AskWhere => (None, true),
    };
    let view = json!({
        "title": Said::new(title),
        "text": text,
        "good": status.is_success(),
        "support": place.and_then(|place| place.tenancy.application.support_email.as_ref()),
        "action": action,
        "ask": ask,
    });
    visit.page(status, "message", place, view)
}

/// "Send me a new one", from there.
fn send_new(place: &Place) -> Offer {
    Offer::Link(place.start(), Said::new("send-new"))
}

/// A known link that cannot be used (any more).
pub(super) fn refused(visit: &Visit, refusal: Refusal, place: &Place) -> Result<HttpResponse, Problem> {
    let words = match refusal {
        Refusal::Expired => ("link-expired-title", "link-expired-text"),
        Refusal::Used => ("link-used-title", "link-used-text"),
        Refusal::Superseded => ("link-superseded-title", "link-superseded-text"),
        Refusal::Cancelled | Refusal::Exhausted => ("link-cancelled-title", "link-cancelled-text"),
    };
    message(visit, StatusCode::GONE, words, Some(place), send_new(place))
}

/// A code whose time is over.
pub(super) fn expired_code(visit: &Visit, place: &Place) -> Result<HttpResponse, Problem> {
    let words = ("code-expired-title", "code-expired-text");
    message(visit, StatusCode::GONE, words, Some(place), send_new(place))
}

/// A code that was right on the way here and is not usable now.
pub(super) fn dead_code(visit: &Visit, place: &Place) -> Result<HttpResponse, Problem> {
    let words = ("code-dead-title", "code-dead-text");
    message(visit, StatusCode::NOT_FOUND, words, Some(place), send_new(place))
}

/// A token that nobody knows.
pub(super) async fn not_recognised(visit: &Visit) -> Result<HttpResponse, Problem> {
    nowhere(visit, ("link-unknown-title", "link-unknown-text")).await
}

/// No flow at all: the page was opened by itself, or too long ago.
pub(super) async fn no_flow(visit: &Visit) -> Result<HttpResponse, Problem> {
    nowhere(visit, ("no-flow-title", "no-flow-text")).await
}

/// Without a flow there is no application, unless there is only one: then the
/// visitor is asked.
async fn nowhere(visit: &Visit, words: Words) -> Result<HttpResponse, Problem> {
    let place = Place::find(&visit.engine, &PlaceQuery::default()).await.ok();
    let offer = place.as_ref().map_or(Offer::AskWhere, send_new);
    message(visit, StatusCode::NOT_FOUND, words, place.as_ref(), offer)
}

/// A form that was not shown by us, not to this browser or not for this flow.
pub(super) fn stale(visit: &Visit, page: &str) -> Result<HttpResponse, Problem> {
    let offer = Offer::Link(page.to_owned(), Said::new("stale-action"));
    message(visit, StatusCode::FORBIDDEN, ("stale-title", "stale-text"), None, offer)
}

/// A tenant whose users have no passwords.
pub(super) fn no_passwords(visit: &Visit, place: &Place) -> Result<HttpResponse, Problem> {
    let words = ("no-passwords-title", "no-passwords-text");
    message(visit, StatusCode::FORBIDDEN, words, Some(place), Offer::None)
}
