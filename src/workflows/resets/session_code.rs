//! Immediate Login: a completion may grant a single-use code that the
//! application's backend exchanges for a session. The code is derived from the
//! reset, so a repeated answer shows the same one.

use std::time::Duration;

use crate::domain::access::Scope;
use crate::domain::clock::Timestamp;
use crate::domain::keys::Purpose;
use crate::domain::reset::{Reset, proof};
use crate::domain::secret::Secret;
use crate::store::{resets, users};
use crate::workflows::sessions::SignedIn;
use crate::workflows::tenancy::Tenancy;
use crate::workflows::{Engine, Failure, Outcome};

use super::Client;

/// How long the code is good.
const LIFETIME: Duration = Duration::from_secs(60);

/// The code for a completion at `now`, if the tenant's policy grants one.
pub(super) fn grant(engine: &Engine, tenancy: &Tenancy, reset: &Reset, now: Timestamp) -> Option<(Secret, Timestamp)> {
    if !tenancy.workflow.immediate_login {
        return None;
    }
    derive(engine, reset).map(|code| (code, now + LIFETIME))
}

/// Whether the tenant's policy would grant a code and wants a second factor
/// that the user does not have yet.
pub(super) const fn withheld(tenancy: &Tenancy, has_factor: bool) -> bool {
    tenancy.workflow.immediate_login && tenancy.workflow.mfa_required && !has_factor
}

/// The code that a completion has granted.
pub(super) fn granted(engine: &Engine, reset: &Reset) -> Option<(Secret, Timestamp)> {
    derive(engine, reset).zip(reset.auth_session_expires_at)
}

/// None under a revoked key: whoever has it makes such codes, too.
fn derive(engine: &Engine, reset: &Reset) -> Option<Secret> {
    let (application, id) = (reset.application.to_string(), reset.id.to_string());
    let key = engine.keys.find(&reset.key_id)?;
    Some(proof::token(&key.derive(Purpose::AuthSession, &[application.as_bytes(), id.as_bytes(), &reset.nonce])))
}

impl Engine {
    /// Exchanges a session code for a session.
    ///
    /// # Errors
    /// `InvalidAuthSession` when it is unknown, used, foreign or too old, or
    /// its key was revoked.
    pub async fn exchange_auth_session(&self, scope: &Scope, code: &Secret, client: &Client) -> Outcome<SignedIn> {
        let now = self.now().await?;
        let transaction = self.database.begin().await?;
        let reset = resets::take_auth_session(&transaction, scope, &code.digest(), now).await?;
        let reset = reset.filter(|reset| derive(self, reset).is_some_and(|own| own.matches(code)));
        let reset = reset.ok_or(Failure::InvalidAuthSession)?;
        let owned = Scope::of_record(reset.application);
        let user = users::lock(&transaction, &owned, reset.user).await?.filter(|user| {
            // Another change of the credential, or a disabled account, ends the promise.
            !user.disabled && Some(user.credential_version) == reset.credential_version
        });
        let mut user = user.ok_or(Failure::InvalidAuthSession)?;
        user.last_sign_in_at = Some(now);
        users::update(&transaction, &user).await?;
        let signed_in = self.begin_session(&transaction, user, client, now).await?;
        transaction.commit().await?;
        Ok(signed_in)
    }
}
