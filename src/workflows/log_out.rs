//! Signing out by a link that the user's browser follows.
//!
//! Whoever calls holds nothing but the session's id, which the application
//! reads from its access token: 80 random bits that nobody guesses. All it can
//! do is end that session, and lead to a URL that the application registered.

use crate::domain::access::Scope;
use crate::domain::ids::SessionId;
use crate::store::sessions;

use super::{Engine, Failure, Outcome};

impl Engine {
    /// Ends a session and answers where its user may go now: `return_to`, when
    /// it is exactly one of the URLs registered for the session's tenant. An
    /// unknown session leads nowhere and is no error: the user wanted to be
    /// signed out, and is.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn log_out(&self, id: SessionId, return_to: Option<&str>) -> Outcome<Option<String>> {
        let Some(session) = sessions::find_public(self.database.read(), id).await? else { return Ok(None) };
        let scope = Scope::of_record(session.application);
        if session.ended_at.is_none() {
            match self.revoke_session(&scope, id).await {
                // Purged this very moment: it has ended, too.
                Ok(_) | Err(Failure::NotFound(_)) => {}
                Err(failure) => return Err(failure),
            }
        }
        let Some(target) = return_to else { return Ok(None) };
        match self.tenancy(&scope, Some(session.tenant)).await {
            Ok(tenancy) => Ok(tenancy.workflow.allows_redirect(target).then(|| target.to_owned())),
            Err(Failure::NotFound(_)) => Ok(None),
            Err(failure) => Err(failure),
        }
    }
}
