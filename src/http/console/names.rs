//! Who the actors of audit entries are, by name.

use std::collections::HashMap;

use crate::domain::access::Scope;
use crate::domain::audit::Linked;
use crate::store::{operators, service_accounts};
use crate::workflows::{Engine, Failure};

/// The names of the actors of some entries, by id; those that are gone have
/// none. Programs are looked up inside the scope.
pub(super) async fn of_actors(
    engine: &Engine,
    scope: Option<&Scope>,
    entries: &[Linked],
) -> Result<HashMap<String, String>, Failure> {
    let mut names = HashMap::new();
    for id in entries.iter().filter_map(|linked| linked.entry.actor_id.as_ref()) {
        if names.contains_key(id) {
            continue;
        }
        let reader = engine.database.read();
        let name = if let Ok(operator) = id.parse() {
            operators::find(reader, operator).await?.map(|operator| operator.name)
        } else if let (Ok(account), Some(scope)) = (id.parse(), scope) {
            service_accounts::find(reader, scope, account).await?.map(|account| account.name)
        } else {
            None
        };
        names.insert(id.clone(), name.unwrap_or_else(|| id.clone()));
    }
    Ok(names)
}

/// Who acted, in words.
pub(super) fn said(names: &HashMap<String, String>, linked: &Linked) -> String {
    let known = linked.entry.actor_id.as_ref().and_then(|id| names.get(id)).cloned();
    known.unwrap_or_else(|| "The command line".to_owned())
}
