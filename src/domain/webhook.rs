//! Webhooks: where an application wants to be told of events, and what is on
//! its way there.

use std::time::Duration;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::clock::Timestamp;
use super::event::EventKind;
use super::ids::{ApplicationId, EventId, WebhookDeliveryId, WebhookEndpointId};

/// How long a delivery is tried.
pub const TRIED_FOR: Duration = Duration::from_secs(3 * 24 * 60 * 60);
/// When something is due that goes before everything else: somebody waits for
/// it.
pub const AT_ONCE: Timestamp = Timestamp::from_millis(0);
/// The wait after the first try that failed, and the longest.
const WAIT: (Duration, Duration) = (Duration::from_secs(10), Duration::from_secs(8 * 60 * 60));
/// How long an endpoint that fails is left alone, at first and at most.
const PAUSE: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(60));
/// So many failures in a row of an endpoint that does answer are its own
/// business; it is left alone from then on.
const FREE_FAILURES: u32 = 4;

/// Where an application wants to be told of events.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// Its name.
    pub id: WebhookEndpointId,
    /// The application it belongs to, whose events it is told of.
    pub application: ApplicationId,
    /// Where it is.
    pub url: String,
    /// What signs the deliveries, sealed.
    pub sealed_secret: String,
    /// The kinds of events it is told of.
    pub events: Vec<EventKind>,
    /// Whether it is told at all.
    pub enabled: bool,
    /// Counts its changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// Where a delivery is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    /// To be delivered.
    Pending,
    /// The endpoint acknowledged it.
    Delivered,
    /// Given up.
    Dead,
}

impl DeliveryState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Delivered, Self::Dead];

    /// As stored and as shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Delivered => "DELIVERED",
            Self::Dead => "DEAD",
        }
    }

    /// Reads exactly what [`Self::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// One event on its way to one endpoint.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Its name.
    pub id: WebhookDeliveryId,
    /// The application of both.
    pub application: ApplicationId,
    /// Where it goes.
    pub endpoint: WebhookEndpointId,
    /// What it tells of.
    pub event: EventId,
    /// What kind of event that is.
    pub kind: EventKind,
    /// The data of an event that never happened, for trying an endpoint out.
    pub sample: Option<Value>,
    /// Where it is in its life.
    pub state: DeliveryState,
    /// Not before this time.
    pub run_at: Timestamp,
    /// From when on it is not tried again.
    pub give_up_at: Timestamp,
    /// Tries so far.
    pub attempts: u32,
    /// The status of the latest answer, if there was one.
    pub answer_status: Option<u16>,
    /// Why the latest try failed, in our words.
    pub answer: Option<String>,
    /// When it was queued.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

impl Delivery {
    /// A delivery that is due now.
    #[must_use]
    pub fn new(
        endpoint: WebhookEndpointId,
        application: ApplicationId,
        event: EventId,
        kind: EventKind,
        now: Timestamp,
    ) -> Self {
        Self {
            id: delivery_id(event, endpoint),
            application,
            endpoint,
            event,
            kind,
            sample: None,
            state: DeliveryState::Pending,
            run_at: now,
            give_up_at: now + TRIED_FOR,
            attempts: 0,
            answer_status: None,
            answer: None,
            created_at: now,
            updated_at: now,
            finished_at: None,
        }
    }

    /// When it is tried next, for people.
    #[must_use]
    pub fn next_attempt(&self) -> Timestamp {
        self.run_at.max(self.updated_at)
    }

    /// When to try again after a failure at `now`; `None` when its time is
    /// over. The last try is made at the very end.
    #[must_use]
    pub fn next_try(&self, now: Timestamp, chance: u128) -> Option<Timestamp> {
        (now < self.give_up_at).then(|| (now + back_off(self.attempts, chance)).min(self.give_up_at))
    }
}

/// The one name of an event's delivery to an endpoint: queued twice, it is
/// refused the second time.
#[must_use]
pub fn delivery_id(event: EventId, endpoint: WebhookEndpointId) -> WebhookDeliveryId {
    let digest = Sha256::digest(format!("{event}{endpoint}"));
    let number = digest.iter().take(10).fold(0_u128, |number, byte| (number << 8) | u128::from(*byte));
    WebhookDeliveryId::from_parts(event.made_at(), number)
}

/// How long to wait after so many tries: three times longer each time, give or
/// take a fifth by `chance`.
fn back_off(attempts: u32, chance: u128) -> Duration {
    let wait = WAIT.0.saturating_mul(3_u32.saturating_pow(attempts.saturating_sub(1))).min(WAIT.1);
    let jitter = u32::try_from(chance % 1000).unwrap_or_default();
    wait.saturating_sub(wait / 5) + (wait / 5) * 2 * jitter / 1000
}

/// How long an endpoint is left alone after so many failures in a row, so that
/// what waits for it costs one call now and then and no more. One that answers
/// may fail a few times first.
#[must_use]
pub fn pause(failures: u32, answers: bool) -> Duration {
    let counted = if answers { failures.saturating_sub(FREE_FAILURES) } else { failures };
    match counted {
        0 => Duration::ZERO,
        counted => PAUSE.0.saturating_mul(1 << (counted - 1).min(10)).min(PAUSE.1),
    }
}

