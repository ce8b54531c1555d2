//! Making events. They are collected while a change is decided and appended in
//! its transaction.

use serde_json::{Value, json};

use crate::domain::clock::Timestamp;
use crate::domain::entropy::Entropy;
use crate::domain::event::{Event, EventKind};
use crate::domain::ids::{ApplicationId, EventId, TenantId, UserId};
use crate::domain::reset::Reset;
use crate::domain::user::{Session, User};

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

    /// Something happened to a session.
    pub fn session(&mut self, kind: EventKind, session: &Session) -> &mut Self {
        self.note(kind, session.application, session.tenant, session.user, session.to_object())
    }

    /// Something happened to a user.
    pub fn user(&mut self, kind: EventKind, user: &User) -> &mut Self {
        self.note(kind, user.application, user.tenant, user.id, user.to_object())
    }

    /// A user signed in, or failed to.
    pub fn sign_in(&mut self, kind: EventKind, user: &User) -> &mut Self {
        let data = json!({"type": "password", "status": if kind == EventKind::AuthenticationPasswordSucceeded { "succeeded" } else { "failed" },
            "user_id": user.id, "email": user.email});
        self.note(kind, user.application, user.tenant, user.id, data)
    }

    /// Somebody whom the tenant does not know failed to sign in. Which address
    /// was typed is not kept: it is nobody's that could ask for it to be
    /// forgotten.
    pub fn sign_in_of_nobody(&mut self, application: ApplicationId, tenant: TenantId) -> &mut Self {
        let data = json!({"type": "password", "status": "failed", "user_id": null, "email": null});
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
