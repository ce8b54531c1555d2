//! `/console/account`: where the operator is signed in.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde_json::json;

use crate::domain::ids::OperatorSessionId;

use super::act::{Act, Nothing};
use super::desk::Desk;
use super::flash::Flash;
use super::stop::Stop;
use super::words::moment;

const PAGE: &str = "/console/account";

/// `GET /console/account`.
pub(super) async fn show(desk: Desk) -> Result<HttpResponse, Stop> {
    let sessions = desk.engine().sessions_of_operator(desk.operator.id, desk.now).await?;
    let sessions: Vec<_> = sessions
        .iter()
        .map(|session| {
            json!({
                "id": session.id,
                "here": session.id == desk.session.id,
                "browser": session.browser.as_deref().unwrap_or("A browser"),
                "network": session.network.as_deref().unwrap_or("unknown"),
                "began": moment(session.created_at, desk.now),
                "seen": moment(session.seen_at, desk.now),
            })
        })
        .collect();
    let view = json!({
        "title": "Your account",
        "name": desk.operator.name,
        "email": desk.operator.email,
        "sessions": sessions,
    });
    desk.page(StatusCode::OK, "account", view)
}

/// `POST /console/account/sessions/{session}/end`.
pub(super) async fn end(act: Act<Nothing>, session: web::Path<String>) -> Result<HttpResponse, Stop> {
    let session: OperatorSessionId = session.parse().map_err(|_| Stop::nothing())?;
    act.engine().end_console_session(act.operator.id, session, &act.origin()).await?;
    act.go_saying(PAGE, Flash::SessionEnded)
}
