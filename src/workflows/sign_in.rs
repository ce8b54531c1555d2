//! Signing in with an address and a password. An unknown address costs the
//! same work and gets the same answer as a wrong password.

use crate::domain::access::Scope;
use crate::domain::client::client_key;
use crate::domain::clock::Timestamp;
use crate::domain::email_address::EmailAddress;
use crate::domain::ids::TenantId;
use crate::domain::keys::Purpose;
use crate::domain::secret::Secret;
use crate::domain::user::User;
use crate::store::throttles::BackOff;
use crate::store::{Transaction, auth_factors, events, throttles, users};

use super::journal::Journal;
use super::resets::Client;
use super::sessions::SignedIn;
use super::tenancy::Tenancy;
use super::{Engine, Failure, Outcome};

impl Engine {
    /// Signs a user in.
    ///
    /// # Errors
    /// `InvalidCredentials`, `MfaAwaited`, `Throttled`, `PasswordAuthDisabled`,
    /// `Busy`.
    pub async fn sign_in(
        &self,
        scope: &Scope,
        tenant: Option<TenantId>,
        email: &EmailAddress,
        password: &Secret,
        client: &Client,
    ) -> Outcome<SignedIn> {
        let now = self.now().await?;
        let tenancy = self.tenancy(scope, tenant).await?;
        if !tenancy.workflow.password_auth_enabled {
            return Err(Failure::PasswordAuthDisabled);
        }
        let account = self.sign_in_account(tenancy.tenant.id, email.canonical());
        self.reserve_sign_in(scope, &account, client, now).await?;
        let outcome = match self.check_password(scope, &tenancy, email, password).await {
            Ok(Ok(user)) => self.finish_sign_in(scope, &tenancy, user, &account, client).await,
            Ok(Err(user)) => {
                self.note_failure(&tenancy, user, client, now).await?;
                return Err(Failure::InvalidCredentials);
            }
            Err(failure) => Err(failure),
        };
        if matches!(outcome, Err(Failure::Store(_) | Failure::Busy { .. } | Failure::MfaAwaited(_))) {
            // Overload is no wrong password, and neither is a right one that
            // waits for its second factor. Where even this fails the marks
            // stay, which errs towards waiting; the first failure is the one
            // to tell.
            self.release_sign_in(scope, &account, client, now).await.ok();
        }
        outcome
    }

    /// The name of an account's window of failures.
    pub(in crate::workflows) fn sign_in_account(&self, tenant: TenantId, canonical: &str) -> String {
        format!("sign-in:{}", self.mailbox(tenant, canonical))
    }

    /// Counts the attempt before anything is compared; a success forgets it.
    async fn reserve_sign_in(&self, scope: &Scope, account: &str, client: &Client, now: Timestamp) -> Outcome<()> {
        if !self.limits.enabled {
            return Ok(());
        }
        let transaction = self.database.begin().await?;
        let (first, longest) = self.limits.sign_in_wait;
        let back_off = BackOff { free: self.limits.sign_in_failures, first, longest };
        let mut wait = throttles::back_off(&transaction, account, back_off, now).await?;
        if let (None, Some(ip)) = (wait, client.ip) {
            let key = self.sign_in_client(scope, ip);
            wait = throttles::mark(&transaction, &key, self.limits.sign_in_failures_per_client, now).await?;
        }
        match wait {
            Some(retry_after) => Err(Failure::Throttled { retry_after }),
            None => Ok(transaction.commit().await?),
        }
    }

