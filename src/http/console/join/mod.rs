//! `/console/join`: an invitation becomes an operator. The first GET only
//! moves the token out of the address; then a password is chosen, then an
//! authenticator is set up, whose code makes both count.

pub(super) mod account;
pub(super) mod authenticator;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde_json::json;

use crate::domain::operator::Uninvited;
use crate::domain::secret::Secret;
use crate::workflows::console::join::JoinFailure;

use super::cookies::Jar;
use super::lobby::Lobby;
use super::stop::Stop;

/// The token of the invitation that this browser has opened.
fn token(lobby: &Lobby) -> Secret {
    Secret::new(lobby.cookie(Jar::Invitation).unwrap_or_default())
}

/// What to answer when nobody joins, and the page at hand has no words for it.
fn refused(lobby: &Lobby, failure: JoinFailure) -> Result<HttpResponse, Stop> {
    let why = match failure {
        JoinFailure::Uninvited(why) => why,
        JoinFailure::Failure(failure) => return Err(failure.into()),
    };
    let (title, text) = match why {
        Uninvited::Unknown => ("This invitation is not known here", "The link may be incomplete: copy all of it."),
        Uninvited::Used => ("This invitation was used", "Each link works once. If it was you, sign in."),
        Uninvited::Over => ("This invitation is over", "A link works for a quarter of an hour."),
    };
    lobby.form(StatusCode::GONE, "uninvited", json!({"title": title, "text": text}))
}
