//! The mail as it is being written: as a page of its own for the frame, and as
//! remarks for the editor.

use std::collections::BTreeMap;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Map, Value, json};

use crate::domain::template::{Mark, Reach, Slot};
use crate::http::console::act::WideAct;
use crate::http::console::room::Room;
use crate::http::console::stop::Stop;
use crate::workflows::email_templates::{Previewed, Wanted};

use super::{Said, edit, marks, said, slot, stop};

/// For the frame alone: its own styles, no script, no form, no way out, nobody
/// else's frame. Pictures from elsewhere stay away, so that nobody learns who
/// looks at a draft.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; \
    form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox";

/// One mail, with what there is to say about it; or only the latter.
async fn render(room: &Room, slot: &Slot, form: &BTreeMap<String, String>) -> Result<(Option<Previewed>, Said), Stop> {
    let locale = match &slot.reach {
        Reach::In(locale) => locale.clone(),
        Reach::Any => room.engine().own_language(&room.scope, slot).await.map_err(stop)?,
    };
    let parts = edit::own_parts(room, slot, form).await?;
    let wanted = Wanted { parts, data: Value::Object(Map::new()), locale: Some(locale), kind: None };
    match room.engine().preview(&room.scope, slot, wanted).await {
        Ok((mut mails, marks)) => Ok((mails.pop(), Said::Marks(marks))),
        Err(error) => Ok((None, said(error)?)),
    }
}

/// `POST …/email-templates/{kind}/{locale}/preview`: the HTML, for the frame.
pub(in crate::http::console) async fn html(
    act: WideAct<BTreeMap<String, String>>,
    request: HttpRequest,
) -> Result<HttpResponse, Stop> {
    let (desk, form) = act.into_parts();
    let room = Room::at(desk).await?;
    let slot = slot(&room, &request, form.get("tenant").map(String::as_str))?;
    let (mail, said) = render(&room, &slot, &form).await?;
    let html = mail.map_or_else(|| broken(&said), |mail| mail.mail.html.clone());
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .body(html))
}

/// What stands in the frame when there is no mail to see.
fn broken(said: &Said) -> String {
    let words = match said {
        Said::Words(words) | Said::Stale(words) => handlebars::html_escape(words),
        Said::Marks(marks) => marks
            .iter()
            .flat_map(|mark| ["<li>".to_owned(), handlebars::html_escape(&told(mark)), "</li>".to_owned()])
            .collect(),
    };
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>No preview</title>\
         <style>:root{{color-scheme:light dark}}body{{font:1rem/1.5 system-ui;padding:1rem}}</style>\
         <p>The mail cannot be shown:</p><ul>{words}</ul></html>"
    )
}

fn told(mark: &Mark) -> String {
    format!("{}, line {}, column {}: {}", mark.part.as_str(), mark.line, mark.column, mark.message)
}

/// `POST …/email-templates/{kind}/{locale}/check`: the rest, for the script.
pub(in crate::http::console) async fn check(
    act: WideAct<BTreeMap<String, String>>,
    request: HttpRequest,
) -> Result<HttpResponse, Stop> {
    let (desk, form) = act.into_parts();
    let room = Room::at(desk).await?;
    let slot = slot(&room, &request, form.get("tenant").map(String::as_str))?;
    let (mail, said) = render(&room, &slot, &form).await?;
    let (error, found) = match said {
        Said::Words(words) | Said::Stale(words) => (Some(words), Vec::new()),
        Said::Marks(found) => (None, marks(&found)),
    };
    let mail = mail
        .map(|mail| json!({"subject": mail.mail.subject, "preheader": mail.mail.preheader, "text": mail.mail.text}));
    Ok(HttpResponse::Ok().json(json!({"mail": mail, "marks": found, "error": error})))
}
