//! Sessions: beginning, going on, ending.
//!
//! Refresh tokens are derived from the session's nonce and their generation,
//! and looked up by digest. Each is good once; the reuse of an old one means
//! that two parties hold it, and ends the session.

use std::time::Duration;

use crate::credentials::tokens::UserSubject;
use crate::domain::access::{Authority, Scope};
use crate::domain::audit::Act;
use crate::domain::clock::Timestamp;
use crate::domain::event::EventKind;
use crate::domain::ids::{SessionId, UserId};
use crate::domain::keys::Purpose;
use crate::domain::reset::proof;
use crate::domain::secret::Secret;
use crate::domain::user::{Session, User};
use crate::store::sessions::{self, RefreshToken, SessionSeed};
use crate::store::{StoreError, Transaction, applications, events, service_accounts, users};

use super::journal::Journal;
use super::resets::Client;
use super::{Engine, Failure, Noun, Outcome};

/// How long a session lives without ending.
const LIFETIME: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// A user who is signed in, and the refresh token of their session.
#[derive(Debug)]
pub struct SignedIn {
    /// The user.
    pub user: User,
    /// The session.
    pub session: SessionId,
    /// When this was.
    pub at: Timestamp,
    /// The refresh token, good once.
    pub refresh_token: Secret,
}

