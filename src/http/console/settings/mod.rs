//! `…/settings`: what an application is called, where its links may lead, and
//! whose tokens it trusts.

pub(super) mod general;
pub(super) mod issuers;
pub(super) mod origins;

use serde_json::{Value, json};

use super::room::Room;

/// One page of the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tab {
    /// Names and addresses.
    General,
    /// Where links may lead.
    Origins,
    /// Whose tokens count.
    Issuers,
}

/// The tabs above each of the pages.
fn tabs(room: &Room, current: Tab) -> Vec<Value> {
    let all = [
        (Tab::General, "settings", "Application"),
        (Tab::Origins, "settings/origins", "Origins"),
        (Tab::Issuers, "settings/issuers", "Trusted issuers"),
    ];
    let view = |(tab, path, title): &(Tab, &str, &str)| json!({"href": room.path(path), "title": title, "current": *tab == current});
    all.iter().map(view).collect()
}
