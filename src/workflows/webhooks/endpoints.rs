//! Endpoints: made, read, changed and removed by a trusted backend.

use std::time::Duration;

use tokio::time::timeout;

use crate::credentials::sealed;
use crate::domain::access::{Authority, Scope};
use crate::domain::audit::Act;
use crate::domain::event::EventKind;
use crate::domain::ids::WebhookEndpointId;
use crate::domain::keys::Purpose;
use crate::domain::reset::proof;
use crate::domain::secret::{Secret, SecretBytes};
use crate::domain::webhook::Endpoint;
use crate::store::slice::{Slice, Term};
use crate::store::webhook_endpoints::{self, EndpointAttribute};
use crate::store::{StoreError, applications};
use crate::webhooks::client::ClientError;
use crate::workflows::{Engine, Failure, Noun, Outcome};

use super::WebhookRefusal;

/// How many endpoints an application may have: each is a row more for every
/// event.
const MOST: u64 = 50;
/// How long registering waits for the name service.
const PATIENCE: Duration = Duration::from_secs(1);

/// What every secret begins with.
pub const SECRET_PREFIX: &str = "whsec_";

/// What changes of an endpoint.
#[derive(Debug, Default)]
pub struct EndpointChange {
    /// Where it is.
    pub url: Option<String>,
    /// The kinds of events it is told of.
    pub events: Option<Vec<EventKind>>,
    /// Whether it is told at all.
    pub enabled: Option<bool>,
    /// The version that the caller has seen, if only that may change.
    pub version: Option<i64>,
}

impl EndpointChange {
    const fn is_empty(&self) -> bool {
        self.url.is_none() && self.events.is_none() && self.enabled.is_none()
    }

    fn fields(&self) -> Vec<&'static str> {
        let named =
            [("url", self.url.is_some()), ("events", self.events.is_some()), ("status", self.enabled.is_some())];
        named.into_iter().filter(|(_, is_there)| *is_there).map(|(name, _)| name).collect()
    }
}

impl Engine {
    /// Registers an endpoint and makes its secret.
    ///
    /// # Errors
    /// `Webhook`: `Url`, `Duplicate`, `TooMany`.
    pub async fn create_endpoint(
        &self,
        authority: &Authority,
        url: &str,
        events: Vec<EventKind>,
    ) -> Outcome<(Endpoint, Secret)> {
        let scope = authority.scope();
        let url = self.check_endpoint_url(url).await?;
        let now = self.now().await?;
        let id = WebhookEndpointId::generate(now, &*self.entropy);
        let token = proof::token(&SecretBytes::new(self.entropy.nonce()));
        let secret = Secret::new(format!("{SECRET_PREFIX}{}", token.expose()));
        let endpoint = Endpoint {
            id,
            application: scope.application(),
            url,
            sealed_secret: self.seal_endpoint_secret(id, &secret)?,
            events,
            enabled: true,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        let transaction = self.database.begin().await?;
        // Whoever adds another at the same time waits, and counts this one.
        applications::lock(&transaction, scope).await?;
        if webhook_endpoints::count(&transaction, scope).await? >= MOST {
            return Err(WebhookRefusal::TooMany.into());
        }
        webhook_endpoints::insert(&transaction, &endpoint).await.map_err(duplicate)?;
        let act = Act::new("webhook_endpoint.created", id).with("host", host(&endpoint.url));
        self.commit_act(transaction, authority, now, act).await?;
        Ok((endpoint, secret))
    }

    /// Seals an endpoint's secret with the key of today.
    pub(super) fn seal_endpoint_secret(&self, id: WebhookEndpointId, secret: &Secret) -> Outcome<String> {
        sealed::seal(&self.keys, &*self.entropy, Purpose::WebhookSecret, &id.to_string(), secret)
            .map_err(|_| StoreError::Corrupt("webhook secret").into())
    }

    /// What signs an endpoint's deliveries; `None` when the key that sealed it
    /// was revoked or is not here.
    #[must_use]
    pub fn endpoint_secret(&self, endpoint: &Endpoint) -> Option<Secret> {
        sealed::open(&self.keys, Purpose::WebhookSecret, &endpoint.id.to_string(), &endpoint.sealed_secret).ok()
    }

    /// The URL in the one spelling that is kept, shown and compared. Refuses
    /// what can never be called. A name that cannot be resolved now may be
    /// later; what counts is where it leads when something is delivered.
    async fn check_endpoint_url(&self, url: &str) -> Outcome<String> {
        let plain = self.client.normalize(url).map_err(WebhookRefusal::Url)?;
        match timeout(PATIENCE, self.client.check(&plain)).await {
            Ok(Err(ClientError::Refused(refused))) => Err(WebhookRefusal::Url(refused).into()),
            _ => Ok(plain),
        }
    }

    /// Reads an endpoint inside the scope.
    ///
    /// # Errors
    /// `NotFound(WebhookEndpoint)`.
    pub async fn get_endpoint(&self, scope: &Scope, id: WebhookEndpointId) -> Outcome<Endpoint> {
        let found = webhook_endpoints::find(self.database.read(), scope, id).await?;
        found.ok_or(Failure::NotFound(Noun::WebhookEndpoint))
    }

    /// Every endpoint of the application.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn list_endpoints(&self, scope: &Scope) -> Outcome<Vec<Endpoint>> {
        Ok(webhook_endpoints::list(self.database.read(), scope).await?)
    }

