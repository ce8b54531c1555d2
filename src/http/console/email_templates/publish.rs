//! Publishing what is written, and sending it to oneself first.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Map, Value};

use crate::domain::email_address::EmailAddress;
use crate::domain::line;
use crate::http::console::act::WideAct;
use crate::http::console::flash::Flash;
use crate::http::console::room::Room;
use crate::http::console::stop::Stop;
use crate::workflows::email_templates::{NewVersion, TestMail};

use super::edit::{Remarks, own_parts, page};
use super::{path, said, slot};

/// `POST …/email-templates/{kind}/{locale}/publish`: saves, then publishes.
pub(in crate::http::console) async fn publish(
    act: WideAct<BTreeMap<String, String>>,
    request: HttpRequest,
) -> Result<HttpResponse, Stop> {
    let (desk, form) = act.into_parts();
    let room = Room::at(desk).await?;
    let slot = slot(&room, &request, form.get("tenant").map(String::as_str))?;
    // Mails go out with it to everybody from now on.
    room.confirmed(&room.path(&path(&slot, "")))?;
    let parts = own_parts(&room, &slot, &form).await?;
    let (authority, engine) = (room.authority(), room.engine());
    let seen = form.get("version").and_then(|version| version.parse().ok());
    let note =
        form.get("note").map(|note| note.trim().chars().filter(|c| !line::turns(*c)).take(200).collect::<String>());
    let note = note.filter(|note| !note.is_empty());
    let done = match engine.save_draft(&authority, &slot, parts, seen).await {
        Ok((template, _)) => {
            engine.publish(&authority, &slot, NewVersion { note, seen: Some(template.version) }).await.map(drop)
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(()) => room.go_saying(&path(&slot, ""), Flash::Published),
        Err(error) => {
            let remarks = Remarks::of(said(error)?);
            page(&room, &slot, StatusCode::UNPROCESSABLE_ENTITY, Some(&form), remarks).await
        }
    }
}

/// `POST …/email-templates/{kind}/{locale}/test`: sends it as it is written.
pub(in crate::http::console) async fn test(
    act: WideAct<BTreeMap<String, String>>,
    request: HttpRequest,
) -> Result<HttpResponse, Stop> {
    let (desk, form) = act.into_parts();
    let room = Room::at(desk).await?;
    let slot = slot(&room, &request, form.get("tenant").map(String::as_str))?;
    let to = form.get("to").map(String::as_str).unwrap_or_default();
    let remarks = match EmailAddress::parse(to) {
        Err(_) => Remarks { error: Some("Enter the address that the test goes to.".to_owned()), ..Remarks::default() },
        Ok(to) => {
            let parts = own_parts(&room, &slot, &form).await?;
            let mail = TestMail { to, parts, data: Value::Object(Map::new()), locale: None };
            match room.engine().send_test(&room.authority(), &slot, mail).await {
                Err(error) => Remarks::of(said(error)?),
                Ok(answer) => {
                    let by = answer.transport.map(|name| format!(" ({name})")).unwrap_or_default();
                    let words = format!("The mail server{by} said: {}", answer.answer);
                    if answer.is_accepted {
                        Remarks { good: Some(format!("Sent. {words}")), marks: answer.marks, ..Remarks::default() }
                    } else {
                        Remarks { error: Some(format!("Not sent. {words}")), marks: answer.marks, ..Remarks::default() }
                    }
                }
            }
        }
    };
    let status = if remarks.error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page(&room, &slot, status, Some(&form), remarks).await
}