/// The data of an event that never happened, in the shape of its kind.
#[must_use]
pub fn sample(kind: EventKind, now: Timestamp) -> Value {
    let user = "user_00000000000000000000000000";
    let email = "sample@example.com";
    match kind {
        EventKind::PasswordResetCreated
        | EventKind::PasswordResetSucceeded
        | EventKind::PasswordResetCancelled
        | EventKind::PasswordResetExhausted => {
            json!({"object": "password_reset", "id": "password_reset_00000000000000000000000000",
                "user_id": user, "email": email, "expires_at": now, "created_at": now})
        }
        EventKind::EmailVerificationCreated => {
            json!({"object": "email_verification", "id": "email_verification_00000000000000000000000000",
                "user_id": user, "email": email, "expires_at": now, "created_at": now, "updated_at": now})
        }
        EventKind::SessionCreated => sample_session(user, None, now),
        EventKind::SessionRevoked => sample_session(user, Some(now), now),
        EventKind::UserCreated | EventKind::UserUpdated | EventKind::UserDeleted => {
            json!({"object": "user", "id": user, "email": email, "email_verified": true, "first_name": "Sample",
                "last_name": null, "name": "Sample", "profile_picture_url": null, "external_id": null, "metadata": {},
                "last_sign_in_at": null, "locale": null, "created_at": now, "updated_at": now})
        }
        EventKind::AuthenticationPasswordSucceeded => sample_sign_in("password", true, user, email),
        EventKind::AuthenticationPasswordFailed => sample_sign_in("password", false, user, email),
        EventKind::AuthenticationMfaSucceeded => sample_sign_in("mfa", true, user, email),
        EventKind::AuthenticationMfaFailed => sample_sign_in("mfa", false, user, email),
    }
}

fn sample_session(user: &str, ended_at: Option<Timestamp>, now: Timestamp) -> Value {
    let status = if ended_at.is_some() { "revoked" } else { "active" };
    json!({"object": "session", "id": "session_00000000000000000000000000", "user_id": user,
        "organization_id": "tenant_00000000000000000000000000", "ip_address": null, "user_agent": null,
        "auth_method": "password", "status": status, "expires_at": now, "ended_at": ended_at,
        "created_at": now, "updated_at": now})
}

fn sample_sign_in(step: &str, right: bool, user: &str, email: &str) -> Value {
    let status = if right { "succeeded" } else { "failed" };
    let mut data = json!({"type": step, "status": status, "user_id": user, "email": email,
        "ip_address": null, "user_agent": null});
    if let (false, Some(members)) = (right, data.as_object_mut()) {
        let error = json!({"code": "sample", "message": "This never happened."});
        members.insert("error".to_owned(), error);
    }
    data
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::entropy::SeededEntropy;
    use proptest::prelude::*;

    fn ids() -> (EventId, WebhookEndpointId) {
        let entropy = SeededEntropy::new(3);
        let now = Timestamp::from_millis(1_700_000_000_000);
        (EventId::generate(now, &entropy), WebhookEndpointId::generate(now, &entropy))
    }

    #[test]
    fn a_delivery_has_one_name() {
        let (event, endpoint) = ids();
        let name = delivery_id(event, endpoint);
        assert_eq!(name, delivery_id(event, endpoint));
        assert_ne!(name, delivery_id(event.successor(), endpoint));
        assert_ne!(name, delivery_id(event, endpoint.successor()));
        assert_eq!(name.made_at(), event.made_at());
    }

    #[test]
    fn waits_grow_from_ten_seconds_to_eight_hours() {
        assert_eq!(back_off(1, 500), Duration::from_secs(10));
        assert_eq!(back_off(3, 500), Duration::from_secs(90));
        assert_eq!(back_off(60, 500), WAIT.1);
    }

    #[test]
    fn an_endpoint_that_is_silent_is_left_alone_at_once_and_one_that_answers_later() {
        assert_eq!(pause(1, false), Duration::from_secs(5));
        assert_eq!(pause(3, false), Duration::from_secs(20));
        assert_eq!(pause(1000, false), PAUSE.1);
        assert_eq!(pause(FREE_FAILURES, true), Duration::ZERO);
        assert_eq!(pause(FREE_FAILURES + 1, true), PAUSE.0);
    }

    proptest! {
        #[test]
        fn tries_end_after_three_days_and_each_is_later_than_the_one_before(chances in prop::collection::vec(any::<u128>(), 64)) {
            let (event, endpoint) = ids();
            let start = event.made_at();
            let application = ApplicationId::from_parts(start, 1);
            let mut delivery = Delivery::new(endpoint, application, event, EventKind::UserCreated, start);
            let mut now = start;
            for chance in chances {
                delivery.attempts += 1;
                let Some(next) = delivery.next_try(now, chance) else { break };
                prop_assert!(next > now && next <= start + TRIED_FOR);
                now = next;
            }
            prop_assert_eq!(now, start + TRIED_FOR, "the last try is at the very end");
            prop_assert!((12..40).contains(&delivery.attempts), "{} tries", delivery.attempts);
        }
    }
}
