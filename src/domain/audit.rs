//! The audit log: who did what, as a chain in which each entry's hash covers
//! the entry and the hash before it. Whoever changes, removes, moves or adds an
//! entry afterwards breaks the chain there.
//!
//! The hash is SHA-256 over the 32 bytes of the hash before it (32 zero bytes
//! before the first entry) and the entry as JSON, its members sorted by name,
//! without spaces: exactly what an export shows, less `hash` and
//! `previousHash`. So anybody who holds an export can check it.
//!
//! An entry names people by their ids only, never by an address, and holds no
//! secret: erasing a person leaves the chain whole.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use super::access::Origin;
use super::clock::Timestamp;
use super::email_address::mask;
use super::ids::{ApplicationId, AuditId, TenantId};
use super::secret::hex;

#[cfg(test)]
mod tests;

/// A hash of the chain.
pub type Hash = [u8; 32];

/// Which chain an entry belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Chain {
    /// That of an application.
    Application(ApplicationId),
    /// That of acts above all applications.
    Operators,
}

impl std::fmt::Display for Chain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Application(id) => id.fmt(f),
            Self::Operators => f.write_str("operators"),
        }
    }
}

/// One act, before it has a place in a chain.
#[derive(Debug, Clone, PartialEq)]
pub struct Act {
    /// What was done, for example `tenant.updated`. What stands before the
    /// first dot is the type of the target.
    pub action: &'static str,
    /// The id of what it was done to.
    pub target: String,
    /// The tenant that it concerns, if it concerns one.
    pub tenant: Option<TenantId>,
    /// Names of changed fields and values that are no secret.
    pub details: Map<String, Value>,
}

impl Act {
    /// An act without details that concerns the whole application.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "ids are handed over as they are")]
    pub fn new(action: &'static str, target: impl ToString) -> Self {
        Self { action, target: target.to_string(), tenant: None, details: Map::new() }
    }

    /// The same, concerning one tenant.
    #[must_use]
    pub fn of_tenant(self, tenant: TenantId) -> Self {
        Self { tenant: Some(tenant), ..self }
    }

    /// The same with a value that is no secret and names nobody.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }

    /// The same with a text that somebody wrote; addresses in it are masked.
    #[must_use]
    pub fn with_note(self, name: &str, note: Option<&str>) -> Self {
        match note {
            Some(note) => self.with(name, without_addresses(note)),
            None => self,
        }
    }

    /// The same with the names of the fields that changed.
    #[must_use]
    pub fn changing(self, fields: &[&str]) -> Self {
        self.with("changed", fields)
    }

    /// What it was done to, as a type.
    #[must_use]
    pub fn target_type(&self) -> &'static str {
        self.action.split_once('.').map_or(self.action, |(before, _)| before)
    }
}

/// A text with every address in it masked.
fn without_addresses(text: &str) -> String {
    let word = |word: &str| if word.contains('@') { mask(word) } else { word.to_owned() };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// One entry, in texts as stored: what is not readable any more must still be
/// checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id, `audit_…`.
    pub id: String,
    /// Its chain: the id of an application, or `operators`.
    pub chain: String,
    /// Its place in the chain, from 1 without gaps.
    pub position: i64,
    /// When it was done.
    pub created_at: Timestamp,
    /// The tenant that it concerns.
    pub tenant: Option<String>,
    /// What kind of actor did it.
    pub actor_type: String,
    /// Which one.
    pub actor_id: Option<String>,
    /// What was done.
    pub action: String,
    /// To what kind of thing.
    pub target_type: String,
    /// To which one.
    pub target_id: String,
    /// Its details: a JSON object, its members sorted, without spaces.
    pub details: String,
    /// The request, `req_…`.
    pub request_id: Option<String>,
    /// The network that the call came from.
    pub network: Option<String>,
}

