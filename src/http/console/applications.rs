//! `/console` and `/console/applications`: which application to look at, and
//! one more of them.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde_json::{Value, json};

use crate::store::applications::{Application, ApplicationAttribute};
use crate::store::slice::Slice;
use crate::workflows::Failure;
use crate::workflows::applications::NewApplication;

use super::act::Act;
use super::desk::Desk;
use super::failure;
use super::flash::Flash;
use super::settings::general::{Described, Wrong};
use super::stop::{Stop, go};

/// How many are listed.
const MOST: u64 = 200;

/// `GET /console`: the only application there is, or all of them.
pub(super) async fn root(desk: Desk) -> Result<HttpResponse, Stop> {
    let (_, found) = read(&desk, 2).await?;
    match found.as_slice() {
        [only] => desk.lobby.go_with(&format!("/console/applications/{}/overview", only.id), &[]),
        _ => desk.lobby.go_with("/console/applications", &[]),
    }
}

/// `GET /console/applications`.
pub(super) async fn show(desk: Desk) -> Result<HttpResponse, Stop> {
    page(&desk, StatusCode::OK, &Described::default(), &Wrong::default(), None).await
}

/// `POST /console/applications`.
pub(super) async fn create(act: Act<Described>) -> Result<HttpResponse, Stop> {
    let (desk, form) = act.into_parts();
    let mut wrong = form.wrong();
    if !wrong.is_none() {
        return page(&desk, StatusCode::UNPROCESSABLE_ENTITY, &form, &wrong, None).await;
    }
    let new = NewApplication {
        name: form.name(),
        display_name: form.display_name(),
        support_email: form.support_email(),
        tenant_name: form.tenant_name(),
    };
    match desk.engine().create_application(&desk.origin(), new).await {
        Ok(made) => {
            let target = format!("/console/applications/{}/settings", made.it.id);
            desk.go_saying(&target, Flash::ApplicationCreated)
        }
        Err(taken @ Failure::NameTaken) => {
            wrong.name = failure::words(&taken);
            page(&desk, StatusCode::UNPROCESSABLE_ENTITY, &form, &wrong, None).await
        }
        Err(failure) => match failure::words(&failure) {
            Some(said) => page(&desk, StatusCode::UNPROCESSABLE_ENTITY, &form, &wrong, Some(said)).await,
            None => Err(failure.into()),
        },
    }
}

async fn page(
    desk: &Desk,
    status: StatusCode,
    form: &Described,
    wrong: &Wrong,
    error: Option<String>,
) -> Result<HttpResponse, Stop> {
    let (total, found) = read(desk, MOST).await?;
    let found: Vec<Value> = found
        .iter()
        .map(|application| {
            json!({
                "href": format!("/console/applications/{}/overview", application.id),
                "name": application.display_name,
                "technical": application.name,
            })
        })
        .collect();
    let view = json!({
        "title": "Applications", "applications": found, "total": total, "most": MOST, "full": total > MOST,
        "path": "/console/applications", "form": form.view(), "new": true, "wrong": wrong.view(),
        "any": !wrong.is_none(), "error": error,
    });
    desk.page(status, "applications", view)
}

/// `GET /console/applications/{application}`: its overview.
pub(super) async fn one(room: super::room::Room) -> Result<HttpResponse, Stop> {
    Ok(go(&room.path("overview")))
}

/// How many applications there are, and the first of them by name.
async fn read(desk: &Desk, count: u64) -> Result<(u64, Vec<Application>), Stop> {
    let slice = Slice { skip: 0, count, descending: false };
    let (total, found) = desk.engine().page_applications(&[], ApplicationAttribute::DisplayName, slice).await?;
    Ok((total, found.into_iter().map(|found| found.it).collect()))
}
