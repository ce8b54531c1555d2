//! Several transports in an order: a mail is offered to one after the other
//! until one takes it, and not to those that are known to be down.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::breaker::{Breaker, BreakerState, Lets};
use super::message::OutgoingMessage;
use super::transport::{Accepted, SendError, Transport};
use crate::domain::clock::Timestamp;
use crate::domain::sender::Owner;

/// A transport with what is known about its health.
#[derive(Debug)]
pub struct Link {
    /// How it sends.
    pub transport: std::sync::Arc<Transport>,
    allowed_for: Vec<Owner>,
    breaker: Mutex<Breaker>,
}

impl Link {
    /// A transport that policies of these may choose; of all, when there are
    /// none.
    #[must_use]
    pub fn new(transport: std::sync::Arc<Transport>, allowed_for: Vec<Owner>) -> Self {
        Self { transport, allowed_for, breaker: Mutex::default() }
    }

    fn breaker(&self) -> MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serves(&self, application: &str, tenant: &str) -> bool {
        self.allowed_for.is_empty() || self.allowed_for.iter().any(|owner| owner.covers(application, tenant))
    }
}

/// All transports by name, and the order that holds unless a policy says
/// otherwise.
#[derive(Debug)]
pub struct Transports {
    links: BTreeMap<String, Link>,
    chain: Vec<String>,
}

/// One transport's part in sending a mail.
#[derive(Debug)]
pub struct Try {
    /// The name of the transport.
    pub transport: String,
    /// What came of it.
    pub result: Result<Accepted, SendError>,
    /// How long it took.
    pub took: Duration,
}

/// How sending a mail went.
#[derive(Debug)]
pub struct Dispatch {
    /// The transports that it was offered to, in order. None, when all of them
    /// are known to be down.
    pub tries: Vec<Try>,
    /// When the first of those that were left out may be asked again.
    pub reopens_at: Option<Timestamp>,
}

impl Transports {
    /// Transports by name and an order, which names only those.
    #[must_use]
    pub const fn new(links: BTreeMap<String, Link>, chain: Vec<String>) -> Self {
        Self { links, chain }
    }

    /// Every name.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.links.keys().map(String::as_str)
    }

    /// Each breaker as it is.
    pub fn breakers(&self) -> impl Iterator<Item = (&str, BreakerState)> {
        self.links.iter().map(|(name, link)| (name.as_str(), link.breaker().shown()))
    }

    /// Each transport by name.
    pub fn each(&self) -> impl Iterator<Item = (&str, &Transport)> {
        self.links.iter().map(|(name, link)| (name.as_str(), &*link.transport))
    }

    /// Whether a tenant's policy may name a transport.
    #[must_use]
    pub fn may_use(&self, name: &str, application: &str, tenant: &str) -> bool {
        self.links.get(name).is_some_and(|link| link.serves(application, tenant))
    }

    /// The order for a tenant whose policy wishes for these: those of them that
    /// it may use, or the usual ones when none is left.
    #[must_use]
    pub fn chain(&self, wish: Option<&[String]>, application: &str, tenant: &str) -> Vec<String> {
        let mut chain: Vec<String> = wish.unwrap_or_default().to_vec();
        chain.retain(|name| self.may_use(name, application, tenant));
        if chain.is_empty() { self.chain.clone() } else { chain }
    }

    /// How many messages the widest of them can carry at the same time, at
    /// least 1; all may go to one.
    #[must_use]
    pub fn side_by_side(&self) -> usize {
        self.links.values().map(|link| link.transport.side_by_side()).max().unwrap_or(1)
    }

    /// How many mails are worth beginning now: none while every transport is
    /// known to be down, one to find out whether any is back.
    #[must_use]
    pub fn worth_beginning(&self, now: Timestamp) -> usize {
        let open = |link: &Link| match link.breaker().lets(now) {
            Lets::All => usize::MAX,
            Lets::One => 1,
            Lets::None => 0,
        };
        self.links.values().map(open).max().unwrap_or_default()
    }

    /// Offers a mail to the transports of a chain until one takes it, or says
    /// that this address takes no mail.
    pub async fn send(&self, chain: &[String], message: &OutgoingMessage, now: Timestamp) -> Dispatch {
        let mut dispatch = Dispatch { tries: Vec::new(), reopens_at: None };
        let begun = Instant::now();
        for (name, link) in chain.iter().filter_map(|name| Some((name, self.links.get(name)?))) {
            if let Err(reopens_at) = link.breaker().admit(now + begun.elapsed()) {
                dispatch.reopens_at = Some(dispatch.reopens_at.map_or(reopens_at, |earlier| earlier.min(reopens_at)));
                continue;
            }
            let offered = Instant::now();
            let result = link.transport.send(message).await;
            match &result {
                Err(error) if error.is_of_the_provider() => {
                    if link.breaker().fail(now + begun.elapsed()) {
                        tracing::warn!(
                            transport = name,
                            stage = error.stage.as_str(),
                            answer = error.answer,
                            "a mail transport is left alone for a while"
                        );
                    }
                }
                Ok(_) | Err(_) => link.breaker().succeed(),
            }
            let is_settled = result.as_ref().map_or_else(SendError::is_verdict_on_address, |_| true);
            dispatch.tries.push(Try { transport: name.clone(), result, took: offered.elapsed() });
            if is_settled {
                break;
            }
        }
        dispatch
    }
}
