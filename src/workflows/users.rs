//! Users: made, read, changed and deleted by a trusted backend.

use serde_json::{Map, Value};

use crate::credentials::imported::ImportedHash;
use crate::domain::access::{Authority, Scope};
use crate::domain::audit::Act;
use crate::domain::clock::Timestamp;
use crate::domain::email_address::EmailAddress;
use crate::domain::event::EventKind;
use crate::domain::ids::{ApplicationId, TenantId, UserId};
use crate::domain::mail::MailKind;
use crate::domain::secret::Secret;
use crate::domain::user::User;
use crate::store::slice::{Slice, Term};
use crate::store::users::{UserAttribute, UserFilter, UserQuery};
use crate::store::{
    StoreError, Transaction, auth_factors, events, messages, password_history, pending_sign_ins, sessions, throttles,
    users, verifications,
};

use super::journal::Journal;
use super::outbox::Facts;
use super::passwords::keep_hash;
use super::resets::Client;
use super::resets::complete::set_password;
use super::tenancy::Tenancy;
use super::{Engine, Failure, Noun, Outcome};

/// Entries of a user's metadata at most.
pub const METADATA_ENTRIES: usize = 50;

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
    /// A hash of it that another system made, instead.
    pub password_hash: Option<ImportedHash>,
    /// A privileged target.
    pub protected: bool,
    /// Shut out from the beginning.
    pub disabled: bool,
}

/// What changes of a user: `None` leaves a field as it is, `Some(None)`
/// empties it.
#[derive(Debug, Clone, Default)]
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
    /// Whether all texts of before are removed first.
    pub clear_metadata: bool,
    /// A new password.
    pub password: Option<Secret>,
    /// A hash of it that another system made, instead.
    pub password_hash: Option<ImportedHash>,
    /// Whether they are shut out.
    pub disabled: Option<bool>,
    /// Whether they are a privileged target.
    pub protected: Option<bool>,
    /// The version that the caller has seen, if only that may change.
    pub version: Option<i64>,
}

impl UserChange {
    /// Whether it changes how this user proves who they are, or where their
    /// mail goes. The address they have already changes nothing.
    #[must_use]
    pub fn touches_credentials(&self, user: &User) -> bool {
        let new_password = self.password.is_some() || self.password_hash.is_some();
        new_password || self.email.as_ref().is_some_and(|email| email.original() != user.email)
    }
}

impl Engine {
    /// Makes a user.
    ///
    /// # Errors
    /// `EmailTaken`, `ExternalIdTaken`, `Password`, `NotFound(Tenant)`, `Busy`.
    pub async fn create_user(&self, authority: &Authority, email: &EmailAddress, new: NewUser) -> Outcome<User> {
        let (scope, now) = (authority.scope(), self.now().await?);
        let tenancy = self.tenancy(scope, new.tenant).await?;
        let place = (tenancy.application.id, tenancy.tenant.id);
        let mut user = User {
            email_verified: new.email_verified,
            first_name: new.first_name,
            last_name: new.last_name,
            locale: new.locale,
            external_id: new.external_id,
            metadata: Value::Object(new.metadata),
            disabled: new.disabled,
            protected: new.protected,
            password_hash: new.password_hash.map(|hash| hash.stored().to_owned()),
            ..fresh(UserId::generate(now, &*self.entropy), place, email, now)
        };
        if let Some(password) = new.password {
            let password = self.accept_password(&tenancy, &user, &password).await?;
            user.password_hash = Some(self.hash(password).await?);
        }
        let transaction = self.database.begin().await?;
        self.refuse_doubles(&transaction, scope, &user).await?;
        users::insert(&transaction, &user).await.map_err(duplicate)?;
        let mut journal = Journal::new(&*self.entropy, now);
        journal.user(EventKind::UserCreated, &user);
        events::append(&transaction, journal.events()).await?;
        let act = Act::new("user.created", user.id).of_tenant(user.tenant);
        self.commit_act(transaction, authority, now, act).await?;
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
        let missing = Failure::NotFound(Noun::User);
        // PostgreSQL takes no text with a NUL, so nobody has such an id.
        if external.contains('\0') {
            return Err(missing);
        }
        users::find_by_external_id(self.database.read(), scope, external).await?.ok_or(missing)
    }

