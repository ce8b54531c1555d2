//! One delivery from its row to the endpoint and back to the row. The body is
//! put together and signed now, so that a retry carries the same event under a
//! new time.

use crate::credentials::sealed;
use crate::domain::access::Scope;
use crate::domain::clock::Timestamp;
use crate::domain::event::Event;
use crate::domain::webhook::{Delivery, DeliveryState, Endpoint, pause};
use crate::store::webhook_endpoints as endpoints;
use crate::store::{events, webhook_deliveries as deliveries};
use crate::telemetry::metrics::{self, WebhookResult};
use crate::webhooks::client::{Answer, ClientError};
use crate::webhooks::sign;
use crate::workflows::{Engine, Failure, Outcome};

/// A call that is ready to be made.
#[derive(Debug)]
pub struct WebhookCall {
    url: String,
    signature: String,
    body: Vec<u8>,
}

/// What became of the preparation.
#[derive(Debug)]
pub enum Prepared {
    /// To be called.
    Call(WebhookCall),
    /// It cannot be called this time, and why.
    Failed(&'static str),
    /// It never can be any more, and why.
    Pointless(&'static str),
}

impl Engine {
    /// Puts together what is sent.
    ///
    /// # Errors
    /// When the database is gone; the lease then runs out by itself.
    pub async fn prepare_delivery(&self, delivery: &Delivery) -> Outcome<Prepared> {
        let (scope, database) = (Scope::of_record(delivery.application), self.database.read());
        let Some(endpoint) = endpoints::find(database, &scope, delivery.endpoint).await? else {
            return Ok(Prepared::Pointless("the endpoint was removed"));
        };
        if !endpoint.enabled {
            return Ok(Prepared::Failed("the endpoint is disabled"));
        }
        let event = match &delivery.sample {
            Some(data) => Some(Event {
                id: delivery.event,
                application: delivery.application,
                tenant: None,
                user: None,
                kind: delivery.kind,
                data: data.clone(),
                created_at: delivery.created_at,
            }),
            None => events::find(database, &scope, delivery.event).await?,
        };
        let Some(event) = event else { return Ok(Prepared::Pointless("the event is not kept any more")) };
        if let Some(tenant) = event.tenant
            && matches!(self.tenancy(&scope, Some(tenant)).await, Err(Failure::NotFound(_)))
        {
            return Ok(Prepared::Pointless("the tenant was deleted"));
        }
        let Some(secret) = self.endpoint_secret(&endpoint) else {
            return Ok(Prepared::Failed("the secret was sealed with a key that is not here or was revoked"));
        };
        if !sealed::is_current(&self.keys, &endpoint.sealed_secret) {
            let anew = self.seal_endpoint_secret(endpoint.id, &secret)?;
            endpoints::reseal(self.database.write(), &endpoint, &anew).await?;
        }
        let body = event.to_object().to_string().into_bytes();
        let signature = sign::sign(&secret, self.now().await?, &body);
        let Endpoint { url, .. } = endpoint;
        Ok(Prepared::Call(WebhookCall { url, signature, body }))
    }

    /// Makes the call.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn call_webhook(&self, call: WebhookCall) -> Result<Answer, ClientError> {
        let headers = [("content-type", "application/json"), (sign::HEADER, call.signature.as_str())];
        self.client.post(&call.url, &headers, call.body).await
    }

    /// Writes the outcome of a call back. Only a status of success acknowledges.
    ///
    /// # Errors
    /// When the database is gone; the lease then runs out and it is made again.
    pub async fn settle_webhook(
        &self,
        worker: &str,
        delivery: &Delivery,
        answer: Result<Answer, ClientError>,
    ) -> Outcome<DeliveryState> {
        let now = self.now().await?;
        let (status, words) = match answer {
            Ok(answer) if answer.is_success() => {
                let told = (Some(answer.status), "acknowledged");
                deliveries::finish(self.database.write(), worker, delivery.id, DeliveryState::Delivered, told, now)
                    .await?;
                endpoints::forgive(self.database.write(), delivery.endpoint).await?;
                count(DeliveryState::Delivered);
                return Ok(DeliveryState::Delivered);
            }
            Ok(answer) => (Some(answer.status), format!("answered with status {}", answer.status)),
            Err(error) => (None, error.to_string()),
        };
        self.fail_delivery(worker, delivery, status, &words, now).await
    }

    /// Puts a failed delivery off or gives it up, and leaves the endpoint alone
    /// for a while.
    async fn fail_delivery(
        &self,
        worker: &str,
        delivery: &Delivery,
        status: Option<u16>,
        words: &str,
        now: Timestamp,
    ) -> Outcome<DeliveryState> {
        let next = delivery.next_try(now, self.entropy.u128());
        let transaction = self.database.begin().await?;
        let told = (status, words);
        match next {
            Some(run_at) => deliveries::retry(&transaction, worker, delivery.id, run_at, told, now).await?,
            None => {
                deliveries::finish(&transaction, worker, delivery.id, DeliveryState::Dead, told, now).await?;
            }
        }
        // A test says nothing about how the endpoint fares with real ones.
        if delivery.sample.is_none() {
            let failures = endpoints::count_failure(&transaction, delivery.endpoint).await?;
            let pause = pause(failures, status.is_some());
            if !pause.is_zero() {
                endpoints::leave_alone(&transaction, delivery.endpoint, now + pause).await?;
            }
        }
        transaction.commit().await?;
        let state = if next.is_some() { DeliveryState::Pending } else { DeliveryState::Dead };
        count(state);
        if state == DeliveryState::Dead {
            tracing::warn!(delivery_id = %delivery.id, attempts = delivery.attempts, "a webhook delivery was given up");
        }
        Ok(state)
    }

    /// Ends or puts off a delivery that could not be prepared.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn settle_unprepared(&self, worker: &str, delivery: &Delivery, why: &str, ends: bool) -> Outcome<()> {
        let now = self.now().await?;
        if ends {
            let told = (None, why);
            deliveries::finish(self.database.write(), worker, delivery.id, DeliveryState::Dead, told, now).await?;
            // It was not the endpoint's trial after all; the next one need not wait.
            endpoints::free_trial(self.database.write(), delivery.endpoint, now).await?;
            count(DeliveryState::Dead);
            return Ok(());
        }
        self.fail_delivery(worker, delivery, None, why, now).await?;
        Ok(())
    }
}

/// Counts an attempt by what it left behind.
fn count(state: DeliveryState) {
    metrics::webhook(match state {
        DeliveryState::Delivered => WebhookResult::Delivered,
        DeliveryState::Pending => WebhookResult::Deferred,
        DeliveryState::Dead => WebhookResult::Dead,
    });
}