    /// A page of the application's endpoints, and how many there are.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn page_endpoints(
        &self,
        scope: &Scope,
        terms: &[Term<EndpointAttribute>],
        by: EndpointAttribute,
        slice: Slice,
    ) -> Outcome<(u64, Vec<Endpoint>)> {
        Ok(webhook_endpoints::page(self.database.read(), scope, terms, by, slice).await?)
    }

    /// Changes an endpoint. What waits for it goes to its new URL.
    ///
    /// # Errors
    /// `NotFound(WebhookEndpoint)`, `Stale`; `Webhook`: `Url`, `Duplicate`.
    pub async fn update_endpoint(
        &self,
        authority: &Authority,
        id: WebhookEndpointId,
        mut change: EndpointChange,
    ) -> Outcome<Endpoint> {
        let scope = authority.scope();
        if let Some(url) = &mut change.url {
            self.get_endpoint(scope, id).await?;
            *url = self.check_endpoint_url(url).await?;
        }
        let now = self.now().await?;
        let transaction = self.database.begin().await?;
        let found = webhook_endpoints::lock(&transaction, scope, id).await?;
        let mut endpoint = found.ok_or(Failure::NotFound(Noun::WebhookEndpoint))?;
        let before = endpoint.version;
        if change.version.is_some_and(|seen| seen != before) {
            drop(transaction);
            return Err(self.stale(scope, id).await);
        }
        if change.is_empty() {
            return Ok(endpoint);
        }
        let mut act = Act::new("webhook_endpoint.updated", id).changing(&change.fields());
        if let Some(url) = &change.url {
            act = act.with("host", host(url));
        }
        endpoint.url = change.url.unwrap_or(endpoint.url);
        endpoint.events = change.events.unwrap_or(endpoint.events);
        endpoint.enabled = change.enabled.unwrap_or(endpoint.enabled);
        (endpoint.version, endpoint.updated_at) = (before + 1, now);
        if !webhook_endpoints::update(&transaction, &endpoint, before).await.map_err(duplicate)? {
            return Err(Failure::Stale(None));
        }
        self.commit_act(transaction, authority, now, act).await?;
        Ok(endpoint)
    }

    /// Removes an endpoint. What waits for it is never delivered; housekeeping
    /// deletes it in steps, because there may be much.
    ///
    /// # Errors
    /// `NotFound(WebhookEndpoint)`, `Stale`.
    pub async fn delete_endpoint(
        &self,
        authority: &Authority,
        id: WebhookEndpointId,
        version: Option<i64>,
    ) -> Outcome<()> {
        let (scope, now) = (authority.scope(), self.now().await?);
        let transaction = self.database.begin().await?;
        let found = webhook_endpoints::lock(&transaction, scope, id).await?;
        let endpoint = found.ok_or(Failure::NotFound(Noun::WebhookEndpoint))?;
        if version.is_some_and(|seen| seen != endpoint.version) {
            drop(transaction);
            return Err(self.stale(scope, id).await);
        }
        webhook_endpoints::delete(&transaction, scope, id).await?;
        self.commit_act(transaction, authority, now, Act::new("webhook_endpoint.deleted", id)).await
    }
}

/// The part of a URL that may be written down: the rest may hold a secret.
fn host(url: &str) -> Option<String> {
    url::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned))
}

fn duplicate(error: StoreError) -> Failure {
    if error.is_duplicate() { WebhookRefusal::Duplicate.into() } else { error.into() }
}
