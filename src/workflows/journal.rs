//! Making events. They are collected while a change is decided and appended in
//! its transaction.

use serde_json::{Map, Value, json};

use crate::domain::clock::Timestamp;
use crate::domain::entropy::Entropy;
use crate::domain::event::{Event, EventKind};
use crate::domain::ids::{ApplicationId, EventId, TenantId, UserId};
use crate::domain::reset::Reset;
use crate::domain::user::{Session, User};
use crate::domain::verification::EmailVerification;

use super::resets::Client;

/// The events of one change.
pub struct Journal<'a> {
    entropy: &'a dyn Entropy,
    now: Timestamp,
    events: Vec<Event>,
}

impl std::fmt::Debug for Journal<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Journal").field("events", &self.events.len()).finish_non_exhaustive()
    }
}

impl<'a> Journal<'a> {
    /// An empty journal for a change at `now`.
    #[must_use]
    pub const fn new(entropy: &'a dyn Entropy, now: Timestamp) -> Self {
        Self { entropy, now, events: Vec::new() }
    }

    /// What was noted so far.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Something happened to a reset.
    pub fn reset(&mut self, kind: EventKind, reset: &Reset) -> &mut Self {
        self.note(kind, reset.application, reset.tenant, reset.user, reset.to_event_object())
    }

    /// Something happened to a verification of an address.
    pub fn verification(&mut self, kind: EventKind, verification: &EmailVerification) -> &mut Self {
        let of = verification;
        self.note(kind, of.application, of.tenant, of.user, of.to_event_object())
    }

    /// Something happened to a session.
    pub fn session(&mut self, kind: EventKind, session: &Session) -> &mut Self {
        self.note(kind, session.application, session.tenant, session.user, session.to_object())
    }

    /// Sessions were ended; answers how many.
    pub fn ended_sessions(&mut self, sessions: &[Session]) -> u32 {
        for session in sessions {
            self.session(EventKind::SessionRevoked, session);
        }
        u32::try_from(sessions.len()).unwrap_or(u32::MAX)
    }

    /// Something happened to a user.
    pub fn user(&mut self, kind: EventKind, user: &User) -> &mut Self {
        self.note(kind, user.application, user.tenant, user.id, user.to_object())
    }

    /// A user signed in.
    pub fn signed_in(&mut self, user: &User, client: &Client) -> &mut Self {
        let data = succeeded("password", user, client);
        self.note(EventKind::AuthenticationPasswordSucceeded, user.application, user.tenant, user.id, data)
    }

    /// A user failed to sign in.
    pub fn sign_in_failed(&mut self, user: &User, client: &Client) -> &mut Self {
        let data = failed("password", WRONG_PASSWORD, Some(user), client);
        self.note(EventKind::AuthenticationPasswordFailed, user.application, user.tenant, user.id, data)
    }

    /// A user's second factor was right.
    pub fn second_factor_right(&mut self, user: &User, client: &Client) -> &mut Self {
        let data = succeeded("mfa", user, client);
        self.note(EventKind::AuthenticationMfaSucceeded, user.application, user.tenant, user.id, data)
    }

    /// A user's second factor was wrong.
    pub fn second_factor_wrong(&mut self, user: &User, client: &Client) -> &mut Self {
        let data = failed("mfa", WRONG_CODE, Some(user), client);
        self.note(EventKind::AuthenticationMfaFailed, user.application, user.tenant, user.id, data)
    }

    /// Somebody whom the tenant does not know failed to sign in. Which address
    /// was typed is not kept: it is nobody's that could ask for it to be
    /// forgotten.
    pub fn sign_in_of_nobody(&mut self, application: ApplicationId, tenant: TenantId, client: &Client) -> &mut Self {
        let data = failed("password", WRONG_PASSWORD, None, client);
        self.note(EventKind::AuthenticationPasswordFailed, application, tenant, None, data)
    }

    fn note(
        &mut self,
        kind: EventKind,
        application: ApplicationId,
        tenant: TenantId,
        user: impl Into<Option<UserId>>,
        data: Value,
    ) -> &mut Self {
        // One change's events keep the order in which they were noted.
        let after = self.events.last().map(|event| event.id.successor());
        self.events.push(Event {
            id: after.unwrap_or_else(|| EventId::generate(self.now, self.entropy)),
            application,
            tenant: Some(tenant),
            user: user.into(),
            kind,
            data,
            created_at: self.now,
        });
        self
    }
}

/// Why a sign-in failed, as a code and a sentence.
type Reason = (&'static str, &'static str);

const WRONG_PASSWORD: Reason = ("invalid_credentials", "The email address or the password is wrong.");
const WRONG_CODE: Reason = ("invalid_one_time_code", "The code is wrong or was used before.");

/// A step of a sign-in that was right, as events tell it.
fn succeeded(step: &str, user: &User, client: &Client) -> Value {
    attempt(step, "succeeded", Some(user), client).into()
}

/// One that was wrong.
fn failed(step: &str, (code, message): Reason, user: Option<&User>, client: &Client) -> Value {
    let mut data = attempt(step, "failed", user, client);
    data.insert("error".to_owned(), json!({"code": code, "message": message}));
    data.into()
}

fn attempt(step: &str, status: &str, user: Option<&User>, client: &Client) -> Map<String, Value> {
    let members = [
        ("type", json!(step)),
        ("status", json!(status)),
        ("user_id", json!(user.map(|user| user.id))),
        ("email", json!(user.map(|user| &user.email))),
        ("ip_address", json!(client.ip)),
        ("user_agent", json!(client.user_agent)),
    ];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
