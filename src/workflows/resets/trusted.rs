//! Resets that a trusted backend starts for a user it names: an email, or a
//! link to hand over.

use std::sync::Arc;
use std::time::Duration;

use crate::domain::access::{Actor, Authority, Caller, Origin as By, Scope};
use crate::domain::audit::Act;
use crate::domain::clock::Timestamp;
use crate::domain::ids::{PasswordResetId, ResetRequestId, UserId};
use crate::domain::reset::{Mode, Origin, Reset, ResetRequest, Strategy};
use crate::domain::secret::Secret;
use crate::domain::user::User;
use crate::store::resets::Provenance;
use crate::store::{Transaction, requests, resets, users};
use crate::workflows::tenancy::Tenancy;
use crate::workflows::{Engine, Failure, Noun, Outcome};

use super::Client;
use super::idempotency::Idempotent;
use super::issue::NewReset;

/// An email to a user by id.
#[derive(Debug)]
pub struct SendEmail {
    /// Whom.
    pub user: UserId,
    /// A link or a code; the policy's choice when absent.
    pub strategy: Option<Strategy>,
    /// The language of the mail.
    pub locale: Option<String>,
    /// Where to go after success; must be a registered one.
    pub redirect_url: Option<String>,
    /// The caller's own text.
    pub state: Option<String>,
    /// The request that this is, `req_…`.
    pub request: Option<String>,
    /// The client behind the call.
    pub client: Client,
    /// The idempotency key that came with the call.
    pub idempotent: Option<Idempotent>,
}

/// An email was queued.
#[derive(Debug)]
pub struct EmailQueued {
    /// The reset.
    pub reset: Reset,
    /// The `requestCode` to complete an OTP reset with.
    pub request_code: Option<Secret>,
}

/// A link to hand over.
#[derive(Debug)]
pub struct CreateLink {
    /// For whom.
    pub user: UserId,
    /// How long it lives; the policy's choice when absent.
    pub lifetime: Option<Duration>,
    /// Where to go after success; must be a registered one.
    pub redirect_url: Option<String>,
    /// Why, for the record.
    pub reason: Option<String>,
    /// The client behind the call.
    pub client: Client,
    /// The idempotency key that came with the call.
    pub idempotent: Option<Idempotent>,
}

/// What a caller may do to the user it names.
#[derive(Debug)]
pub struct LinkAuthority {
    /// Where it may start resets.
    pub execute: Scope,
    /// Where it may see their secrets.
    pub secret: Option<Scope>,
    /// Where it may do so for protected users.
    pub protected: Option<Scope>,
}

/// A link was made.
#[derive(Debug)]
pub struct LinkCreated {
    /// The reset.
    pub reset: Reset,
    /// Its token.
    pub code: Secret,
    /// The URL that carries the token.
    pub url: Secret,
}

impl Engine {
    /// Mails a user a link or a code.
    ///
    /// # Errors
    /// `NotFound(User)`, `InvalidRedirectUrl`, `PasswordAuthDisabled`,
    /// `KeyReused`.
    pub async fn send_reset_email(&self, scope: &Scope, caller: &Caller, ask: SendEmail) -> Outcome<EmailQueued> {
        let (now, key) = (self.now().await?, ask.idempotent.clone());
        if let Some(made) = self.recall(key.as_ref(), now).await? {
            return self.email_queued_before(scope, made).await;
        }
        match self.queue_email(scope, caller, ask, now).await? {
            Some(queued) => Ok(queued),
            None => self.email_queued_before(scope, self.made_meanwhile(key.as_ref(), now).await?).await,
        }
    }

