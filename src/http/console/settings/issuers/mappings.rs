//! Whose tokens act as which account: one more rule, and one less.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};

use crate::http::console::act::WideAct;
use crate::http::console::flash::Flash;
use crate::http::console::stop::Stop;
use crate::workflows::authenticate_caller::Authenticator;

use super::form::{self, Typed};
use super::one::{About, page};
use super::{Edit, PAGE, Refused, place};

/// `POST …/settings/issuers/{issuer}/mappings`.
pub(in crate::http::console) async fn add(
    act: WideAct<Typed>,
    request: HttpRequest,
    authenticator: web::Data<Authenticator>,
) -> Result<HttpResponse, Stop> {
    let at = place(&request, "issuer")?;
    let here = format!("{PAGE}/{at}");
    let mut edit = Edit::begin(act, &here).await?;
    if !edit.is_stale {
        match form::mapping(&edit.typed) {
            Ok(mapping) => edit.issuer(at)?.mappings.push(mapping),
            Err(wrong) => {
                let about = (About::Mapping, Some(&edit.typed));
                return page(&edit.room, at, StatusCode::UNPROCESSABLE_ENTITY, about, &wrong).await;
            }
        }
    }
    match edit.put(&authenticator).await? {
        Ok(()) => edit.room.go_saying(&here, Flash::IssuersChanged),
        Err(Refused { status, wrong }) => {
            page(&edit.room, at, status, (About::Mapping, Some(&edit.typed)), &wrong).await
        }
    }
}

/// `POST …/settings/issuers/{issuer}/mappings/{mapping}/remove`.
pub(in crate::http::console) async fn remove(
    act: WideAct<Typed>,
    request: HttpRequest,
    authenticator: web::Data<Authenticator>,
) -> Result<HttpResponse, Stop> {
    let (at, nth) = (place(&request, "issuer")?, place(&request, "mapping")?);
    let here = format!("{PAGE}/{at}");
    let mut edit = Edit::begin(act, &here).await?;
    if !edit.is_stale {
        let mappings = &mut edit.issuer(at)?.mappings;
        if nth >= mappings.len() {
            return Err(Stop::nothing());
        }
        mappings.remove(nth);
    }
    match edit.put(&authenticator).await? {
        Ok(()) => edit.room.go_saying(&here, Flash::IssuersChanged),
        Err(Refused { status, wrong }) => page(&edit.room, at, status, (About::Issuer, None), &wrong).await,
    }
}
