//! `…/settings/origins`: where links and redirects of an application may lead.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::origins::{MOST, Origins};
use crate::http::console::act::WideAct;
use crate::http::console::failure;
use crate::http::console::flash::Flash;
use crate::http::console::menu::Screen;
use crate::http::console::room::Room;
use crate::http::console::stop::Stop;
use crate::http::console::words::moment;
use crate::workflows::Failure;

use super::{Tab, tabs};

const PAGE: &str = "settings/origins";

/// The registration as a form writes it: one address a line.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http::console) struct Typed {
    origins: String,
    redirect_urls: String,
    version: String,
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// What is wrong, by field, a sentence for each line.
type Wrong = BTreeMap<&'static str, Vec<String>>;

/// What is wrong with an address, in words.
fn said(list: &[String], field: &str, code: &str) -> String {
    let place = field.split(['[', ']']).nth(1).and_then(|place| place.parse::<usize>().ok());
    let Some(line) = place.and_then(|place| list.get(place)) else {
        return format!("At most {MOST} of them.");
    };
    let shown: String = line.chars().take(80).collect();
    let why = match code {
        "not_https" if field.starts_with("origins") => "has to begin with https://, or be an address of this machine",
        "not_https" => "has to begin with https://, or be an address of this machine or an app’s own",
        "invalid_origin" => {
            "is more than an origin: write only https, the name and the port, such as https://app.example.com"
        }
        "not_available" => "stands here twice",
        _ => "is not a whole address such as https://app.example.com",
    };
    format!("{shown} {why}.")
}

fn judge(wanted: &Origins) -> Wrong {
    let mut wrong = Wrong::new();
    for (field, code) in wanted.faults() {
        let (name, list) = if field.starts_with("origins") {
            ("origins", &wanted.origins)
        } else {
            ("redirect_urls", &wanted.redirect_urls)
        };
        wrong.entry(name).or_default().push(said(list, &field, code));
    }
    // A page bears only so much.
    for said in wrong.values_mut() {
        said.truncate(10);
    }
    wrong
}

/// `GET …/settings/origins`.
pub(in crate::http::console) async fn show(room: Room) -> Result<HttpResponse, Stop> {
    page(&room, StatusCode::OK, None, &Wrong::new(), None).await
}

/// `POST …/settings/origins`: whoever sets where a link leads can take
/// accounts over, so it asks who it is.
pub(in crate::http::console) async fn put(act: WideAct<Typed>) -> Result<HttpResponse, Stop> {
    let (desk, typed) = act.into_parts();
    let room = Room::at(desk).await?;
    room.confirmed(&room.path(PAGE))?;
    let wanted = Origins { origins: lines(&typed.origins), redirect_urls: lines(&typed.redirect_urls) };
    let wrong = judge(&wanted);
    if !wrong.is_empty() {
        return page(&room, StatusCode::UNPROCESSABLE_ENTITY, Some(&typed), &wrong, None).await;
    }
    match room.engine().replace_origins(&room.authority(), &wanted, typed.version.parse().ok()).await {
        Ok(_) => room.go_saying(PAGE, Flash::OriginsSaved),
        Err(stale @ Failure::Stale(_)) => {
            page(&room, StatusCode::CONFLICT, None, &Wrong::new(), failure::words(&stale)).await
        }
        Err(other) => Err(other.into()),
    }
}

async fn page(
    room: &Room,
    status: StatusCode,
    typed: Option<&Typed>,
    wrong: &Wrong,
    error: Option<String>,
) -> Result<HttpResponse, Stop> {
    let registered = room.engine().origins(&room.scope).await?;
    let set = |list: fn(&Origins) -> &Vec<String>| {
        registered.as_ref().map(|registered| list(&registered.origins).join("\n")).unwrap_or_default()
    };
    let view = json!({
        "title": "Settings", "which": "Which settings", "tabs": tabs(room, Tab::Origins), "path": room.path(PAGE),
        "origins": typed.map_or_else(|| set(|all| &all.origins), |typed| typed.origins.clone()),
        "redirect_urls": typed.map_or_else(|| set(|all| &all.redirect_urls), |typed| typed.redirect_urls.clone()),
        "open": registered.as_ref().is_none_or(|registered| registered.origins.origins.is_empty()),
        "version": registered.as_ref().map_or(0, |registered| registered.version),
        "changed": registered.as_ref().map_or(Value::Null, |registered| moment(registered.updated_at, room.now)),
        "policies": room.path("policies/workflow"), "any": !wrong.is_empty(), "error": error,
        "wrong": {"origins": wrong.get("origins"), "redirect_urls": wrong.get("redirect_urls")},
    });
    room.page_as(status, "origins", Screen::Settings, view)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_an_address_is_said_of_that_address() {
        let wanted = Origins {
            origins: vec!["https://a.test/x".into(), "http://b.test".into()],
            redirect_urls: vec!["nonsense".into()],
        };
        let wrong = judge(&wanted);
        assert!(wrong["origins"][0].starts_with("https://a.test/x is more than an origin"), "{wrong:?}");
        assert!(wrong["origins"][1].starts_with("http://b.test has to begin with https"), "{wrong:?}");
        assert!(wrong["redirect_urls"][0].starts_with("nonsense is not a whole address"), "{wrong:?}");
    }
}