    /// `None` when the same call was made at the same moment and came first.
    async fn queue_email(
        &self,
        scope: &Scope,
        caller: &Caller,
        ask: SendEmail,
        now: Timestamp,
    ) -> Outcome<Option<EmailQueued>> {
        let (user, tenancy) = self.target(scope, ask.user, ask.redirect_url.as_deref()).await?;
        let mode = ask.strategy.unwrap_or(tenancy.workflow.strategy).mode();
        let quota = self.limits.codes_per_account(&tenancy.workflow);
        let transaction = self.database.begin().await?;
        let user = lock_target(&transaction, scope, user.id).await?;
        let new = NewReset {
            mode,
            origin: Origin::Caller,
            by_email: true,
            code_withheld: mode == Mode::EmailOtp && self.code_budget_spent(&transaction, &user, quota, now).await?,
            lifetime: tenancy.workflow.lifetime(mode),
            locale: ask.locale,
            redirect_url: ask.redirect_url,
            state: ask.state,
            provenance: Provenance { created_by: Some(caller.actor.to_string()), reason: None },
            link_page: None,
            from: ask.client.requested_from(),
        };
        let reset = self.issue(&transaction, &user, new, now).await?;
        let request_code = self.attach_request(&transaction, &tenancy, &user, &reset, now).await?;
        if !self.keep(&transaction, ask.idempotent.as_ref(), reset.id.to_string(), now).await? {
            return Ok(None);
        }
        match caller.actor {
            // What a person does is written down; what programs do day by day is in the events.
            Actor::Operator(_) | Actor::ConsoleOperator(_) => {
                let origin = By { actor: caller.actor, request: ask.request, source_ip: ask.client.ip };
                let by = Authority::new(scope.clone(), origin);
                let act = Act::new("password_reset.email_sent", reset.id).of_tenant(user.tenant);
                self.commit_act(transaction, &by, now, act.with("userId", user.id.to_string())).await?;
            }
            Actor::ServiceAccount(_) | Actor::CommandLine => transaction.commit().await?,
        }
        Ok(Some(EmailQueued { reset, request_code }))
    }

    async fn email_queued_before(&self, scope: &Scope, made: PasswordResetId) -> Outcome<EmailQueued> {
        let reset = self.reset_made_before(scope, made).await?;
        let request_code = self.request_code_of(&reset).await?;
        Ok(EmailQueued { reset, request_code })
    }

    /// Makes a link that somebody hands over to a user; the user is told at
    /// once.
    ///
    /// # Errors
    /// `NotFound(User)`, `Forbidden` (the secret, or a protected user, is not
    /// the caller's), `InvalidRedirectUrl`, `PasswordAuthDisabled`,
    /// `KeyReused`.
    pub async fn create_reset_link(
        &self,
        authority: &LinkAuthority,
        by: &Authority,
        ask: CreateLink,
    ) -> Outcome<LinkCreated> {
        let (now, key) = (self.now().await?, ask.idempotent.clone());
        let scope = &authority.execute;
        let (user, tenancy) = self.target(scope, ask.user, ask.redirect_url.as_deref()).await?;
        authority.allows(&user)?;
        let reset = match self.recall(key.as_ref(), now).await? {
            Some(made) => self.reset_made_before(scope, made).await?,
            None => match self.make_link(authority, &tenancy, by, ask, now).await? {
                Some(reset) => reset,
                None => self.reset_made_before(scope, self.made_meanwhile(key.as_ref(), now).await?).await?,
            },
        };
        self.link_created(&tenancy, reset)
    }

    /// `None` when the same call was made at the same moment and came first.
    async fn make_link(
        &self,
        authority: &LinkAuthority,
        tenancy: &Tenancy,
        by: &Authority,
        ask: CreateLink,
        now: Timestamp,
    ) -> Outcome<Option<Reset>> {
        let lifetime = match ask.lifetime {
            Some(wish) => Mode::ResetLink.lifetime(Some(wish)),
            None => tenancy.workflow.lifetime(Mode::ResetLink),
        };
        let new = NewReset {
            mode: Mode::ResetLink,
            origin: Origin::Caller,
            by_email: false,
            code_withheld: false,
            lifetime,
            locale: None,
            redirect_url: ask.redirect_url,
            state: None,
            provenance: Provenance { created_by: Some(by.actor().to_string()), reason: ask.reason.clone() },
            link_page: None,
            from: ask.client.requested_from(),
        };
        let transaction = self.database.begin().await?;
        let user = lock_target(&transaction, &authority.execute, ask.user).await?;
        authority.allows(&user)?;
        let reset = self.issue(&transaction, &user, new, now).await?;
        if !self.keep(&transaction, ask.idempotent.as_ref(), reset.id.to_string(), now).await? {
            return Ok(None);
        }
        let act = Act::new("password_reset.link_created", reset.id)
            .of_tenant(user.tenant)
            .with("userId", user.id.to_string())
            .with("lifetimeMinutes", lifetime.as_secs() / 60)
            .with_note("reason", ask.reason.as_deref());
        self.commit_act(transaction, by, now, act).await?;
        Ok(Some(reset))
    }

