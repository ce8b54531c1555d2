//! Where something holds, as a form says it: a choice, and tenants one a line.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::access::Boundary;
use crate::domain::ids::TenantId;
use crate::http::console::room::Room;
use crate::store::slice::{Slice, Term, Test};
use crate::store::tenants::TenantAttribute;
use crate::workflows::Failure;

use super::list;

/// How many tenants one list may name, as the management API has it.
const MOST: usize = 100;

/// The names of the tenants, by id.
pub(super) async fn names(room: &Room) -> Result<BTreeMap<TenantId, String>, Failure> {
    let slice = Slice { skip: 0, count: list::MOST, descending: false };
    let (_, found) = room.engine().page_tenants(&room.scope, &[], TenantAttribute::Name, slice).await?;
    Ok(found.into_iter().map(|found| (found.it.id, found.it.name)).collect())
}

/// Some tenants as they would be typed.
fn lines(tenants: &BTreeSet<TenantId>, names: &BTreeMap<TenantId, String>) -> String {
    let each = tenants.iter().map(|id| names.get(id).cloned().unwrap_or_else(|| id.to_string()));
    each.collect::<Vec<_>>().join("\n")
}

/// A boundary as it would be typed: which choice it is, and its tenants.
pub(super) fn typed(boundary: &Boundary, names: &BTreeMap<TenantId, String>) -> (&'static str, String) {
    match boundary {
        Boundary::Application => ("application", String::new()),
        Boundary::SelfOnly => ("self", String::new()),
        Boundary::Tenant(tenant) => ("only", lines(&[*tenant].into(), names)),
        Boundary::TenantInclusionList(tenants) => ("only", lines(tenants, names)),
        Boundary::TenantExclusionList(tenants) => ("except", lines(tenants, names)),
    }
}

/// The boundary of a choice and the tenants that are named with it, or what is
/// wrong with those, in words. `None` when there is no such choice.
pub(super) async fn read(
    room: &Room,
    choice: &str,
    tenants: &str,
) -> Result<Option<Result<Boundary, String>>, Failure> {
    Ok(match choice {
        "application" => Some(Ok(Boundary::Application)),
        "self" => Some(Ok(Boundary::SelfOnly)),
        "only" => Some(named_tenants(room, tenants).await?.map(Boundary::TenantInclusionList)),
        "except" => Some(named_tenants(room, tenants).await?.map(Boundary::TenantExclusionList)),
        _ => None,
    })
}

/// The tenants of some lines, each a name or an id; else what is wrong with
/// them, in words.
async fn named_tenants(room: &Room, lines: &str) -> Result<Result<BTreeSet<TenantId>, String>, Failure> {
    let lines: Vec<_> = lines.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if lines.is_empty() || lines.len() > MOST {
        return Ok(Err(format!("Name from 1 to {MOST} tenants, one a line.")));
    }
    let mut tenants = BTreeSet::new();
    for line in lines {
        let Some(tenant) = tenant(room, line).await? else {
            let shown: String = line.chars().take(80).collect();
            return Ok(Err(format!("There is no tenant of the name {shown}.")));
        };
        tenants.insert(tenant);
    }
    Ok(Ok(tenants))
}

async fn tenant(room: &Room, line: &str) -> Result<Option<TenantId>, Failure> {
    // PostgreSQL takes no text with a NUL, so no tenant has such a name.
    if line.contains('\0') {
        return Ok(None);
    }
    if let Ok(id) = line.parse() {
        return match room.engine().get_tenant(&room.scope, id).await {
            Ok(found) => Ok(Some(found.it.id)),
            Err(Failure::NotFound(_)) => Ok(None),
            Err(other) => Err(other),
        };
    }
    let slice = Slice { skip: 0, count: 1, descending: false };
    let term = Term { by: TenantAttribute::Name, test: Test::Equals, value: line.to_owned() };
    let (_, found) = room.engine().page_tenants(&room.scope, &[term], TenantAttribute::Name, slice).await?;
    Ok(found.first().map(|found| found.it.id))
}
