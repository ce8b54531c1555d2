//! Changing an issuer, and trusting it no more.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};

use crate::http::console::act::WideAct;
use crate::http::console::flash::Flash;
use crate::http::console::stop::Stop;
use crate::workflows::authenticate_caller::Authenticator;

use super::form::{self, Typed};
use super::one::{About, page};
use super::{Edit, PAGE, Refused, place};

/// `POST …/settings/issuers/{issuer}`.
pub(in crate::http::console) async fn change(
    act: WideAct<Typed>,
    request: HttpRequest,
    authenticator: web::Data<Authenticator>,
) -> Result<HttpResponse, Stop> {
    let at = place(&request, "issuer")?;
    let here = format!("{PAGE}/{at}");
    let mut edit = Edit::begin(act, &here).await?;
    if !edit.is_stale {
        let mappings = edit.issuer(at)?.mappings.clone();
        match form::issuer(&edit.typed, mappings) {
            Ok(issuer) => *edit.issuer(at)? = issuer,
            Err(wrong) => {
                let about = (About::Issuer, Some(&edit.typed));
                return page(&edit.room, at, StatusCode::UNPROCESSABLE_ENTITY, about, &wrong).await;
            }
        }
    }
    match edit.put(&authenticator).await? {
        Ok(()) => edit.room.go_saying(&here, Flash::IssuersChanged),
        Err(Refused { status, wrong }) => {
            let typed = Some(&edit.typed).filter(|_| status != StatusCode::CONFLICT);
            page(&edit.room, at, status, (About::Issuer, typed), &wrong).await
        }
    }
}

/// `POST …/settings/issuers/{issuer}/remove`.
pub(in crate::http::console) async fn remove(
    act: WideAct<Typed>,
    request: HttpRequest,
    authenticator: web::Data<Authenticator>,
) -> Result<HttpResponse, Stop> {
    let at = place(&request, "issuer")?;
    let mut edit = Edit::begin(act, &format!("{PAGE}/{at}")).await?;
    if !edit.is_stale {
        edit.issuer(at)?;
        edit.issuers.remove(at);
    }
    match edit.put(&authenticator).await? {
        Ok(()) => edit.room.go_saying(PAGE, Flash::IssuersChanged),
        Err(Refused { status, wrong }) => page(&edit.room, at, status, (About::Issuer, None), &wrong).await,
    }
}