    /// Takes the marks of an attempt back that compared nothing.
    async fn release_sign_in(&self, scope: &Scope, account: &str, client: &Client, now: Timestamp) -> Outcome<()> {
        if !self.limits.enabled {
            return Ok(());
        }
        let transaction = self.database.begin().await?;
        throttles::unmark(&transaction, account, now).await?;
        if let Some(ip) = client.ip {
            throttles::unmark(&transaction, &self.sign_in_client(scope, ip), now).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// The name of a client's window of failures; each application has its
    /// own, so that none can lock another's users out.
    fn sign_in_client(&self, scope: &Scope, ip: std::net::IpAddr) -> String {
        let pseudonym = self.keys.pseudonym(Purpose::AddressPseudonym, &[client_key(ip).as_bytes()]);
        format!("sign-in-client:{}:{pseudonym}", scope.application())
    }

    /// The user, when the password is theirs and they may sign in; otherwise
    /// the user who failed to, if there is one. As many hashes either way, and
    /// of the kinds that the tenant has.
    async fn check_password(
        &self,
        scope: &Scope,
        tenancy: &Tenancy,
        email: &EmailAddress,
        password: &Secret,
    ) -> Outcome<Result<User, Option<User>>> {
        let user = users::find_by_address(self.database.read(), scope, tenancy.tenant.id, email.canonical()).await?;
        let decoy = self.decoy(scope, tenancy, email.canonical()).await?;
        let (typed, password) = (password, tenancy.passwords.normalize(password));
        let Some(user) = user else {
            self.verify_decoy(typed, password, decoy).await?;
            return Ok(Err(None));
        };
        let verdict = match user.password_hash.clone() {
            Some(stored) => self.hasher.verify_typed(typed, password.clone(), stored).await?,
            None => self.hasher.verify_nothing(typed, password.clone()).await?,
        };
        if !verdict.matches || user.disabled {
            return Ok(Err(Some(user)));
        }
        if verdict.outdated {
            // The password is right whether or not there is room for this
            // now; the next sign-in tries again.
            self.upgrade_hash(&user, password).await.ok();
        }
        Ok(Ok(user))
    }

    /// Hashes a right password anew, at the cost of today.
    async fn upgrade_hash(&self, user: &User, password: Secret) -> Outcome<()> {
        let phc = self.hash(password).await?;
        users::upgrade_hash(self.database.write(), user.id, user.credential_version, &phc).await?;
        Ok(())
    }

    /// Notes a failure, also one of nobody: whether there is an account must
    /// not show in whether there was something to write.
    async fn note_failure(
        &self,
        tenancy: &Tenancy,
        user: Option<User>,
        client: &Client,
        now: Timestamp,
    ) -> Outcome<()> {
        let mut journal = Journal::new(&*self.entropy, now);
        match &user {
            Some(user) => journal.sign_in_failed(user, client),
            None => journal.sign_in_of_nobody(tenancy.application.id, tenancy.tenant.id, client),
        };
        let transaction = self.database.begin().await?;
        events::append(&transaction, journal.events()).await?;
        Ok(transaction.commit().await?)
    }

    /// Begins the session, or asks for the second factor. Whether there is one
    /// is read under the user's lock: it may have come while the password was
    /// checked.
    async fn finish_sign_in(
        &self,
        scope: &Scope,
        tenancy: &Tenancy,
        checked: User,
        account: &str,
        client: &Client,
    ) -> Outcome<SignedIn> {
        let now = self.now().await?;
        let transaction = self.database.begin().await?;
        let user = users::lock(&transaction, scope, checked.id).await?.filter(|user| {
            // The password that was checked must still be the one that counts.
            !user.disabled && user.credential_version == checked.credential_version
        });
        let user = user.ok_or(Failure::InvalidCredentials)?;
        let factors = auth_factors::list(&transaction, user.id).await?;
        if !factors.is_empty() || tenancy.workflow.mfa_required {
            transaction.rollback().await?;
            return Err(Failure::MfaAwaited(Box::new(self.ask_second_factor(user, factors).await?)));
        }
        throttles::clear(&transaction, &[account]).await?;
        if let Some(ip) = client.ip {
            throttles::unmark_latest(&transaction, &self.sign_in_client(scope, ip)).await?;
        }
        let signed_in = self.welcome(&transaction, user, client, now).await?;
        transaction.commit().await?;
        Ok(signed_in)
    }

    /// Begins the session of a user who has proven all that is asked for, and
    /// whose row the caller has locked.
    pub(super) async fn welcome(
        &self,
        transaction: &Transaction,
        mut user: User,
        client: &Client,
        now: Timestamp,
    ) -> Outcome<SignedIn> {
        user.last_sign_in_at = Some(now);
        users::update(transaction, &user).await?;
        let mut journal = Journal::new(&*self.entropy, now);
        journal.signed_in(&user, client);
        events::append(transaction, journal.events()).await?;
        self.begin_session(transaction, user, client, now).await
    }
}
