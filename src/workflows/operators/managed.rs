//! Operators as operators manage each other: seen, shut out and let in again,
//! with their API keys.

use crate::domain::access::Origin;
use crate::domain::audit::Act;
use crate::domain::entropy::Entropy;
use crate::domain::ids::{ApiKeyId, OperatorId};
use crate::store::operators::{self, Operator, OperatorAttribute, OperatorKey};
use crate::store::slice::{Slice, Term};
use crate::store::{Database, access_state, operator_sessions};
use crate::workflows::audit::record_above;
use crate::workflows::{Engine, Failure, Noun, Outcome};

/// What changes of an operator; `None` leaves it as it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct OperatorChange {
    /// Whether they are shut out.
    pub disabled: Option<bool>,
    /// The version that the caller has seen, if only that may change.
    pub version: Option<i64>,
}

/// Shuts an operator out, which ends their sessions and stops their keys, or
/// lets them in again. Nobody shuts themselves out, and nobody the last one
/// who can act.
///
/// # Errors
/// `NotFound(Operator)`, `Stale`, `Forbidden` for oneself, `LastOperator`.
pub async fn change_operator(
    database: &Database,
    entropy: &dyn Entropy,
    by: &Origin,
    id: OperatorId,
    change: OperatorChange,
) -> Outcome<Operator> {
    let now = database.now().await?;
    let transaction = database.begin().await?;
    // The keys end with their operator, on every instance. First, because whoever
    // else shuts somebody out waits here: each then sees whom the other one left.
    access_state::advance(&transaction).await?;
    let found = operators::find(&transaction, id).await?;
    let mut operator = found.ok_or(Failure::NotFound(Noun::Operator))?;
    let before = operator.version;
    if change.version.is_some_and(|seen| seen != before) {
        return Err(Failure::Stale(None));
    }
    let Some(disabled) = change.disabled.filter(|disabled| *disabled != operator.disabled) else {
        return Ok(operator);
    };
    if disabled {
        if by.actor.id() == Some(id.to_string()) {
            return Err(Failure::Forbidden);
        }
        if !operators::can_another_act(&transaction, id).await? {
            return Err(Failure::LastOperator);
        }
        operator_sessions::end_all(&transaction, id, now).await?;
    }
    if !operators::set_disabled(&transaction, id, before, disabled, now).await? {
        return Err(Failure::Stale(None));
    }
    let act = Act::new(if disabled { "operator.disabled" } else { "operator.enabled" }, id);
    record_above(&transaction, by, entropy, now, act).await?;
    transaction.commit().await?;
    database.note_access_change();
    (operator.disabled, operator.version, operator.updated_at) = (disabled, before + 1, now);
    Ok(operator)
}

impl Engine {
    /// A page of all operators, and how many there are.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn page_operators(
        &self,
        terms: &[Term<OperatorAttribute>],
        by: OperatorAttribute,
        slice: Slice,
    ) -> Outcome<(u64, Vec<Operator>)> {
        Ok(operators::page(self.database.read(), terms, by, slice).await?)
    }

    /// Reads an operator.
    ///
    /// # Errors
    /// `NotFound(Operator)`.
    pub async fn get_operator(&self, id: OperatorId) -> Outcome<Operator> {
        let found = operators::find(self.database.read(), id).await?;
        found.ok_or(Failure::NotFound(Noun::Operator))
    }

    /// As [`change_operator`]; whoever is too late is told who was faster.
    ///
    /// # Errors
    /// As there.
    pub async fn change_operator(&self, by: &Origin, id: OperatorId, change: OperatorChange) -> Outcome<Operator> {
        match change_operator(&self.database, &*self.entropy, by, id, change).await {
            Err(Failure::Stale(_)) => Err(self.stale_above(id).await),
            done => done,
        }
    }

    /// The API keys of an operator, oldest first, revoked ones too.
    ///
    /// # Errors
    /// `NotFound(Operator)`.
    pub async fn list_operator_keys(&self, id: OperatorId) -> Outcome<Vec<OperatorKey>> {
        self.get_operator(id).await?;
        Ok(operators::list_keys(self.database.read(), id).await?)
    }

    /// Revokes an API key of an operator: it stops at once, on every instance.
    ///
    /// # Errors
    /// `NotFound(Operator)`, `NotFound(ApiKey)`, also for one that was revoked.
    pub async fn revoke_operator_key(&self, by: &Origin, id: OperatorId, key: ApiKeyId) -> Outcome<()> {
        let now = self.now().await?;
        let transaction = self.database.begin().await?;
        operators::find(&transaction, id).await?.ok_or(Failure::NotFound(Noun::Operator))?;
        if !operators::revoke_key(&transaction, id, key, now).await? {
            return Err(Failure::NotFound(Noun::ApiKey));
        }
        access_state::advance(&transaction).await?;
        let act = Act::new("operator.api_key_revoked", id).with("apiKeyId", key.to_string());
        record_above(&transaction, by, &*self.entropy, now, act).await?;
        transaction.commit().await?;
        self.database.note_access_change();
        Ok(())
    }
}
