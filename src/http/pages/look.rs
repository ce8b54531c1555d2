//! What surrounds every page: its language and direction, whose name stands
//! over it, and the way to the same page in other languages.

use serde_json::{Value, json};

use crate::domain::locale::Locale;
use crate::http::language::address_in;

use super::brand;
use super::place::Place;

/// What the address of a page keeps when its language is switched.
const KEPT: [&str; 2] = ["application", "tenant"];

/// The surroundings of one page.
#[derive(Debug, Clone)]
pub(super) struct Look {
    locale: Locale,
    /// The path and query of the page, to be opened again.
    here: (String, String),
    application: Option<String>,
    brand: Value,
}

impl Look {
    /// The surroundings of the page at `path` and `query`.
    pub fn new(locale: Locale, path: &str, query: &str, place: Option<&Place>) -> Self {
        // A page that answers a form stands at the form's address, which cannot always be opened.
        let path = path.strip_suffix("/resend").unwrap_or(path);
        let application = place.map(|place| place.display_name().to_owned());
        let brand = place.map_or_else(no_brand, |place| brand::view(&place.tenancy));
        Self { locale, here: (path.to_owned(), query.to_owned()), application, brand }
    }

    /// The surroundings of the pages for developers.
    pub fn of_workbench() -> Self {
        Self { locale: Locale::En, here: (String::new(), String::new()), application: None, brand: no_brand() }
    }

    /// What the layout needs.
    pub fn view(&self) -> Value {
        let (path, query) = &self.here;
        let languages = Locale::ALL.map(|locale| {
            json!({
                "tag": locale.as_str(),
                "name": locale.own_name(),
                "address": address_in(locale, path, query, &KEPT),
                "current": locale == self.locale,
            })
        });
        json!({
            "locale": self.locale.as_str(),
            "direction": self.locale.direction().as_str(),
            "languages": languages,
            "application": self.application,
            "brand": self.brand,
        })
    }
}

fn no_brand() -> Value {
    json!({ "style": null, "logo": null })
}
