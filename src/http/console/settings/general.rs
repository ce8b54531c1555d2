//! `…/settings`: the names of an application, and where its users find help.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::email_address::EmailAddress;
use crate::domain::line;
use crate::http::console::act::Act;
use crate::http::console::failure;
use crate::http::console::flash::Flash;
use crate::http::console::menu::Screen;
use crate::http::console::room::Room;
use crate::http::console::stop::Stop;
use crate::http::console::words::moment;
use crate::workflows::Failure;
use crate::workflows::applications::ApplicationChange;

use super::{Tab, tabs};

/// The longest name, in characters, as the management API has it.
const LONGEST: usize = 200;

/// An application as a form describes it.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http::console) struct Described {
    name: String,
    display_name: String,
    support_email: String,
    #[serde(default)]
    tenant_name: String,
    #[serde(default)]
    version: String,
}

/// What is wrong with each field of it.
#[derive(Default)]
pub(in crate::http::console) struct Wrong {
    pub(in crate::http::console) name: Option<String>,
    display_name: Option<String>,
    support_email: Option<String>,
    tenant_name: Option<String>,
}

impl Wrong {
    /// Whether nothing is.
    pub(in crate::http::console) const fn is_none(&self) -> bool {
        self.name.is_none() && self.display_name.is_none() && self.support_email.is_none() && self.tenant_name.is_none()
    }

    /// For the template.
    pub(in crate::http::console) fn view(&self) -> Value {
        json!({"name": self.name, "display_name": self.display_name, "support_email": self.support_email,
            "tenant_name": self.tenant_name})
    }
}

/// Something on one line that can be seen.
fn is_line(text: &str) -> bool {
    !text.is_empty() && text.chars().count() <= LONGEST && !text.chars().any(line::is_unfit)
}

fn filled(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

impl Described {
    /// What is wrong with it.
    pub(in crate::http::console) fn wrong(&self) -> Wrong {
        let said = |fine: bool, text: &str| (!fine).then(|| text.to_owned());
        let line_or_empty = |text: &str| filled(text).is_none_or(|text| is_line(&text));
        let one_line = "Keep it to one line of at most 200 characters.";
        let email = filled(&self.support_email);
        Wrong {
            name: said(is_line(self.name.trim()), "Enter a name: one line of at most 200 characters."),
            display_name: said(line_or_empty(&self.display_name), one_line),
            support_email: said(
                email.is_none_or(|email| EmailAddress::parse(&email).is_ok()),
                "Enter one email address, such as help@example.com, or leave it empty.",
            ),
            tenant_name: said(line_or_empty(&self.tenant_name), one_line),
        }
    }

    /// Its name.
    pub(in crate::http::console) fn name(&self) -> String {
        self.name.trim().to_owned()
    }

    /// Its name for people, if there is one.
    pub(in crate::http::console) fn display_name(&self) -> Option<String> {
        filled(&self.display_name)
    }

    /// Where people can ask for help, if anywhere.
    pub(in crate::http::console) fn support_email(&self) -> Option<String> {
        filled(&self.support_email)
    }

    /// The name of its first tenant, if there is one.
    pub(in crate::http::console) fn tenant_name(&self) -> Option<String> {
        filled(&self.tenant_name)
    }

    /// What was typed, cut to what a page can bear.
    pub(in crate::http::console) fn view(&self) -> Value {
        let cut = |text: &str| text.chars().take(LONGEST + 1).collect::<String>();
        json!({"name": cut(&self.name), "display_name": cut(&self.display_name),
            "support_email": cut(&self.support_email), "tenant_name": cut(&self.tenant_name)})
    }
}

/// `GET …/settings`.
pub(in crate::http::console) async fn show(room: Room) -> Result<HttpResponse, Stop> {
    page(&room, StatusCode::OK, None, &Wrong::default(), None).await
}

/// `POST …/settings`.
pub(in crate::http::console) async fn change(act: Act<Described>) -> Result<HttpResponse, Stop> {
    let (desk, form) = act.into_parts();
    let room = Room::at(desk).await?;
    let mut wrong = form.wrong();
    if !wrong.is_none() {
        return page(&room, StatusCode::UNPROCESSABLE_ENTITY, Some(&form), &wrong, None).await;
    }
    let change = ApplicationChange {
        name: Some(form.name()),
        display_name: Some(form.display_name().unwrap_or_else(|| form.name())),
        support_email: Some(form.support_email()),
        version: form.version.parse().ok(),
    };
    match room.engine().update_application(&room.origin(), room.application.id, change).await {
        Ok(_) => room.go_saying("settings", Flash::Saved),
        Err(stale @ Failure::Stale(_)) => page(&room, StatusCode::CONFLICT, None, &wrong, failure::words(&stale)).await,
        Err(taken @ Failure::NameTaken) => {
            wrong.name = failure::words(&taken);
            page(&room, StatusCode::UNPROCESSABLE_ENTITY, Some(&form), &wrong, None).await
        }
        Err(other) => Err(other.into()),
    }
}

async fn page(
    room: &Room,
    status: StatusCode,
    typed: Option<&Described>,
    wrong: &Wrong,
    error: Option<String>,
) -> Result<HttpResponse, Stop> {
    let found = room.engine().get_application(room.application.id).await?;
    let set = || {
        json!({"name": found.it.name, "display_name": found.it.display_name,
            "support_email": found.it.support_email.clone().unwrap_or_default(), "tenant_name": ""})
    };
    let view = json!({
        "title": "Settings", "which": "Which settings", "tabs": tabs(room, Tab::General), "path": room.path("settings"),
        "form": typed.map_or_else(set, Described::view), "new": false, "wrong": wrong.view(), "any": !wrong.is_none(),
        "error": error, "version": found.version, "id": found.it.id,
        "made": moment(found.created_at, room.now), "changed": moment(found.updated_at, room.now),
    });
    room.page_as(status, "settings", Screen::Settings, view)
}
