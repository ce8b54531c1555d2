//! The operators of an installation, as one of them sees the others.

use crate::domain::access::Origin;
use crate::domain::audit::Act;
use crate::domain::ids::OperatorId;
use crate::store::operators::{self, Operator};
use crate::store::{StoreError, access_state, operator_credentials, operator_sessions};
use crate::workflows::audit::record_above;
use crate::workflows::{Engine, Failure, Outcome};

impl Engine {
    /// Every operator, oldest first, and the address they sign in with; those
    /// with API keys alone have none.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn list_operators(&self) -> Outcome<Vec<(Operator, Option<String>)>> {
        Ok(operator_credentials::list_operators(self.database.read()).await?)
    }

    /// Shuts an operator out, and ends their sessions, or lets them in again.
    /// Nobody shuts themselves out. `None` when there is no such operator.
    ///
    /// # Errors
    /// `Forbidden` for oneself.
    pub async fn shut_operator(&self, id: OperatorId, out: bool, origin: &Origin) -> Outcome<Option<()>> {
        if origin.actor.id() == Some(id.to_string()) {
            return Err(Failure::Forbidden);
        }
        let now = self.now().await?;
        let transaction = self.database.begin().await?;
        let Some(mut operator) = operators::find(&transaction, id).await? else { return Ok(None) };
        if operator.disabled == out {
            return Ok(Some(()));
        }
        operator.disabled = out;
        operator_credentials::update_operator(&transaction, &operator, now).await?;
        if out {
            operator_sessions::end_all(&transaction, id, now).await?;
        }
        let act = Act::new(if out { "operator.disabled" } else { "operator.enabled" }, id);
        // Their API keys end with it, on every instance.
        access_state::advance(&transaction).await?;
        record_above(&transaction, origin, &*self.entropy, now, act).await?;
        transaction.commit().await.map_err(StoreError::from)?;
        self.database.note_access_change();
        Ok(Some(()))
    }
}
