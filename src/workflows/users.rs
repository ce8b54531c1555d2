//! Users: made, read, changed and deleted by a trusted backend.

use serde_json::{Map, Value};

use crate::domain::access::Scope;
use crate::domain::clock::Timestamp;
use crate::domain::email_address::EmailAddress;
use crate::domain::event::EventKind;
use crate::domain::ids::{TenantId, UserId};
use crate::domain::mail::MailKind;
use crate::domain::secret::Secret;
use crate::domain::user::User;
use crate::store::users::UserQuery;
use crate::store::{StoreError, Transaction, events, messages, sessions, users};

use super::journal::Journal;
use super::outbox::Facts;
use super::resets::Client;
use super::resets::complete::set_password;
use super::tenancy::Tenancy;
use super::{Engine, Failure, Noun, Outcome};

/// What a new user is.
#[derive(Debug, Default)]
pub struct NewUser {
    /// The tenant; the application's default one when absent.
    pub tenant: Option<TenantId>,
    /// Whether the address is known to be theirs.
    pub email_verified: bool,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Preferred language.
    pub locale: Option<String>,
    /// The application's own id for them.
    pub external_id: Option<String>,
    /// The application's own texts about them.
    pub metadata: Map<String, Value>,
    /// Their first password.
    pub password: Option<Secret>,
    /// A privileged target.
    pub protected: bool,
}

/// What changes of a user: `None` leaves a field as it is, `Some(None)`
/// empties it.
#[derive(Debug, Default)]
pub struct UserChange {
    /// The address.
    pub email: Option<EmailAddress>,
    /// Whether the address is known to be theirs.
    pub email_verified: Option<bool>,
    /// Given name.
    pub first_name: Option<Option<String>>,
    /// Family name.
    pub last_name: Option<Option<String>>,
    /// Preferred language.
    pub locale: Option<Option<String>>,
    /// The application's own id for them.
    pub external_id: Option<Option<String>>,
    /// The application's own texts about them: merged key by key, `null`
    /// removes one.
    pub metadata: Option<Map<String, Value>>,
    /// A new password.
    pub password: Option<Secret>,
    /// Whether they are shut out.
    pub disabled: Option<bool>,
    /// Whether they are a privileged target.
    pub protected: Option<bool>,
}

impl UserChange {
    /// Whether it changes how this user proves who they are, or where their
    /// mail goes. The address they have already changes nothing.
    #[must_use]
    pub fn touches_credentials(&self, user: &User) -> bool {
        self.password.is_some() || self.email.as_ref().is_some_and(|email| email.original() != user.email)
    }
}

impl Engine {
    /// Makes a user.
    ///
    /// # Errors
    /// `EmailTaken`, `ExternalIdTaken`, `Password`, `NotFound(Tenant)`, `Busy`.
    pub async fn create_user(&self, scope: &Scope, email: &EmailAddress, new: NewUser) -> Outcome<User> {
        let now = self.now().await?;
        let tenancy = self.tenancy(scope, new.tenant).await?;
        let mut user = User {
            id: UserId::generate(now, &*self.entropy),
            application: tenancy.application.id,
            tenant: tenancy.tenant.id,
            email: email.original().to_owned(),
            email_canonical: email.canonical().to_owned(),
            email_verified: new.email_verified,
            first_name: new.first_name,
            last_name: new.last_name,
            locale: new.locale,
            external_id: new.external_id,
            metadata: Value::Object(new.metadata),
            disabled: false,
            protected: new.protected,
            password_hash: None,
            credential_version: 0,
            last_sign_in_at: None,
            created_at: now,
            updated_at: now,
        };
        if let Some(password) = new.password {
            let password = tenancy.check_password(&user, &password).map_err(Failure::Password)?;
            user.password_hash = Some(self.hash(password).await?);
        }
        let transaction = self.database.begin().await?;
        self.refuse_doubles(&transaction, scope, &user).await?;
        users::insert(&transaction, &user).await.map_err(duplicate_is_email)?;
        let mut journal = Journal::new(&*self.entropy, now);
        journal.user(EventKind::UserCreated, &user);
        events::append(&transaction, journal.events()).await?;
        transaction.commit().await.map_err(StoreError::from)?;
        Ok(user)
    }

    /// Looks for others who have the address or the external id, so that the
    /// refusal can name which. The unique indexes have the last word.
    async fn refuse_doubles(&self, transaction: &Transaction, scope: &Scope, user: &User) -> Outcome<()> {
        let whole = Scope::of_record(scope.application());
        let other = |found: Option<User>| found.is_some_and(|found| found.id != user.id);
        if other(users::find_by_address(transaction, &whole, user.tenant, &user.email_canonical).await?) {
            return Err(Failure::EmailTaken);
        }
        if let Some(external) = &user.external_id
            && other(users::find_by_external_id(transaction, &whole, external).await?)
        {
            return Err(Failure::ExternalIdTaken);
        }
        Ok(())
    }

    /// Reads a user inside the scope.
    ///
    /// # Errors
    /// `NotFound(User)`.
    pub async fn get_user(&self, scope: &Scope, id: UserId) -> Outcome<User> {
        users::find(self.database.read(), scope, id).await?.ok_or(Failure::NotFound(Noun::User))
    }

    /// Reads the user that the application knows by an id of its own.
    ///
    /// # Errors
    /// `NotFound(User)`.
    pub async fn get_user_by_external_id(&self, scope: &Scope, external: &str) -> Outcome<User> {
        users::find_by_external_id(self.database.read(), scope, external).await?.ok_or(Failure::NotFound(Noun::User))
    }

