//! `…/permission-boundaries`: places with a name, for grants to hold in. What
//! is changed here changes with every grant that refers to it.

pub(in crate::http::console) mod list;
pub(in crate::http::console) mod one;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::access::Boundary;
use crate::domain::ids::TenantId;
use crate::domain::line;
use crate::http::console::room::Room;
use crate::workflows::Failure;

use super::places::{self, names};

/// The page of all of them.
pub(super) const PAGE: &str = "permission-boundaries";

/// The longest name, in characters.
const NAME: usize = 80;

/// The ways to say where, as a form names them.
const PLACES: [(&str, &str, &str); 4] = [
    ("only", "Only in the tenants named below", ""),
    ("except", "In every tenant except those named below", "Those made later are inside."),
    ("application", "In the whole application", "Every tenant, those made later too, and what belongs to no tenant."),
    ("self", "For the account itself only", "Its own account, and no tenant."),
];

/// A boundary as a form describes it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http::console) struct Described {
    name: String,
    #[serde(rename = "where", default)]
    place: String,
    tenants: String,
    #[serde(default)]
    version: String,
}

/// What is wrong, by field.
type Wrong = BTreeMap<&'static str, String>;

impl Described {
    /// A boundary as it would be typed.
    fn of(name: &str, boundary: &Boundary, names: &BTreeMap<TenantId, String>) -> Self {
        let (place, tenants) = places::typed(boundary, names);
        Self { name: name.to_owned(), place: place.to_owned(), tenants, version: String::new() }
    }

    /// The name and the boundary, or what is wrong with them.
    async fn read(&self, room: &Room) -> Result<Result<(String, Boundary), Wrong>, Failure> {
        let mut wrong = Wrong::new();
        let name = self.name.trim();
        if name.is_empty() || name.chars().count() > NAME || name.chars().any(line::is_unfit) {
            wrong.insert("name", format!("The name is one line of at most {NAME} characters."));
        }
        let read = places::read(room, &self.place, &self.tenants).await?;
        if read.is_none() {
            wrong.insert("where", "Choose where it holds.".to_owned());
        }
        let boundary = read.and_then(|read| read.map_err(|said| wrong.insert("tenants", said)).ok());
        Ok(boundary.filter(|_| wrong.is_empty()).map(|boundary| (name.to_owned(), boundary)).ok_or(wrong))
    }
}

/// The fields of the form, filled in, with what is wrong.
async fn fields(room: &Room, typed: &Described, wrong: &Wrong) -> Result<Value, Failure> {
    let names = names(room).await?;
    let known: Vec<_> = names.values().take(KNOWN).collect();
    let place = |(value, text, hint): &(&str, &str, &str)| json!({"value": value, "text": text, "hint": hint, "chosen": typed.place == *value});
    Ok(json!({
        "name": typed.name, "tenants": typed.tenants, "places": PLACES.iter().map(place).collect::<Vec<_>>(),
        "known": known, "more": names.len() > known.len(), "most": NAME,
        "wrong": {"name": wrong.get("name"), "where": wrong.get("where"), "tenants": wrong.get("tenants")},
    }))
}

/// How many tenants are shown to choose from.
const KNOWN: usize = 50;
