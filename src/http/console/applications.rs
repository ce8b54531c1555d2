//! `/console` and `/console/applications`: which application to look at.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde_json::json;

use crate::store::applications::{Application, ApplicationAttribute};
use crate::store::slice::Slice;

use super::desk::Desk;
use super::stop::{Stop, go};

/// `GET /console`: the only application there is, or all of them.
pub(super) async fn root(desk: Desk) -> Result<HttpResponse, Stop> {
    let found = read(&desk, 2).await?;
    match found.as_slice() {
        [only] => desk.lobby.go_with(&format!("/console/applications/{}/overview", only.id), &[]),
        _ => desk.lobby.go_with("/console/applications", &[]),
    }
}

/// `GET /console/applications`.
pub(super) async fn show(desk: Desk) -> Result<HttpResponse, Stop> {
    let found = read(&desk, MOST).await?;
    let found: Vec<_> = found
        .iter()
        .map(|application| {
            json!({
                "href": format!("/console/applications/{}/overview", application.id),
                "name": application.display_name,
                "technical": application.name,
            })
        })
        .collect();
    desk.page(StatusCode::OK, "applications", json!({"title": "Applications", "applications": found}))
}

/// `GET /console/applications/{application}`: its overview.
pub(super) async fn one(room: super::room::Room) -> Result<HttpResponse, Stop> {
    Ok(go(&room.path("overview")))
}

/// The first applications by name.
async fn read(desk: &Desk, count: u64) -> Result<Vec<Application>, Stop> {
    let slice = Slice { skip: 0, count, descending: false };
    let (_, found) = desk.engine().page_applications(&[], ApplicationAttribute::DisplayName, slice).await?;
    Ok(found.into_iter().map(|found| found.it).collect())
}

/// How many are listed.
const MOST: u64 = 500;