    /// A page of the users inside the scope, and how many there are.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn page_users(
        &self,
        scope: &Scope,
        which: &UserFilter,
        terms: &[Term<UserAttribute>],
        by: UserAttribute,
        slice: Slice,
    ) -> Outcome<(u64, Vec<User>)> {
        Ok(users::page(self.database.read(), scope, which, terms, by, slice).await?)
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
    /// `NotFound(User)`, `Forbidden`, `Stale`, `EmailTaken`, `ExternalIdTaken`,
    /// `TooMuchMetadata`, `Password`, `Busy`.
    pub async fn update_user(
        &self,
        authority: &Authority,
        protected: Option<&Scope>,
        id: UserId,
        change: UserChange,
        client: &Client,
    ) -> Outcome<User> {
        let scope = authority.scope();
        let read = self.get_user(scope, id).await?;
        guard_protected(&read, &change, protected)?;
        let tenancy = self.tenancy(scope, Some(read.tenant)).await?;
        let phc = self.new_hash(&tenancy, &read, &change).await?;
        let now = self.now().await?;
        let transaction = self.database.begin().await?;
        let before = users::lock(&transaction, scope, id).await?.ok_or(Failure::NotFound(Noun::User))?;
        if change.version.is_some_and(|seen| seen != before.version) {
            drop(transaction);
            return Err(self.stale(scope, id).await);
        }
        guard_protected(&before, &change, protected)?;
        let mut user = before.clone();
        let bounded = change.metadata.is_some();
        apply(&mut user, change);
        // Counted under the lock: two changes at once may not add up to more.
        if bounded && user.metadata.as_object().is_some_and(|metadata| metadata.len() > METADATA_ENTRIES) {
            return Err(Failure::TooMuchMetadata);
        }
        let new_password = phc.is_some();
        if let Some(phc) = phc {
            keep_hash(&transaction, &tenancy, &before, now).await?;
            set_password(&mut user, phc, now);
        }
        (user.updated_at, user.version) = (now, before.version + 1);
        self.refuse_doubles(&transaction, scope, &user).await?;
        users::update(&transaction, &user).await.map_err(duplicate)?;
        self.consequences(&transaction, &before, &user, new_password, client, now).await?;
        let act = Act::new("user.updated", id).of_tenant(user.tenant).changing(&changed_fields(&before, &user));
        self.commit_act(transaction, authority, now, act).await?;
        Ok(user)
    }

    async fn new_hash(&self, tenancy: &Tenancy, user: &User, change: &UserChange) -> Outcome<Option<String>> {
        let Some(password) = &change.password else {
            return Ok(change.password_hash.as_ref().map(|hash| hash.stored().to_owned()));
        };
        let password = self.accept_password(tenancy, user, password).await?;
        Ok(Some(self.hash(password).await?))
    }

    /// What follows from a change, in its transaction: pending resets and
    /// sessions end where they have to, its event and its notice.
    pub(super) async fn consequences(
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
            // The failures before it were guesses at a password that is gone.
            throttles::clear(transaction, &[&self.sign_in_account(user.tenant, &user.email_canonical)]).await?;
            let told = Facts::changed(client.requested_from(), now);
            // To the address of before: a new one may be the thief's.
            messages::insert(transaction, &[self.notice(MailKind::PasswordUpdated, before, &told, now)]).await?;
        }
        Ok(())
    }

    /// Deletes a user, their sessions, their second factors and what was pending.
    ///
    /// # Errors
    /// `NotFound(User)`, `Stale`.
    pub async fn delete_user(&self, authority: &Authority, id: UserId, version: Option<i64>) -> Outcome<()> {
        let (scope, now) = (authority.scope(), self.now().await?);
        let transaction = self.database.begin().await?;
        let user = users::lock(&transaction, scope, id).await?.ok_or(Failure::NotFound(Noun::User))?;
        if version.is_some_and(|seen| seen != user.version) {
            drop(transaction);
            return Err(self.stale(scope, id).await);
        }
        let mut journal = Journal::new(&*self.entropy, now);
        self.cancel_pending(&transaction, id, None, now).await?;
        self.end_all_sessions(&transaction, id, &mut journal, now).await?;
        sessions::delete_all(&transaction, id).await?;
        verifications::delete_all(&transaction, id).await?;
        auth_factors::delete_all(&transaction, id).await?;
        pending_sign_ins::delete_all(&transaction, id).await?;
        password_history::delete_all(&transaction, id).await?;
        users::delete(&transaction, id).await?;
        journal.user(EventKind::UserDeleted, &user);
        events::append(&transaction, journal.events()).await?;
        let act = Act::new("user.deleted", id).of_tenant(user.tenant);
        self.commit_act(transaction, authority, now, act).await
    }
}

/// A user of whom nothing is known but the address.
pub(super) fn fresh(
    id: UserId,
    (application, tenant): (ApplicationId, TenantId),
    email: &EmailAddress,
    now: Timestamp,
) -> User {
    User {
        id,
        application,
        tenant,
        email: email.original().to_owned(),
        email_canonical: email.canonical().to_owned(),
        email_verified: false,
        first_name: None,
        last_name: None,
        locale: None,
        external_id: None,
        metadata: Value::Object(Map::new()),
        disabled: false,
        protected: false,
        password_hash: None,
        credential_version: 0,
        last_sign_in_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
    }
}

/// A protected user's address or password is not every caller's to change, nor
/// who is one.
fn guard_protected(user: &User, change: &UserChange, allowed: Option<&Scope>) -> Outcome<()> {
    let may = allowed.is_some_and(|scope| scope.covers_row(user.application, user.tenant));
    let marks = change.protected.is_some_and(|protected| protected != user.protected);
    if may || !(marks || user.protected && change.touches_credentials(user)) { Ok(()) } else { Err(Failure::Forbidden) }
}

/// The names of the fields that a change has changed, for the audit log.
fn changed_fields(before: &User, user: &User) -> Vec<&'static str> {
    let fields = [
        ("email", before.email != user.email),
        ("emailVerified", before.email_verified != user.email_verified),
        ("firstName", before.first_name != user.first_name),
        ("lastName", before.last_name != user.last_name),
        ("locale", before.locale != user.locale),
        ("externalId", before.external_id != user.external_id),
        ("metadata", before.metadata != user.metadata),
        ("password", before.password_hash != user.password_hash),
        ("disabled", before.disabled != user.disabled),
        ("protected", before.protected != user.protected),
    ];
    fields.into_iter().filter_map(|(name, changed)| changed.then_some(name)).collect()
}

/// A unique index that refuses what the look-up let pass: somebody was faster.
fn duplicate(error: StoreError) -> Failure {
    if error.is_duplicate_of("external_id") {
        Failure::ExternalIdTaken
    } else if error.is_duplicate() {
        Failure::EmailTaken
    } else {
        Failure::Store(error)
    }
}

/// Writes the plain fields of a change.
pub(super) fn apply(user: &mut User, change: UserChange) {
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
    if change.clear_metadata {
        user.metadata = Value::Object(Map::new());
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
