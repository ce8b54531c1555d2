//! The reset calls of the WorkOS dialect: create shows the token and may mail
//! it, and it can be read again.

use crate::domain::access::{Caller, Scope};
use crate::domain::clock::Timestamp;
use crate::domain::email_address::EmailAddress;
use crate::domain::ids::{PasswordResetId, TenantId};
use crate::domain::reset::{Mode, Origin, Proof, Reset};
use crate::domain::secret::Secret;
use crate::domain::user::User;
use crate::store::resets::Provenance;
use crate::store::{resets, throttles, users};
use crate::workflows::{Engine, Failure, Noun, Outcome};

use super::Client;
use super::complete::Complete;
use super::issue::NewReset;
use super::trusted::LinkAuthority;

/// A reset as the WorkOS dialect shows it.
#[derive(Debug)]
pub struct ShownReset {
    /// The reset.
    pub reset: Reset,
    /// Its token.
    pub token: Secret,
    /// The URL that carries the token.
    pub url: Secret,
}

/// A reset for whoever has an address.
#[derive(Debug)]
pub struct WorkOsReset<'a> {
    /// The tenant; the application's default one when absent.
    pub tenant: Option<TenantId>,
    /// The address.
    pub email: &'a EmailAddress,
    /// The language of the mail.
    pub locale: Option<String>,
    /// The page that the mailed link leads to. With one it is mailed whatever
    /// the policy says, because that is what was asked for.
    pub page: Option<String>,
    /// The client behind the call.
    pub client: Client,
}

impl Engine {
    /// Makes a reset for the user with an address, and mails it unless the
    /// policy leaves the mail to the caller. A mailbox that has had enough
    /// gets no reset either: it would be one that nobody hears of.
    ///
    /// # Errors
    /// `NotFound(User)`, `Throttled`, `PasswordAuthDisabled`, `Forbidden`,
    /// `ResetNotAllowed`, `InvalidRedirectUrl` for a page that is not a
    /// registered one.
    pub async fn create_workos_reset(
        &self,
        authority: &LinkAuthority,
        caller: &Caller,
        ask: WorkOsReset<'_>,
    ) -> Outcome<ShownReset> {
        let now = self.now().await?;
        let scope = &authority.execute;
        let tenancy = self.tenancy(scope, ask.tenant).await?;
        if ask.page.as_deref().is_some_and(|page| !self.is_registered_page(&tenancy, page)) {
            return Err(Failure::InvalidRedirectUrl);
        }
        let mailbox = self.mailbox(tenancy.tenant.id, ask.email.canonical());
        // Committed by itself: a create for an address that nobody has counts
        // as well, or guessing addresses would be free.
        self.count_workos_create(&mailbox, now).await?;
        let transaction = self.database.begin().await?;
        let found = users::find_by_address(&transaction, scope, tenancy.tenant.id, ask.email.canonical()).await?;
        let user = found.ok_or(Failure::NotFound(Noun::User))?;
        let user = users::lock(&transaction, scope, user.id).await?.ok_or(Failure::NotFound(Noun::User))?;
        authority.allows(&user)?;
        if user.disabled {
            return Err(Failure::ResetNotAllowed);
        }
        if !tenancy.workflow.password_auth_enabled {
            return Err(Failure::PasswordAuthDisabled);
        }
        let by_email = ask.page.is_some() || tenancy.workflow.workos_mail_enabled;
        if by_email && let Some(retry_after) = self.wait_for_mailbox(&transaction, &mailbox, now).await? {
            return Err(Failure::Throttled { retry_after });
        }
        let new = NewReset {
            mode: Mode::EmailLink,
            origin: Origin::WorkOs,
            by_email,
            code_withheld: false,
            lifetime: tenancy.workflow.lifetime(Mode::EmailLink),
            locale: ask.locale,
            redirect_url: None,
            state: None,
            provenance: Provenance { created_by: Some(caller.actor.to_string()), reason: None },
            link_page: ask.page,
            from: ask.client.requested_from(),
        };
        let reset = self.issue(&transaction, &user, new, now).await?;
        transaction.commit().await?;
        self.show(reset).await
    }

    /// Counts a create, within the limit of its address.
    async fn count_workos_create(&self, mailbox: &str, now: Timestamp) -> Outcome<()> {
        if !self.limits.enabled {
            return Ok(());
        }
        let (key, quota) = (format!("workos-create:{mailbox}"), self.limits.workos_creates_per_address);
        let transaction = self.database.begin().await?;
        match throttles::mark(&transaction, &key, quota, now).await? {
            Some(retry_after) => Err(Failure::Throttled { retry_after }),
            None => Ok(transaction.commit().await?),
        }
    }

    /// Reads a reset that was made through this dialect.
    ///
    /// # Errors
    /// `NotFound(PasswordReset)`, also for resets made otherwise; `Forbidden`.
    pub async fn read_workos_reset(&self, authority: &LinkAuthority, id: PasswordResetId) -> Outcome<ShownReset> {
        let missing = Failure::NotFound(Noun::PasswordReset);
        let scope = &authority.execute;
        let found = resets::find_with_user(self.database.read(), scope, id).await?;
        let found = found.filter(|(reset, _)| reset.origin == Origin::WorkOs);
        let Some((reset, user)) = found else { return Err(missing) };
        authority.allows(&user)?;
        self.show(reset).await
    }

    /// Completes a reset with a token of either link mode. `authorities` says
    /// what the caller may do in which mode; a token outside of that is an
    /// unknown one, and counts once.
    ///
    /// # Errors
    /// As [`Self::complete_reset`]; `Forbidden` without any authority.
    pub async fn complete_workos_reset(
        &self,
        authorities: &[(Mode, LinkAuthority)],
        token: &Secret,
        new_password: Secret,
        totp_code: Option<Secret>,
        client: Client,
    ) -> Outcome<User> {
        for (mode, authority) in authorities {
            let found = self.find_link(&authority.execute, *mode, token).await?;
            let inside = |reset: &Reset| authority.secret.as_ref().is_some_and(|scope| scope.covers(reset.tenant));
            if !found.as_ref().is_some_and(inside) {
                continue;
            }
            let proof = match mode {
                Mode::ResetLink => Proof::ResetLink(token.clone()),
                Mode::EmailLink | Mode::EmailOtp => Proof::EmailLink(token.clone()),
            };
            let ask = Complete { proof, new_password, totp_code, suppress_notice: false, client };
            let completed = self.complete_reset(&authority.execute, &ask).await?;
            return self.user_after_reset(&authority.execute, completed.user).await;
        }
        let (mode, authority) = authorities.first().ok_or(Failure::Forbidden)?;
        self.prove_link(&authority.execute, *mode, token, &client, self.now().await?).await?;
        Err(Failure::InvalidProof(*mode))
    }

    async fn show(&self, reset: Reset) -> Outcome<ShownReset> {
        let tenancy = self.tenancy(&Scope::of_record(reset.application), Some(reset.tenant)).await?;
        let token = self.link_token(&reset)?.ok_or(Failure::NotFound(Noun::PasswordReset))?;
        Ok(ShownReset { url: self.link_url(&tenancy, reset.mode, &token), token, reset })
    }

    /// The user of a reset that was just completed.
    ///
    /// # Errors
    /// `NotFound(User)` when they are gone already.
    pub async fn user_after_reset(&self, scope: &Scope, user: crate::domain::ids::UserId) -> Outcome<User> {
        users::find(self.database.read(), scope, user).await?.ok_or(Failure::NotFound(Noun::User))
    }
}
