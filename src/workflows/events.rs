//! Reading what happened, page by page.

use crate::domain::access::Scope;
use crate::domain::clock::Timestamp;
use crate::domain::event::{Event, EventKind};
use crate::domain::ids::{EventId, TenantId};
use crate::store::event_feed::{self, EventQuery};
use crate::store::retention;

use super::{Engine, Outcome};

/// Which events are asked for.
#[derive(Debug)]
pub struct EventAsk {
    /// Of these kinds; all that are published when empty.
    pub kinds: Vec<EventKind>,
    /// Of this tenant only, which the scope covers.
    pub tenant: Option<TenantId>,
    /// Not earlier than this.
    pub from: Option<Timestamp>,
    /// Not later than this.
    pub until: Option<Timestamp>,
    /// After this one in list order.
    pub after: Option<EventId>,
    /// Before this one in list order.
    pub before: Option<EventId>,
    /// Newest first, or oldest first.
    pub descending: bool,
    /// How many at most.
    pub limit: u64,
}

impl Engine {
    /// Lists events inside the scope. Whoever reads them oldest first and goes
    /// on after the last one misses none, however many instances write.
    /// `None` when the cursor names no event.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn list_events(&self, scope: &Scope, ask: EventAsk) -> Outcome<Option<Vec<Event>>> {
        let cursor = match ask.after.or(ask.before) {
            None => None,
            Some(id) => match self.event_position(scope, id).await? {
                None => return Ok(None),
                found => found,
            },
        };
        let query = EventQuery {
            after: cursor.filter(|_| ask.after.is_some()),
            before: cursor.filter(|_| ask.after.is_none()),
            kinds: ask.kinds,
            tenant: ask.tenant,
            from: ask.from,
            until: ask.until,
            descending: ask.descending,
            limit: ask.limit,
        };
        Ok(Some(event_feed::list(self.database.read(), scope, &query).await?))
    }

    /// Where an event is in the order. One that is too old to be kept was
    /// before everything that still is: a reader who comes back after a long
    /// time goes on there.
    async fn event_position(&self, scope: &Scope, id: EventId) -> Outcome<Option<i64>> {
        let found = event_feed::find_position(self.database.read(), scope, id).await?;
        let forgotten = found.is_none() && id.made_at() < self.now().await? - retention::EVENTS;
        Ok(if forgotten { Some(0) } else { found })
    }
}