impl Entry {
    /// An act in its place.
    #[must_use]
    pub fn new(id: AuditId, chain: Chain, position: i64, origin: &Origin, now: Timestamp, act: Act) -> Self {
        Self {
            id: id.to_string(),
            chain: chain.to_string(),
            position,
            created_at: now,
            tenant: act.tenant.map(|tenant| tenant.to_string()),
            actor_type: origin.actor.kind().to_owned(),
            actor_id: origin.actor.id(),
            action: act.action.to_owned(),
            target_type: act.target_type().to_owned(),
            target_id: act.target,
            details: canonical(&Value::Object(act.details)),
            request_id: origin.request.clone(),
            network: origin.network(),
        }
    }

    /// The entry as everybody sees it.
    #[must_use]
    pub fn to_object(&self) -> Value {
        let details = serde_json::from_str(&self.details).unwrap_or_else(|_| json!(self.details));
        json!({
            "id": self.id,
            "chain": self.chain,
            "position": self.position,
            "time": self.time(),
            "tenantId": self.tenant,
            "actor": { "type": self.actor_type, "id": self.actor_id },
            "action": self.action,
            "target": { "type": self.target_type, "id": self.target_id },
            "details": details,
            "requestId": self.request_id,
            "network": self.network,
        })
    }

    /// When it was done, as text. A row that was tampered with may hold a time
    /// that no calendar has; its number stands for it then.
    #[must_use]
    pub fn time(&self) -> String {
        let mut text = String::new();
        match write!(text, "{}", self.created_at) {
            Ok(()) => text,
            Err(_) => self.created_at.as_millis().to_string(),
        }
    }

    /// The hash of the entry behind another one. `None` when the details are
    /// not in the one form that they are written in.
    #[must_use]
    pub fn hash(&self, previous: &Hash) -> Option<Hash> {
        let object = self.to_object();
        if object.get("details").map(canonical).as_deref() != Some(self.details.as_str()) {
            return None;
        }
        Some(Sha256::new().chain_update(previous).chain_update(canonical(&object)).finalize().into())
    }
}

/// A value as JSON in exactly one form: members sorted by name, no spaces.
#[must_use]
pub fn canonical(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_unstable_by_key(|(name, _)| *name);
            let members = members.iter().map(|(name, value)| format!("{}:{}", json!(name), canonical(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        plain => plain.to_string(),
    }
}

/// A place in a chain, and the hash there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// The place; 0 before the first entry.
    pub position: i64,
    /// The hash of the entry there.
    pub hash: Hash,
}

impl Link {
    /// Before the first entry.
    pub const START: Self = Self { position: 0, hash: [0; 32] };

    /// The hash as text.
    #[must_use]
    pub fn hash_text(&self) -> String {
        hex(&self.hash)
    }
}

/// An entry with the hash that is stored beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// The entry.
    pub entry: Entry,
    /// The stored hash, 64 hex digits unless somebody changed it.
    pub hash: String,
}

/// Where a chain does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Break {
    /// There is no entry in this place, or another one.
    #[error("the entry in place {0} is missing or was moved")]
    Missing(i64),
    /// The entry in this place is not what was written.
    #[error("the entry in place {0} was changed")]
    Changed(i64),
    /// The entries are whole, but the chain is said to end elsewhere.
    #[error("the chain should end in place {0}")]
    End(i64),
}

/// Checks the entry that comes next in a chain; answers the place behind it.
///
/// # Errors
/// Where the chain breaks.
pub fn follow(at: Link, chain: &str, next: &Linked) -> Result<Link, Break> {
    let position = at.position.saturating_add(1);
    if next.entry.position != position || next.entry.chain != chain {
        return Err(Break::Missing(position));
    }
    match next.entry.hash(&at.hash) {
        Some(hash) if hex(&hash) == next.hash => Ok(Link { position, hash }),
        _ => Err(Break::Changed(position)),
    }
}

/// Checks that a chain that was followed ends where it is said to.
///
/// # Errors
/// When it ends elsewhere.
pub fn ends(at: Link, end: Link) -> Result<(), Break> {
    match at.position.cmp(&end.position) {
        std::cmp::Ordering::Less => Err(Break::Missing(at.position.saturating_add(1))),
        _ if at == end => Ok(()),
        _ => Err(Break::End(end.position)),
    }
}
