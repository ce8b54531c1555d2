//! What a line means, given who is there already. No I/O but the one look-up.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::domain::access::Scope;
use crate::domain::ids::{TenantId, UserId};
use crate::domain::user::User;
use crate::store::{self, Transaction, users};
use crate::workflows::users::{METADATA_ENTRIES, apply};

use super::{Candidate, ImportAuthority, LineRefusal};

/// What to do about a line.
pub(super) enum Step {
    /// Make this user.
    Create(Box<User>),
    /// Change the first into the second.
    Update(Box<(User, User)>),
    /// Nothing: they are like this.
    Leave(UserId),
    /// Nothing: it is wrong.
    Refuse(LineRefusal),
}

/// Users who are there already, by what lines know them by.
pub(super) struct Known {
    by_address: HashMap<(TenantId, String), User>,
    by_external_id: HashMap<String, User>,
}

impl Known {
    /// Looks for everybody whom lines may mean, in the whole application, and
    /// locks them.
    pub async fn read(
        transaction: &Transaction,
        authority: &ImportAuthority,
        lines: &[Candidate],
        tenants: &[Option<TenantId>],
    ) -> store::Result<Self> {
        let whole = Scope::of_record(authority.scope().application());
        let mut addresses: HashMap<TenantId, Vec<&str>> = HashMap::new();
        for (line, tenant) in lines.iter().zip(tenants) {
            if let Some(tenant) = tenant {
                addresses.entry(*tenant).or_default().push(line.email.canonical());
            }
        }
        let external: Vec<&str> = lines.iter().filter_map(external_id).collect();
        let mut ids = HashSet::new();
        for (tenant, addresses) in addresses {
            ids.extend(users::ids_by_addresses(transaction, &whole, tenant, &addresses).await?);
        }
        ids.extend(users::ids_by_external_ids(transaction, &whole, &external).await?);
        let found = users::lock_many(transaction, &whole, &ids.into_iter().collect::<Vec<_>>()).await?;
        Ok(Self {
            by_address: found.iter().map(|user| ((user.tenant, user.email_canonical.clone()), user.clone())).collect(),
            by_external_id: found.into_iter().filter_map(|user| Some((user.external_id.clone()?, user))).collect(),
        })
    }
}

fn external_id(line: &Candidate) -> Option<&str> {
    line.change.external_id.as_ref()?.as_deref()
}

/// Splits lines where one could mean a user that an earlier one means.
pub(super) fn runs(lines: &[Candidate], tenants: &[Option<TenantId>]) -> Vec<Range<usize>> {
    let (mut runs, mut begun) = (Vec::new(), 0);
    let (mut addresses, mut external) = (HashSet::new(), HashSet::new());
    for (at, (line, tenant)) in lines.iter().zip(tenants).enumerate() {
        let address = (tenant, line.email.canonical());
        let own = external_id(line);
        if addresses.contains(&address) || own.is_some_and(|own| external.contains(own)) {
            runs.push(begun..at);
            begun = at;
            addresses.clear();
            external.clear();
        }
        addresses.insert(address);
        external.extend(own);
    }
    runs.push(begun..lines.len());
    runs
}

/// Decides. `fresh` makes the bare user that a new one begins as.
pub(super) fn step(
    authority: &ImportAuthority,
    known: &Known,
    line: &Candidate,
    tenant: TenantId,
    fresh: impl FnOnce() -> User,
) -> Step {
    let refuse = |field, code| Step::Refuse(LineRefusal::field(field, code));
    let by_address = known.by_address.get(&(tenant, line.email.canonical().to_owned()));
    let by_external_id = external_id(line).and_then(|own| known.by_external_id.get(own));
    let existing = match (by_external_id, by_address) {
        // The id is another tenant's: nobody moves from one to another.
        (Some(user), _) if user.tenant != tenant => return refuse("externalId", "external_id_not_available"),
        (Some(one), Some(other)) if one.id != other.id => return refuse("email", "email_not_available"),
        (Some(user), _) => Some(user),
        // Known under another id of the application's: that is somebody else.
        (None, Some(user)) if external_id(line).is_some() && user.external_id.is_some() => {
            return refuse("email", "email_not_available");
        }
        (None, found) => found,
    };
    let may_protect = authority.covers_protected(tenant);
    match existing {
        Some(before) => match changed(before, line) {
            Ok(user) if user == *before => Step::Leave(before.id),
            Ok(user) if touches_protection(before, &user) && !may_protect => refuse("protected", "forbidden"),
            Ok(user) => Step::Update(Box::new((before.clone(), user))),
            Err(refusal) => Step::Refuse(refusal),
        },
        None if line.change.protected == Some(true) && !may_protect => refuse("protected", "forbidden"),
        None => match changed(&fresh(), line) {
            Ok(user) => Step::Create(Box::new(user)),
            Err(refusal) => Step::Refuse(refusal),
        },
    }
}

/// The user as the line wants them. A password that is there stays.
fn changed(before: &User, line: &Candidate) -> Result<User, LineRefusal> {
    let mut user = before.clone();
    let mut change = line.change.clone();
    if let Some(hash) = change.password_hash.take().filter(|_| before.password_hash.is_none()) {
        user.password_hash = Some(hash.stored().to_owned());
    }
    apply(&mut user, change);
    if user.metadata.as_object().is_some_and(|metadata| metadata.len() > METADATA_ENTRIES) {
        return Err(LineRefusal::field("attributes", "too_many"));
    }
    Ok(user)
}

/// Whether a change is about what a protected user is protected from.
fn touches_protection(before: &User, user: &User) -> bool {
    let sensitive = before.email != user.email || before.password_hash != user.password_hash;
    before.protected != user.protected || before.protected && sensitive
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
