//! Operators: known by their API key, and in one application at a time as if
//! they held every grant there.

use std::sync::Arc;

use crate::credentials::api_key::is_operator_key_shaped;
use crate::domain::access::{Actor, Boundary, Caller, Grant, Permission};
use crate::domain::clock::Timestamp;
use crate::domain::ids::{ApplicationId, OperatorId};
use crate::domain::secret::Secret;
use crate::store::{StoreError, applications, operators};

use super::{Authenticator, NotAuthenticated};

impl Authenticator {
    /// Which operator presents this bearer text. `None` when it is no
    /// operator's key by its form, and so may be somebody else's credential.
    ///
    /// # Errors
    /// As [`NotAuthenticated`] says.
    pub async fn authenticate_operator(
        &self,
        bearer: &Secret,
        now: Timestamp,
    ) -> Result<Option<OperatorId>, NotAuthenticated> {
        if !is_operator_key_shaped(bearer.expose()) {
            return Ok(None);
        }
        let digest = bearer.digest();
        let operator = if let Some(known) = self.operators.find(digest.as_str(), now) {
            known
        } else {
            let (reader, writer) = (self.database.read(), self.database.write());
            let found = operators::find_by_key(reader, writer, &digest, now).await?;
            let operator = found.ok_or(NotAuthenticated::Unknown)?.id;
            self.operators.keep(digest.as_str(), &operator, now);
            operator
        };
        self.count_actor(Actor::Operator(operator), now).await?;
        Ok(Some(operator))
    }

    /// An operator in an application: the one that is named, or the only one
    /// there is. `None` when there is no such one, or several and none named.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn in_application(
        &self,
        actor: Actor,
        named: Option<ApplicationId>,
    ) -> Result<Option<Arc<Caller>>, StoreError> {
        let meant = applications::find_meant(self.database.read(), named).await?;
        Ok(meant.map(|application| Arc::new(everything(actor, application))))
    }
}

/// An actor who may do everything in one application.
fn everything(actor: Actor, application: ApplicationId) -> Caller {
    let grants = Permission::ALL.iter().map(|permission| Grant::new(*permission, Boundary::Application)).collect();
    Caller { actor, client_id: actor.to_string(), application, home: None, grants }
}
