//! Deliveries: looked at, tried out and made once more by a person.

use crate::domain::access::{Authority, Scope};
use crate::domain::audit::Act;
use crate::domain::event::EventKind;
use crate::domain::ids::{EventId, WebhookDeliveryId, WebhookEndpointId};
use crate::domain::webhook::{AT_ONCE, Delivery, DeliveryState, TRIED_FOR, sample};
use crate::store::slice::{Slice, Term};
use crate::store::webhook_deliveries::{self, DeliveryAttribute};
use crate::workflows::{Engine, Failure, Noun, Outcome};

use super::WebhookRefusal;

impl Engine {
    /// A page of the application's deliveries, and how many there are.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn page_deliveries(
        &self,
        scope: &Scope,
        endpoint: Option<WebhookEndpointId>,
        state: Option<DeliveryState>,
        terms: &[Term<DeliveryAttribute>],
        slice: Slice,
    ) -> Outcome<(u64, Vec<Delivery>)> {
        Ok(webhook_deliveries::page(self.database.read(), scope, endpoint, state, terms, slice).await?)
    }

    /// Reads a delivery inside the scope.
    ///
    /// # Errors
    /// `NotFound(WebhookDelivery)`.
    pub async fn get_delivery(&self, scope: &Scope, id: WebhookDeliveryId) -> Outcome<Delivery> {
        let found = webhook_deliveries::find(self.database.read(), scope, id).await?;
        found.ok_or(Failure::NotFound(Noun::WebhookDelivery))
    }

    /// Makes a delivery once more, before all that waits, under the same event
    /// id and whatever became of it before.
    ///
    /// # Errors
    /// `NotFound`: `WebhookDelivery`, `WebhookEndpoint`; `Webhook`: `UnderWay`.
    pub async fn replay_delivery(&self, authority: &Authority, id: WebhookDeliveryId) -> Outcome<Delivery> {
        let (scope, now) = (authority.scope(), self.now().await?);
        let found = self.get_delivery(scope, id).await?;
        self.get_endpoint(scope, found.endpoint).await?;
        let delivery = Delivery {
            state: DeliveryState::Pending,
            run_at: AT_ONCE,
            give_up_at: if found.sample.is_some() { now } else { now + TRIED_FOR },
            attempts: 0,
            updated_at: now,
            finished_at: None,
            ..found
        };
        let transaction = self.database.begin().await?;
        if !webhook_deliveries::replay(&transaction, &delivery, now).await? {
            return Err(WebhookRefusal::UnderWay.into());
        }
        let act = Act::new("webhook_delivery.replayed", id).with("endpointId", delivery.endpoint.to_string());
        self.commit_act(transaction, authority, now, act).await?;
        Ok(delivery)
    }

    /// Sends an endpoint an event that never happened, once and before all that
    /// waits for it.
    ///
    /// # Errors
    /// `NotFound(WebhookEndpoint)`; `Webhook`: `Disabled`.
    pub async fn test_fire(&self, authority: &Authority, id: WebhookEndpointId, kind: EventKind) -> Outcome<Delivery> {
        let (scope, now) = (authority.scope(), self.now().await?);
        let endpoint = self.get_endpoint(scope, id).await?;
        if !endpoint.enabled {
            return Err(WebhookRefusal::Disabled.into());
        }
        let event = EventId::generate(now, &*self.entropy);
        let delivery = Delivery {
            sample: Some(sample(kind, now)),
            run_at: AT_ONCE,
            give_up_at: now,
            ..Delivery::new(endpoint.id, endpoint.application, event, kind, now)
        };
        let transaction = self.database.begin().await?;
        webhook_deliveries::insert(&transaction, std::slice::from_ref(&delivery)).await?;
        let act = Act::new("webhook_endpoint.test_fired", id).with("event", kind.as_str());
        self.commit_act(transaction, authority, now, act).await?;
        Ok(delivery)
    }
}