    /// Lists users of a tenant inside the scope.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn list_users(&self, scope: &Scope, ask: &UserQuery) -> Outcome<Vec<User>> {
        Ok(users::list(self.database.read(), scope, ask).await?)
    }

    /// Changes a user. A new address, a new password or shutting them out
    /// cancels their pending resets; a new password or shutting them out ends
    /// their sessions. `protected` is where the caller may change the address
    /// and the password of protected users; nowhere when absent.
    ///
    /// # Errors
    /// `NotFound(User)`, `Forbidden`, `EmailTaken`, `ExternalIdTaken`,
    /// `Password`, `Busy`.
    pub async fn update_user(
        &self,
        scope: &Scope,
        protected: Option<&Scope>,
        id: UserId,
        change: UserChange,
        client: &Client,
    ) -> Outcome<User> {
        let read = self.get_user(scope, id).await?;
        guard_protected(&read, &change, protected)?;
        let tenancy = self.tenancy(scope, Some(read.tenant)).await?;
        let phc = self.new_hash(&tenancy, &read, change.password.as_ref()).await?;
        let now = self.now().await?;
        let transaction = self.database.begin().await?;
        let before = users::lock(&transaction, scope, id).await?.ok_or(Failure::NotFound(Noun::User))?;
        guard_protected(&before, &change, protected)?;
        let mut user = before.clone();
        apply(&mut user, change);
        let new_password = phc.is_some();
        if let Some(phc) = phc {
            set_password(&mut user, phc, now);
        }
        user.updated_at = now;
        self.refuse_doubles(&transaction, scope, &user).await?;
        users::update(&transaction, &user).await.map_err(duplicate_is_email)?;
        self.consequences(&transaction, &before, &user, new_password, client, now).await?;
        transaction.commit().await.map_err(StoreError::from)?;
        Ok(user)
    }

    async fn new_hash(&self, tenancy: &Tenancy, user: &User, password: Option<&Secret>) -> Outcome<Option<String>> {
        let Some(password) = password else { return Ok(None) };
        let password = tenancy.check_password(user, password).map_err(Failure::Password)?;
        Ok(Some(self.hash(password).await?))
    }

    async fn consequences(
        &self,
        transaction: &Transaction,
        before: &User,
        user: &User,
        new_password: bool,
        client: &Client,
        now: Timestamp,
    ) -> Outcome<()> {
        let mut journal = Journal::new(&*self.entropy, now);
        let shut_out = user.disabled && !before.disabled;
        if shut_out || new_password || user.email_canonical != before.email_canonical {
            self.cancel_pending(transaction, user.id, None, now).await?;
        }
        if shut_out || new_password {
            self.end_all_sessions(transaction, user.id, &mut journal, now).await?;
        }
        journal.user(EventKind::UserUpdated, user);
        events::append(transaction, journal.events()).await?;
        if new_password {
            let told = Facts::changed(client.requested_from(), now);
            // To the address of before: a new one may be the thief's.
            messages::insert(transaction, &[self.notice(MailKind::PasswordUpdated, before, &told, now)]).await?;
        }
        Ok(())
    }

    /// Deletes a user, their sessions and what was pending.
    ///
    /// # Errors
    /// `NotFound(User)`.
    pub async fn delete_user(&self, scope: &Scope, id: UserId) -> Outcome<()> {
        let now = self.now().await?;
        let transaction = self.database.begin().await?;
        let user = users::lock(&transaction, scope, id).await?.ok_or(Failure::NotFound(Noun::User))?;
        let mut journal = Journal::new(&*self.entropy, now);
        self.cancel_pending(&transaction, id, None, now).await?;
        self.end_all_sessions(&transaction, id, &mut journal, now).await?;
        sessions::delete_all(&transaction, id).await?;
        users::delete(&transaction, id).await?;
        journal.user(EventKind::UserDeleted, &user);
        events::append(&transaction, journal.events()).await?;
        transaction.commit().await.map_err(StoreError::from)?;
        Ok(())
    }
}

/// A protected user's address or password is not every caller's to change.
fn guard_protected(user: &User, change: &UserChange, allowed: Option<&Scope>) -> Outcome<()> {
    let open = !user.protected || allowed.is_some_and(|scope| scope.covers_row(user.application, user.tenant));
    if open || !change.touches_credentials(user) { Ok(()) } else { Err(Failure::Forbidden) }
}

/// A unique index that refuses what the look-up let pass: somebody was faster.
/// The address is by far the likelier of the two.
fn duplicate_is_email(error: StoreError) -> Failure {
    if error.is_duplicate() { Failure::EmailTaken } else { Failure::Store(error) }
}

/// Writes the plain fields of a change.
fn apply(user: &mut User, change: UserChange) {
    if let Some(email) = change.email {
        // Nobody has shown yet that they read the new address.
        user.email_verified &= email.canonical() == user.email_canonical;
        (user.email, user.email_canonical) = (email.original().to_owned(), email.canonical().to_owned());
    }
    user.email_verified = change.email_verified.unwrap_or(user.email_verified);
    for (field, value) in [
        (&mut user.first_name, change.first_name),
        (&mut user.last_name, change.last_name),
        (&mut user.locale, change.locale),
        (&mut user.external_id, change.external_id),
    ] {
        if let Some(value) = value {
            *field = value;
        }
    }
    if let (Some(changes), Value::Object(metadata)) = (change.metadata, &mut user.metadata) {
        for (key, value) in changes {
            match value {
                Value::Null => metadata.remove(&key),
                value => metadata.insert(key, value),
            };
        }
    }
    user.disabled = change.disabled.unwrap_or(user.disabled);
    user.protected = change.protected.unwrap_or(user.protected);
}
