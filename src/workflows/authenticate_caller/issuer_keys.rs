//! The keys of issuers that publish them at a URL.
//!
//! They are kept for a while, fetched again before they grow old, and fetched
//! at once when a token names a key that is not among them. One task fetches,
//! once per URL at a time and at most once per [`INTERVAL`], whatever tokens
//! arrive; callers wait for it no longer than [`PATIENCE`]. While an issuer is
//! down its old keys keep working.

mod state;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use crate::credentials::foreign::KeySet;
use crate::domain::clock::Timestamp;
use crate::telemetry::metrics::{self, KeyFetch};
use crate::webhooks::client::GuardedClient;

use state::State;

/// From when on keys are fetched again, while the old ones are used.
pub(crate) const YOUNG: Duration = Duration::from_secs(5 * 60);

/// How long keys are used without having asked again: the longest that a key
/// which its issuer withdrew keeps working while the issuer can be reached.
pub(crate) const FRESH: Duration = Duration::from_secs(10 * 60);

/// How long keys are used while the issuer cannot be reached.
pub(crate) const STALE: Duration = Duration::from_secs(12 * 60 * 60);

/// The shortest time between two fetches of one URL, failed ones too.
pub(crate) const INTERVAL: Duration = Duration::from_secs(30);

/// How long a fetch may take, and how long a caller waits for one.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many issuers are asked at the same time, and how many may be in line.
const AT_ONCE: usize = 32;
const IN_LINE: usize = 256;

/// More URLs than any installation trusts; beyond it, keeping starts anew.
const MOST: usize = 10_000;

/// What a look for keys came to.
#[derive(Debug)]
pub(super) enum Found {
    /// A set with the key in question.
    Keys(Arc<KeySet>),
    /// The issuer has no such key.
    NotThere,
    /// Nobody can say: the issuer could not be asked, and nothing usable is kept.
    Unreachable { retry_after: Duration },
}

/// Keys by URL.
#[derive(Debug, Clone)]
pub struct IssuerKeys {
    entries: Arc<Mutex<HashMap<String, Arc<Entry>>>>,
    orders: mpsc::Sender<Order>,
}

#[derive(Debug)]
struct Entry {
    state: Mutex<State>,
    /// Changes whenever a fetch is over.
    over: watch::Sender<()>,
}

#[derive(Debug)]
struct Order {
    url: String,
    entry: Arc<Entry>,
    now: Timestamp,
}

impl IssuerKeys {
    /// The keys, and the future that fetches them until every handle is
    /// dropped.
    pub fn new(client: Arc<GuardedClient>) -> (Self, impl Future<Output = ()> + Send) {
        let (orders, line) = mpsc::channel(IN_LINE);
        (Self { entries: Arc::default(), orders }, run(client, line))
    }

    /// The keys at a URL, if `knows` recognises the one it looks for.
    pub(super) async fn find(&self, url: &str, knows: impl Fn(&KeySet) -> bool + Send, now: Timestamp) -> Found {
        let entry = self.entry(url);
        let mut over = entry.over.subscribe();
        let plan = {
            let mut state = entry.state();
            let plan = state.plan(&knows, now);
            if plan.fetch {
                let order = Order { url: url.to_owned(), entry: Arc::clone(&entry), now };
                // A full line is no failure of this issuer's: the next caller asks again.
                if self.orders.try_send(order).is_ok() {
                    state.begin(now);
                }
            }
            plan
        };
        if let (Some(keys), false) = (plan.usable, plan.wait) {
            return Found::Keys(keys);
        }
        if plan.wait && timeout(PATIENCE, over.changed()).await.is_err() {
            tracing::debug!("the keys of an issuer are still being fetched");
        }
        // Only what is kept now counts: the key may have been withdrawn.
        entry.state().found(&knows, now)
    }

    fn entry(&self, url: &str) -> Arc<Entry> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= MOST && !entries.contains_key(url) {
            entries.clear();
        }
        let new = || Arc::new(Entry { state: Mutex::default(), over: watch::Sender::new(()) });
        Arc::clone(entries.entry(url.to_owned()).or_insert_with(new))
    }
}

impl Entry {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        // Every change is one assignment after another that cannot panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn run(client: Arc<GuardedClient>, mut line: mpsc::Receiver<Order>) {
    let mut under_way = FuturesUnordered::new();
    loop {
        tokio::select! {
            order = line.recv(), if under_way.len() < AT_ONCE => match order {
                Some(order) => under_way.push(serve(&client, order)),
                None => return,
            },
            Some(()) = under_way.next(), if !under_way.is_empty() => {}
        }
    }
}

async fn serve(client: &GuardedClient, order: Order) {
    let fetched = timeout(PATIENCE, fetch(client, &order.url)).await;
    let fetched = fetched.unwrap_or_else(|_| Err("no complete answer in time".to_owned()));
    metrics::key_fetch(if fetched.is_ok() { KeyFetch::Fetched } else { KeyFetch::Failed });
    if let Err(error) = &fetched {
        // The path may be a secret; the host finds the issuer.
        let host = url::Url::parse(&order.url).ok().and_then(|url| url.host_str().map(str::to_owned));
        tracing::warn!(host, %error, "the keys of an issuer could not be fetched");
    }
    order.entry.state().end(fetched.ok().map(Arc::new), order.now);
    order.entry.over.send_replace(());
}

async fn fetch(client: &GuardedClient, url: &str) -> Result<KeySet, String> {
    let accept = [("accept", "application/jwk-set+json, application/json")];
    let answer = client.get(url, &accept).await.map_err(|error| error.to_string())?;
    if answer.status != 200 {
        return Err(format!("status {}", answer.status));
    }
    if !answer.is_complete {
        return Err("the key set is too large".to_owned());
    }
    KeySet::parse(&answer.body).map_err(|error| error.to_string())
}