    async fn reset_made_before(&self, scope: &Scope, made: PasswordResetId) -> Outcome<Reset> {
        resets::find(self.database.read(), scope, made).await?.ok_or(Failure::NotFound(Noun::User))
    }

    /// What the tenant of a user inside the scope mails.
    ///
    /// # Errors
    /// `NotFound(User)`.
    pub async fn strategy_for(&self, scope: &Scope, user: UserId) -> Outcome<Strategy> {
        Ok(self.target(scope, user, None).await?.1.workflow.strategy)
    }

    /// How long the tenant of a user inside the scope lets a link live.
    ///
    /// # Errors
    /// `NotFound(User)`.
    pub async fn link_lifetime_for(&self, scope: &Scope, user: UserId) -> Outcome<Duration> {
        Ok(self.target(scope, user, None).await?.1.workflow.lifetime(Mode::ResetLink))
    }

    fn link_created(&self, tenancy: &Tenancy, reset: Reset) -> Outcome<LinkCreated> {
        let code = self.link_token(&reset)?.ok_or(Failure::NotFound(Noun::PasswordReset))?;
        Ok(LinkCreated { url: self.link_url(tenancy, reset.mode, &code), code, reset })
    }

    /// The user that a trusted call names, and whose rules apply.
    async fn target(&self, scope: &Scope, id: UserId, redirect: Option<&str>) -> Outcome<(User, Arc<Tenancy>)> {
        let user = users::find(self.database.read(), scope, id).await?.ok_or(Failure::NotFound(Noun::User))?;
        let tenancy = self.tenancy(scope, Some(user.tenant)).await?;
        if redirect.is_some_and(|url| !tenancy.workflow.allows_redirect(url)) {
            return Err(Failure::InvalidRedirectUrl);
        }
        if !tenancy.workflow.password_auth_enabled {
            return Err(Failure::PasswordAuthDisabled);
        }
        Ok((user, tenancy))
    }

    /// An OTP reset that a caller started has a request row too: there its
    /// attempts and its resend clock are.
    async fn attach_request(
        &self,
        transaction: &Transaction,
        tenancy: &Tenancy,
        user: &User,
        reset: &Reset,
        now: Timestamp,
    ) -> Outcome<Option<Secret>> {
        if reset.mode != Mode::EmailOtp {
            return Ok(None);
        }
        let request = ResetRequest {
            id: ResetRequestId::generate(now, &*self.entropy),
            application: reset.application,
            tenant: reset.tenant,
            address_key: self.mailbox(user.tenant, &user.email_canonical),
            strategy: Strategy::Otp,
            key_id: self.keys.current().id().to_owned(),
            nonce: self.entropy.nonce(),
            attempts: 0,
            resends: 0,
            resend_at: now + self.limits.resend_wait(&tenancy.workflow, 0),
            expires_at: reset.expires_at,
            reset: Some(reset.id),
            locale: reset.locale.clone(),
            redirect_url: None,
            state: None,
            created_at: now,
        };
        let code = self.request_code(&request)?;
        requests::insert(transaction, &[(&request, Some(&code.digest()))]).await?;
        Ok(Some(code))
    }

    async fn request_code_of(&self, reset: &Reset) -> Outcome<Option<Secret>> {
        let request = requests::find_by_reset(self.database.read(), reset.id).await?;
        request.map(|request| self.request_code(&request)).transpose()
    }
}

/// Locks the user that a trusted call names. A disabled one is not there.
async fn lock_target(transaction: &Transaction, scope: &Scope, id: UserId) -> Outcome<User> {
    let user = users::lock(transaction, scope, id).await?;
    user.filter(|user| !user.disabled).ok_or(Failure::NotFound(Noun::User))
}

impl LinkAuthority {
    /// Whether the caller may see a link that changes this user's password.
    pub(super) fn allows(&self, user: &User) -> Outcome<()> {
        let covers = |scope: &Option<Scope>| scope.as_ref().is_some_and(|scope| scope.covers(user.tenant));
        if covers(&self.secret) && (!user.protected || covers(&self.protected)) {
            Ok(())
        } else {
            Err(Failure::Forbidden)
        }
    }
}
