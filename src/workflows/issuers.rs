//! The identity providers that an application trusts: read and replaced as
//! one list.
//!
//! Whoever decides whose tokens act as an account holds that account, so the
//! rule for making keys of accounts applies here too: nobody maps a token to
//! an account that may do more than they may.

use std::collections::BTreeSet;

use thiserror::Error;

use crate::credentials::foreign::KeySet;
use crate::domain::access::{Authority, Scope};
use crate::domain::audit::Act;
use crate::domain::clock::Timestamp;
use crate::domain::issuer::{Fault, Issuer, KeySource, faults};
use crate::store::issuers::SetVersion;
use crate::store::{StoreError, Transaction, access_state, issuers, service_accounts};

use super::Engine;
use super::audit::{LastChange, record};
use super::service_accounts::Manager;

/// How the audit log names the list: there is one per application.
const ISSUERS: &str = "issuers";

/// An application's issuers.
#[derive(Debug)]
pub struct IssuerSet {
    /// The issuers, in the order in which they were given.
    pub issuers: Vec<Issuer>,
    /// When they were replaced. `None` when there never were any.
    pub version: Option<SetVersion>,
}

/// Why the list was not replaced.
#[derive(Debug, Error)]
pub enum NotReplaced {
    /// Values break rules.
    #[error("values break rules")]
    Faults(Vec<Fault>),
    /// The list is not the one that the caller has seen.
    #[error("the list was replaced meanwhile")]
    OtherVersion(Option<LastChange>),
    /// A mapped account may do more than who maps it.
    #[error("nobody grants more than they hold")]
    ExceedsGranter,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Engine {
    /// The issuers of the scope's application.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn issuers(&self, scope: &Scope) -> Result<IssuerSet, StoreError> {
        let database = self.database.read();
        let version = issuers::find_version(database, scope).await?;
        Ok(IssuerSet { issuers: issuers::list(database, scope).await?, version })
    }

    /// Replaces the issuers of the scope's application. With `seen`, only if
    /// the list still has that version; 0 means that there is none yet.
    ///
    /// # Errors
    /// As [`NotReplaced`] says; nothing is changed then.
    pub async fn replace_issuers(
        &self,
        authority: &Authority,
        manager: Manager<'_>,
        wanted: Vec<Issuer>,
        seen: Option<i64>,
        now: Timestamp,
    ) -> Result<IssuerSet, NotReplaced> {
        let scope = authority.scope();
        let mut broken = faults(&wanted, &self.public_url);
        broken.extend(wanted.iter().enumerate().filter_map(|(at, issuer)| self.key_fault(at, &issuer.keys)));
        if !broken.is_empty() {
            return Err(NotReplaced::Faults(broken));
        }
        let transaction = self.database.begin().await?;
        let version = issuers::lock_version(&transaction, scope).await?;
        let current = version.map(|version| version.version);
        if seen.is_some_and(|seen| seen != current.unwrap_or(0)) {
            drop(transaction);
            return Err(NotReplaced::OtherVersion(self.last_change(scope, ISSUERS).await?));
        }
        check_against_rows(&transaction, scope, manager, &wanted, now).await?;
        if !issuers::advance(&transaction, scope, current, now).await? {
            return Err(NotReplaced::OtherVersion(None));
        }
        match issuers::replace(&transaction, scope, &wanted).await {
            // Somebody registered the same pair since it was looked for.
            Err(error) if error.is_duplicate() => {
                return Err(NotReplaced::Faults(vec![Fault::new("issuers".to_owned(), "not_available")]));
            }
            other => other?,
        }
        let version = issuers::find_version(&transaction, scope).await?;
        let names: Vec<_> = wanted.iter().map(|issuer| issuer.issuer.as_str()).collect();
        let act = Act::new("issuers.replaced", ISSUERS).with("issuers", names);
        access_state::advance(&transaction).await?;
        record(&transaction, authority, &*self.entropy, now, act).await?;
        transaction.commit().await?;
        self.database.note_access_change();
        tracing::info!(application_id = %scope.application(), issuers = wanted.len(), "the issuers were replaced");
        Ok(IssuerSet { issuers: wanted, version })
    }

    /// What is wrong with the place of an issuer's keys. The addresses that a
    /// host name stands for are judged when the keys are fetched, each time:
    /// an answer here would tell which names there are inside.
    fn key_fault(&self, at: usize, keys: &KeySource) -> Option<Fault> {
        match keys {
            KeySource::Url(url) => {
                let refused = self.client.guard().target(url).err()?;
                Some(Fault::of(at, "jwksUrl", refused.code()))
            }
            KeySource::Inline(json) => match KeySet::parse(json.as_bytes()) {
                Ok(set) if set.holds_secrets() => Some(Fault::of(at, "jwks", "secret_key")),
                Ok(_) => None,
                Err(_) => Some(Fault::of(at, "jwks", "invalid_key_set")),
            },
        }
    }
}

/// Looks at what the registrations touch: other applications' registrations,
/// and the accounts that tokens would act as. What stays exactly as it was
/// asks for nothing, whoever set it.
async fn check_against_rows(
    transaction: &Transaction,
    scope: &Scope,
    manager: Manager<'_>,
    wanted: &[Issuer],
    now: Timestamp,
) -> Result<(), NotReplaced> {
    let before = issuers::list(transaction, scope).await?;
    let mut broken = Vec::new();
    let mut checked = BTreeSet::new();
    for (at, issuer) in wanted.iter().enumerate().filter(|(_, issuer)| !before.contains(issuer)) {
        if issuers::is_taken(transaction, scope, issuer).await? {
            broken.push(Fault::of(at, "audience", "not_available"));
        }
        for (nth, mapping) in issuer.mappings.iter().enumerate() {
            if !checked.insert(mapping.service_account) {
                continue;
            }
            if service_accounts::lock(transaction, scope, mapping.service_account).await?.is_none() {
                let field = format!("mappings[{nth}].serviceAccountId");
                broken.push(Fault::of(at, &field, "unknown_service_account"));
                continue;
            }
            let grants = service_accounts::grants(transaction, mapping.service_account).await?;
            if !manager.holds_all(&grants, now) {
                return Err(NotReplaced::ExceedsGranter);
            }
        }
    }
    if broken.is_empty() { Ok(()) } else { Err(NotReplaced::Faults(broken)) }
}
