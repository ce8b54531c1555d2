//! A link on the hosted page. Its visitor holds nothing but the token, so the
//! row that the token finds says which application it is about.

use crate::domain::access::Scope;
use crate::domain::reset::proof;
use crate::domain::secret::Secret;
use crate::store::{resets, throttles};
use crate::workflows::{Engine, Failure, Outcome};

use super::Client;
use super::introspect::Introspection;

impl Engine {
    /// Looks at a link token of either link mode. Changes and counts nothing,
    /// because a page that is only opened must not. `None` when no reset has
    /// the token.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn look_at_link(&self, token: &Secret) -> Outcome<Option<Introspection>> {
        if !proof::is_token_shaped(token.expose()) {
            return Ok(None);
        }
        let found = resets::find_public_by_token(self.database.read(), &token.digest()).await?;
        let Some(reset) = found.filter(|reset| self.makes(reset, token)) else { return Ok(None) };
        let tenancy = self.tenancy(&Scope::of_record(reset.application), Some(reset.tenant)).await?;
        let redirect_url = self.redirect_after(&tenancy, &reset);
        let verdict = reset.usable(self.now().await?);
        Ok(Some(Introspection { reset, tenancy, verdict, redirect_url }))
    }

    /// Counts a form that was sent with an unknown token against its client:
    /// once, whatever modes the token was tried as.
    ///
    /// # Errors
    /// `Throttled` when the client has brought too many.
    pub async fn refuse_unknown_link(&self, client: &Client) -> Outcome<()> {
        let now = self.now().await?;
        // The page knows its clients by their sockets, not from a backend, and
        // an unknown token says nothing about an application.
        let key = self.limited_client(client).map(|pseudonym| format!("hosted-bad-token:{pseudonym}"));
        if let Some(key) = &key {
            let quota = self.limits.bad_tokens_per_client;
            if let Some(retry_after) = throttles::is_full(self.database.read(), key, quota, now).await? {
                return Err(Failure::Throttled { retry_after });
            }
        }
        self.count_bad_token(key.as_deref(), now).await
    }
}
