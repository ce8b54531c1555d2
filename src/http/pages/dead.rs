//! Where a flow ends without a new password: links that are over, forms that
//! are stale. Each page says why, and what to do now.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde_json::{Value, json};

use crate::domain::reset::Refusal;
use crate::http::problem::Problem;

use super::place::{Place, PlaceQuery};
use super::visit::Visit;

/// A page of one message. `action` is where it leads and what the link says.
pub(super) fn message(
    visit: &Visit,
    status: StatusCode,
    (title, text): (&str, &str),
    place: Option<&Place>,
    action: Option<(String, &str)>,
) -> Result<HttpResponse, Problem> {
    visit.page(status, "message", view(title, text, status, place, action))
}

fn view(title: &str, text: &str, status: StatusCode, place: Option<&Place>, action: Option<(String, &str)>) -> Value {
    let application = place.map(|place| &place.tenancy.application);
    json!({
        "title": title,
        "text": text,
        "good": status.is_success(),
        "application": application.map(|application| &application.display_name),
        "support": application.and_then(|application| application.support_email.as_ref()),
        "action": action.map(|(address, label)| json!({ "address": address, "label": label })),
    })
}

/// A known link that cannot be used (any more).
pub(super) fn refused(visit: &Visit, refusal: Refusal, place: &Place) -> Result<HttpResponse, Problem> {
    let words = match refusal {
        Refusal::Expired => (
            "This link has expired",
            "Links work for a short time only, to keep your account safe. Your password is unchanged.",
        ),
        Refusal::Used => (
            "This link was already used",
            "A password was set with it, and a link works once. If that was not you, ask for a new link now.",
        ),
        Refusal::Superseded => (
            "There is a newer link",
            "You asked more than once, and this link was replaced by a newer one. Look for the latest email.",
        ),
        Refusal::Cancelled | Refusal::Exhausted => (
            "This link was cancelled",
            "Something about the account changed after the link was made. Your password is unchanged.",
        ),
    };
    message(visit, StatusCode::GONE, words, Some(place), Some((place.start(), "Send me a new one")))
}

/// A code whose time is over.
pub(super) fn expired_code(visit: &Visit, place: &Place) -> Result<HttpResponse, Problem> {
    let words =
        ("This code has expired", "Codes work for a few minutes only, to keep your account safe. Ask for a new one.");
    message(visit, StatusCode::GONE, words, Some(place), Some((place.start(), "Send me a new one")))
}

/// A code that was right on the way here and is not usable now.
pub(super) fn dead_code(visit: &Visit, place: &Place) -> Result<HttpResponse, Problem> {
    let words = ("This code does not work", "It may have been used already, or replaced by a newer one.");
    message(visit, StatusCode::NOT_FOUND, words, Some(place), Some((place.start(), "Send me a new one")))
}

/// A token that nobody knows.
pub(super) async fn not_recognised(visit: &Visit) -> Result<HttpResponse, Problem> {
    let words = (
        "This link is not recognised",
        "It may be damaged: some mail programs break long links in two. Copy the whole link into the address bar, or ask for a new one.",
    );
    nowhere(visit, words).await
}

/// No flow at all: the page was opened by itself, or too long ago.
pub(super) async fn no_flow(visit: &Visit) -> Result<HttpResponse, Problem> {
    let words = (
        "Open your link again",
        "This page opens from the link in your email, and stays open for ten minutes. Click the link once more. If you come back here, allow cookies for this site.",
    );
    nowhere(visit, words).await
}

/// Without a flow there is no application, unless there is only one.
async fn nowhere(visit: &Visit, words: (&str, &str)) -> Result<HttpResponse, Problem> {
    let place = Place::find(&visit.engine, &PlaceQuery::default()).await.ok();
    let action = place.as_ref().map(|place| (place.start(), "Send me a new one"));
    message(visit, StatusCode::NOT_FOUND, words, place.as_ref(), action)
}

/// A form that was not shown by us, not to this browser or not for this flow.
pub(super) fn stale(visit: &Visit, page: &str) -> Result<HttpResponse, Problem> {
    let words = (
        "Please try that again",
        "The form was open for too long, or another link was opened in the meantime. Nothing was changed.",
    );
    message(visit, StatusCode::FORBIDDEN, words, None, Some((page.to_owned(), "Open the form again")))
}

/// A tenant whose users have no passwords.
pub(super) fn no_passwords(visit: &Visit, place: &Place) -> Result<HttpResponse, Problem> {
    let words = ("Passwords are not used here", "Sign in the way you usually do, or ask for help there.");
    message(visit, StatusCode::FORBIDDEN, words, Some(place), None)
}
