//! `/console/operators`: who runs this installation, and inviting others.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::ids::OperatorId;
use crate::domain::line;
use crate::domain::operator::INVITED_NAME;
use crate::domain::secret::Secret;
use crate::workflows::Failure;
use crate::workflows::operators::managed::OperatorChange;

use super::act::Act;
use super::desk::Desk;
use super::failure::words;
use super::flash::Flash;
use super::qr;
use super::stop::Stop;
use super::words::moment;

const PAGE: &str = "/console/operators";

/// `GET /console/operators`.
pub(super) async fn show(desk: Desk) -> Result<HttpResponse, Stop> {
    page(&desk, StatusCode::OK, None, None).await
}

/// Whom to invite.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Invited {
    name: String,
}

/// `POST /console/operators/invite`: the link is shown once, here.
pub(super) async fn invite(act: Act<Invited>) -> Result<HttpResponse, Stop> {
    act.confirmed(PAGE)?;
    let name = act.form.name.trim();
    if name.is_empty() || name.chars().count() > INVITED_NAME || name.chars().any(line::is_unfit) {
        let error = "Enter the name of whom you invite, of at most 80 characters.";
        return page(&act, StatusCode::UNPROCESSABLE_ENTITY, None, Some(error)).await;
    }
    let (invitation, link) = act.engine().invite_operator(name, &act.origin()).await?;
    page(&act, StatusCode::OK, Some((&invitation.name, &link)), None).await
}

/// What to do with an operator.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Shut {
    out: String,
}

/// `POST /console/operators/{operator}/shut`.
pub(super) async fn shut(act: Act<Shut>, operator: web::Path<String>) -> Result<HttpResponse, Stop> {
    act.confirmed(PAGE)?;
    let operator: OperatorId = operator.parse().map_err(|_| Stop::nothing())?;
    let out = act.form.out == "true";
    let change = OperatorChange { disabled: Some(out), version: None };
    match act.engine().change_operator(&act.origin(), operator, change).await {
        Ok(_) => act.go_saying(PAGE, if out { Flash::OperatorShut } else { Flash::OperatorOpened }),
        Err(failure @ Failure::LastOperator) => {
            page(&act, StatusCode::CONFLICT, None, words(&failure).as_deref()).await
        }
        Err(failure) => Err(failure.into()),
    }
}

async fn page(
    desk: &Desk,
    status: StatusCode,
    invited: Option<(&str, &Secret)>,
    error: Option<&str>,
) -> Result<HttpResponse, Stop> {
    let operators = desk.engine().list_operators().await?;
    let operators: Vec<Value> = operators
        .iter()
        .map(|(operator, address)| {
            json!({
                "id": operator.id,
                "name": operator.name,
                "email": address,
                "disabled": operator.disabled,
                "me": operator.id == desk.operator.id,
                "since": moment(operator.created_at, desk.now),
            })
        })
        .collect();
    let invited = invited.map(|(name, link)| {
        let image = qr::svg(link, "QR code of the invitation");
        json!({"name": name, "link": link.expose(), "qr": image})
    });
    let view = json!({"title": "Operators", "operators": operators, "invited": invited, "error": error});
    desk.page(status, "operators", view)
}
