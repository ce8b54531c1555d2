//! From what was typed to the grants of a group, and back.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::domain::access::{Boundary, GrantLimits, Network, Permission};
use crate::domain::clock::Timestamp;
use crate::domain::ids::TenantId;
use crate::domain::reset::Mode;
use crate::http::console::room::Room;
use crate::http::console::service_accounts::places;
use crate::workflows::Failure;
use crate::workflows::service_accounts::managed::{WantedBoundary, WantedGrant};

use super::{Group, MOST};

/// What a ticked box is called, before the name of its permission.
pub(super) const MAY: &str = "may ";
/// What a ticked box is called, before the name of its mode.
pub(super) const MODE: &str = "mode ";
/// The choice of a boundary that has a name, before its id.
pub(super) const NAMED: &str = "named ";
/// The modes, by their names on the wire, and what each is.
pub(super) const MODES: [(&str, Mode, &str); 3] = [
    ("EMAIL_LINK", Mode::EmailLink, "A link by mail"),
    ("EMAIL_OTP", Mode::EmailOtp, "A code by mail"),
    ("RESET_LINK", Mode::ResetLink, "A link to hand over"),
];

/// The fields of a form.
pub(super) type Typed = BTreeMap<String, String>;
/// What is wrong, by field.
pub(super) type Wrong = BTreeMap<&'static str, String>;

/// Reads the grants that a form describes. `before` is the group that they
/// take the place of.
pub(super) async fn read(
    room: &Room,
    home: Option<TenantId>,
    typed: &Typed,
    before: Option<&Group>,
) -> Result<Result<Vec<WantedGrant>, Wrong>, Failure> {
    let mut wrong = Wrong::new();
    let permissions: Vec<_> =
        Permission::ALL.iter().copied().filter(|one| typed.contains_key(&format!("{MAY}{}", one.as_str()))).collect();
    if permissions.is_empty() {
        wrong.insert("may", "Tick at least one thing that it may do.".to_owned());
    }
    let boundary = boundary(room, home, typed, &mut wrong).await?;
    let limits = limits(typed, before, &mut wrong);
    Ok(match boundary.filter(|_| wrong.is_empty()) {
        None => Err(wrong),
        Some(boundary) => Ok(permissions
            .into_iter()
            .map(|permission| WantedGrant { permission, boundary: boundary.clone(), limits: limits.clone() })
            .collect()),
    })
}

fn text<'a>(typed: &'a Typed, name: &str) -> &'a str {
    typed.get(name).map(|text| text.trim()).unwrap_or_default()
}

/// Where the grants are to hold.
async fn boundary(
    room: &Room,
    home: Option<TenantId>,
    typed: &Typed,
    wrong: &mut Wrong,
) -> Result<Option<WantedBoundary>, Failure> {
    let place = text(typed, "where");
    if let Some(read) = places::read(room, place, text(typed, "tenants")).await? {
        return Ok(read.map(WantedBoundary::Plain).map_err(|said| wrong.insert("tenants", said)).ok());
    }
    Ok(match place {
        "home" if home.is_some() => Some(WantedBoundary::Home),
        other => {
            let named = other.strip_prefix(NAMED).and_then(|id| id.parse().ok()).map(WantedBoundary::Named);
            if named.is_none() {
                wrong.insert("where", "Choose where it holds.".to_owned());
            }
            named
        }
    })
}

/// What narrows the grants.
fn limits(typed: &Typed, before: Option<&Group>, wrong: &mut Wrong) -> GrantLimits {
    let modes: Vec<_> = MODES
        .iter()
        .filter(|(name, ..)| typed.contains_key(&format!("{MODE}{name}")))
        .map(|(_, mode, _)| *mode)
        .collect();
    let minutes = Some(text(typed, "minutes")).filter(|text| !text.is_empty()).map(|text| {
        let minutes = text.parse::<u64>().ok().filter(|minutes| (1..=1440).contains(minutes));
        if minutes.is_none() {
            wrong.insert("minutes", "Choose a whole number from 1 to 1440, or leave it empty.".to_owned());
        }
        Duration::from_secs(minutes.unwrap_or_default() * 60)
    });
    GrantLimits {
        modes: Some(modes).filter(|modes| !modes.is_empty()),
        max_link_lifetime: minutes,
        source_networks: networks(text(typed, "networks"), wrong),
        expires_at: end(text(typed, "until"), before, wrong),
    }
}

fn networks(lines: &str, wrong: &mut Wrong) -> Option<Vec<Network>> {
    let lines: Vec<_> = lines.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if lines.is_empty() {
        return None;
    }
    let networks: Option<Vec<Network>> = lines.iter().map(|line| line.parse().ok()).collect();
    if networks.is_none() || lines.len() > MOST {
        let said = "Write a network such as 192.0.2.0/24 or an address on each line, at most 100 of them.";
        wrong.insert("networks", said.to_owned());
    }
    networks
}

/// When the grants end. What was shown and is sent back stays what it was, to
/// the millisecond.
fn end(text: &str, before: Option<&Group>, wrong: &mut Wrong) -> Option<Timestamp> {
    if text.is_empty() {
        return None;
    }
    let known = before.and_then(|group| group.limits.expires_at).filter(|at| minute(*at) == text);
    let whole = [text.to_owned(), format!("{text}:00Z"), format!("{text}Z")];
    let end = known.or_else(|| whole.iter().find_map(|text| Timestamp::parse(text)));
    if end.is_none() {
        wrong.insert("until", "Write a day and a time such as 2027-01-31T18:00, or leave it empty.".to_owned());
    }
    end
}

/// A time as a field for times has it, in UTC, to the minute.
fn minute(at: Timestamp) -> String {
    at.to_string().chars().take(16).collect()
}

/// A group as it would be typed. `names` are those of the tenants.
pub(super) fn typed(group: &Group, home: Option<TenantId>, names: &BTreeMap<TenantId, String>) -> Typed {
    let mut typed = Typed::new();
    let mut put = |name: &str, value: String| typed.insert(name.to_owned(), value);
    for permission in &group.permissions {
        put(&format!("{MAY}{}", permission.as_str()), "on".to_owned());
    }
    let (place, tenants) = match (&group.named, &group.boundary) {
        (Some(id), _) => (format!("{NAMED}{id}"), String::new()),
        (None, Boundary::Tenant(tenant)) if Some(*tenant) == home => ("home".to_owned(), String::new()),
        (None, boundary) => {
            let (place, tenants) = places::typed(boundary, names);
            (place.to_owned(), tenants)
        }
    };
    put("where", place);
    put("tenants", tenants);
    for (name, ..) in MODES.iter().filter(|(_, mode, _)| group.limits.modes.as_ref().is_some_and(|m| m.contains(mode)))
    {
        put(&format!("{MODE}{name}"), "on".to_owned());
    }
    if let Some(longest) = group.limits.max_link_lifetime {
        put("minutes", longest.as_secs().div_ceil(60).to_string());
    }
    if let Some(networks) = &group.limits.source_networks {
        put("networks", networks.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
    }
    if let Some(at) = group.limits.expires_at {
        put("until", minute(at));
    }
    typed
}