impl Engine {
    /// Begins a session for a user whose row the caller has locked.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn begin_session(
        &self,
        transaction: &Transaction,
        user: User,
        client: &Client,
        now: Timestamp,
    ) -> Outcome<SignedIn> {
        let seed = SessionSeed { key_id: self.keys.current().id().to_owned(), nonce: self.entropy.nonce() };
        let session = Session {
            id: SessionId::generate(now, &*self.entropy),
            application: user.application,
            tenant: user.tenant,
            user: user.id,
            ip_address: client.ip.map(|ip| ip.to_string()),
            user_agent: client.user_agent.clone(),
            created_at: now,
            updated_at: now,
            expires_at: now + LIFETIME,
            ended_at: None,
        };
        sessions::insert(transaction, &session, &seed).await?;
        let refresh_token = self.give_refresh_token(transaction, &session, &seed, 0, now).await?;
        let mut journal = Journal::new(&*self.entropy, now);
        journal.session(EventKind::SessionCreated, &session);
        events::append(transaction, journal.events()).await?;
        Ok(SignedIn { user, session: session.id, at: now, refresh_token })
    }

    async fn give_refresh_token(
        &self,
        transaction: &Transaction,
        session: &Session,
        seed: &SessionSeed,
        generation: i64,
        now: Timestamp,
    ) -> Outcome<Secret> {
        let (id, key) = (session.id.to_string(), self.key(&seed.key_id)?);
        let parts: [&[u8]; 3] = [id.as_bytes(), &generation.to_be_bytes(), &seed.nonce];
        let token = proof::token(&key.derive(Purpose::RefreshToken, &parts));
        let row = RefreshToken { session: session.id, generation, used_at: None };
        sessions::insert_token(transaction, &token.digest(), row, now).await?;
        Ok(token)
    }

    /// The access token of a session, a JWT, for the client that asked.
    ///
    /// # Errors
    /// When the current key is broken.
    pub fn access_token(&self, signed_in: &SignedIn, client_id: &str) -> Outcome<Secret> {
        let (session, client_id) = (signed_in.session, client_id.to_owned());
        let subject = UserSubject { user: signed_in.user.id, session, tenant: signed_in.user.tenant, client_id };
        let token = self.tokens.issue_user(&self.public_url, &subject, signed_in.at, &*self.entropy);
        Ok(token.map_err(|_| StoreError::Corrupt("signing key"))?)
    }

    /// Whether there is a client of this name.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn knows_client(&self, client_id: &str) -> Outcome<bool> {
        // What cannot be a name is not asked for; PostgreSQL takes no text with a NUL.
        let plain = client_id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        Ok(plain && service_accounts::find_by_client_id(self.database.read(), client_id).await?.is_some())
    }

    /// Exchanges a refresh token for the next one and a new access token.
    ///
    /// # Errors
    /// `InvalidRefreshToken` when it is unknown, foreign or used, or its
    /// session has ended; a session begun under a revoked key ends here.
    pub async fn refresh_session(&self, scope: &Scope, token: &Secret) -> Outcome<SignedIn> {
        let invalid = || Failure::InvalidRefreshToken;
        let now = self.now().await?;
        let digest = token.digest();
        let transaction = self.database.begin().await?;
        let known = sessions::find_token(&transaction, &digest).await?.ok_or_else(invalid)?;
        let (session, seed) = sessions::lock(&transaction, scope, known.session).await?.ok_or_else(invalid)?;
        if session.ended_at.is_some() || now >= session.expires_at {
            return Err(invalid());
        }
        // Whoever has a revoked key makes the tokens of its sessions.
        let revoked = self.keys.find(&seed.key_id).is_none();
        if revoked || !sessions::use_token(&transaction, &digest, now).await? {
            self.end_in(&transaction, &session, now).await?;
            transaction.commit().await?;
            return Err(invalid());
        }
        let user = users::find(&transaction, scope, session.user).await?.filter(|user| !user.disabled);
        let user = user.ok_or_else(invalid)?;
        // A tenant that is deleted is gone at once, its users in steps.
        applications::find_tenant(&transaction, scope, user.tenant).await?.ok_or_else(invalid)?;
        let next = self.give_refresh_token(&transaction, &session, &seed, known.generation + 1, now).await?;
        transaction.commit().await?;
        Ok(SignedIn { user, session: session.id, at: now, refresh_token: next })
    }

    /// Lists the active sessions of a user inside the scope.
    ///
    /// # Errors
    /// `NotFound(User)`.
    pub async fn list_sessions(&self, scope: &Scope, user: UserId) -> Outcome<Vec<Session>> {
        let now = self.now().await?;
        users::find(self.database.read(), scope, user).await?.ok_or(Failure::NotFound(Noun::User))?;
        Ok(sessions::list_active(self.database.read(), user, now).await?)
    }

    /// Ends a session inside the scope because somebody with authority says
    /// so: of this user, or of whoever's it is. Ending it twice changes nothing.
    ///
    /// # Errors
    /// `NotFound(Session)`.
    pub async fn revoke_session_by(
        &self,
        authority: &Authority,
        of: Option<UserId>,
        id: SessionId,
    ) -> Outcome<Session> {
        let now = self.now().await?;
        let transaction = self.database.begin().await?;
        let found = sessions::lock(&transaction, authority.scope(), id).await?;
        let found = found.filter(|(session, _)| of.is_none_or(|user| user == session.user));
        let (before, _) = found.ok_or(Failure::NotFound(Noun::Session))?;
        let session = self.end_in(&transaction, &before, now).await?;
        if before.ended_at.is_some() {
            return Ok(session);
        }
        let act = Act::new("session.revoked", id).of_tenant(session.tenant).with("userId", session.user.to_string());
        self.commit_act(transaction, authority, now, act).await?;
        Ok(session)
    }

    /// Ends every session of a user inside the scope; says how many there
    /// were.
    ///
    /// # Errors
    /// `NotFound(User)`.
    pub async fn revoke_sessions(&self, authority: &Authority, user: UserId) -> Outcome<u32> {
        let now = self.now().await?;
        let transaction = self.database.begin().await?;
        let found = users::lock(&transaction, authority.scope(), user).await?;
        let user = found.ok_or(Failure::NotFound(Noun::User))?;
        let mut journal = Journal::new(&*self.entropy, now);
        let count = self.end_all_sessions(&transaction, user.id, &mut journal, now).await?;
        if count == 0 {
            return Ok(0);
        }
        events::append(&transaction, journal.events()).await?;
        let act = Act::new("user.sessions_revoked", user.id).of_tenant(user.tenant).with("count", count);
        self.commit_act(transaction, authority, now, act).await?;
        Ok(count)
    }

    /// Ends a session inside the scope; ending it twice changes nothing.
    ///
    /// # Errors
    /// `NotFound(Session)`.
    pub async fn revoke_session(&self, scope: &Scope, id: SessionId) -> Outcome<Session> {
        let now = self.now().await?;
        let transaction = self.database.begin().await?;
        let found = sessions::lock(&transaction, scope, id).await?;
        let (session, _) = found.ok_or(Failure::NotFound(Noun::Session))?;
        let session = self.end_in(&transaction, &session, now).await?;
        transaction.commit().await?;
        Ok(session)
    }

    async fn end_in(&self, transaction: &Transaction, session: &Session, now: Timestamp) -> Outcome<Session> {
        let mut session = session.clone();
        if sessions::end(transaction, session.id, now).await? {
            (session.ended_at, session.updated_at) = (Some(now), now);
            let mut journal = Journal::new(&*self.entropy, now);
            journal.session(EventKind::SessionRevoked, &session);
            events::append(transaction, journal.events()).await?;
        }
        Ok(session)
    }

    /// Ends every session of a user whose row the caller has locked, and notes
    /// each one.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn end_all_sessions(
        &self,
        transaction: &Transaction,
        user: UserId,
        journal: &mut Journal<'_>,
        now: Timestamp,
    ) -> Outcome<u32> {
        Ok(journal.ended_sessions(&sessions::end_all(transaction, user, now).await?))
    }
}
