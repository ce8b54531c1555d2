//! A link on the hosted page. Its visitor holds nothing but the token, so the
//! row that the token finds says which application it is about.

use crate::domain::access::Scope;
use crate::domain::ids::{PasswordResetId, UserId};
use crate::domain::reset::{Reset, proof};
use crate::domain::secret::Secret;
use crate::store::{requests, resets, throttles, users};
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

    /// The language that a user set for themselves, if they did.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn locale_of_user(&self, scope: &Scope, user: UserId) -> Outcome<Option<String>> {
        Ok(users::find(self.database.read(), scope, user).await?.and_then(|user| user.locale))
    }

    /// The reset whose code a request mailed, if it mailed one.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn reset_of_request(&self, scope: &Scope, request_code: &Secret) -> Outcome<Option<Reset>> {
        let found = requests::find_by_code(self.database.read(), scope, &request_code.digest()).await?;
        Ok(found.and_then(|(_, reset)| reset))
    }

    /// Notes, the first time, that somebody has the form for a new password of
    /// a reset that can be completed. It only feeds the overview, so nothing
    /// fails when it cannot be noted.
    pub async fn note_form_opened(&self, reset: PasswordResetId) {
        let noted = match self.now().await {
            Ok(now) => resets::note_form_opened(self.database.read(), self.database.write(), reset, now).await,
            Err(failure) => return tracing::warn!(error = %failure, "an opened form was not noted"),
        };
        if let Err(error) = noted {
            tracing::warn!(%error, "an opened form was not noted");
        }
    }

    /// Counts a form that was sent with an unknown token against its client:
    /// once, whatever modes the token was tried as.
    ///
    /// # Errors
    /// `Throttled` when the client has brought too many.
    pub async fn refuse_unknown_link(&self, client: &Client) -> Outcome<()> {
        self.admit_link_form(client).await?;
        let key = self.hosted_bad_tokens_of(client);
        self.count_bad_token(key.as_deref(), self.now().await?).await
    }

    /// Whether a client may send a form with a link token, known or not.
    ///
    /// # Errors
    /// `Throttled` when it has brought too many unknown ones.
    pub async fn admit_link_form(&self, client: &Client) -> Outcome<()> {
        let Some(key) = self.hosted_bad_tokens_of(client) else { return Ok(()) };
        let quota = self.limits.bad_tokens_per_client;
        match throttles::is_full(self.database.read(), &key, quota, self.now().await?).await? {
            Some(retry_after) => Err(Failure::Throttled { retry_after }),
            None => Ok(()),
        }
    }

    /// The page knows its clients by their sockets, not from a backend, and an
    /// unknown token says nothing about an application.
    fn hosted_bad_tokens_of(&self, client: &Client) -> Option<String> {
        Some(format!("hosted-bad-token:{}", self.limited_client(client)?))
    }
}
