//! `GET /events`

use actix_web::{HttpResponse, web};
use utoipa::IntoParams;

use crate::domain::access::may;
use crate::domain::clock::Timestamp;
use crate::domain::event::{Event, EventKind};
use crate::domain::ids::EventId;
use crate::http::extract::{Pairs, Require};
use crate::http::problem::{Missing, Problem, Violations};
use crate::http::workos::checks::Checks;
use crate::http::workos::paging::{PageQuery, Paging};
use crate::http::workos::{error, id};
use crate::workflows::Engine;
use crate::workflows::events::EventAsk;

/// Which events.
#[derive(Debug, Default, IntoParams)]
pub(in crate::http::workos) struct EventListQuery {
    /// Only these kinds, for example `user.created`: separated by commas, or
    /// one in each of several parameters `events`, `events[]` or `events[0]`.
    #[param(value_type = Option<Vec<String>>, style = Form, explode = false)]
    events: Option<Vec<String>>,
    /// Only what happened at this time or later (ISO 8601).
    range_start: Option<String>,
    /// Only what happened at this time or earlier (ISO 8601).
    range_end: Option<String>,
    /// Only what happened in this tenant.
    organization_id: Option<String>,
    /// Entries at most, 1 – 100; 10 when absent.
    #[param(value_type = Option<u64>)]
    limit: Option<String>,
    /// `desc` (also `normal`, and when absent): newest first; `asc`: oldest first.
    order: Option<String>,
    /// Only what comes before this event in the list.
    before: Option<String>,
    /// Only what comes after this event in the list.
    after: Option<String>,
}

/// What was asked for.
#[derive(Debug)]
struct Asked {
    kinds: Vec<EventKind>,
    range: (Option<Timestamp>, Option<Timestamp>),
    organization: Option<String>,
    paging: Paging<EventId>,
}

impl EventListQuery {
    /// Sorts the parameters. Only the filter may come more than once; what is
    /// not known is left alone, as everywhere in this dialect, but for what
    /// was meant as a filter: without it everything would be answered.
    fn of(mut pairs: Pairs, checks: &mut Checks) -> Self {
        let given = pairs.all("events");
        let mut single = |name: &str| {
            let mut values = pairs.named(name);
            if values.len() > 1 {
                checks.refuse(name, "more_than_once");
            }
            values.pop()
        };
        let query = Self {
            range_start: single("range_start"),
            range_end: single("range_end"),
            organization_id: single("organization_id"),
            limit: single("limit"),
            order: single("order"),
            before: single("before"),
            after: single("after"),
            events: None,
        };
        if pairs.0.iter().any(|(name, _)| name.starts_with("events")) {
            checks.refuse("events", "invalid_value");
        }
        let kinds = given.iter().flat_map(|value| value.split(',')).map(|kind| kind.trim().to_owned());
        Self { events: (!given.is_empty()).then(|| kinds.collect()), ..query }
    }

    fn read(self, mut checks: Checks) -> Result<Asked, Problem> {
        let page = PageQuery { limit: self.limit, order: self.order, before: self.before, after: self.after };
        let paging = Paging::read(&page, &mut checks);
        let mut kinds = Vec::new();
        let names: Option<Vec<_>> =
            self.events.map(|names| names.into_iter().filter(|name| !name.is_empty()).collect());
        if names.as_ref().is_some_and(Vec::is_empty) {
            checks.refuse("events", "empty");
        }
        for name in names.into_iter().flatten() {
            match EventKind::parse_published(&name) {
                Some(kind) if kinds.contains(&kind) => {}
                Some(kind) => kinds.push(kind),
                None => checks.refuse("events", "unknown_event"),
            }
        }
        let range =
            (moment("range_start", self.range_start, &mut checks), moment("range_end", self.range_end, &mut checks));
        if matches!(range, (Some(start), Some(end)) if end < start) {
            checks.refuse("range_end", "before_range_start");
        }
        let organization = self.organization_id.filter(|id| !id.is_empty());
        checks.finish(Some(Asked { kinds, range, organization, paging }))
    }
}

fn moment(field: &str, text: Option<String>, checks: &mut Checks) -> Option<Timestamp> {
    // A plus sign that nobody encoded has become a space on the way.
    let text = text.filter(|text| !text.is_empty())?.replace(' ', "+");
    let read = Timestamp::parse(&text);
    if read.is_none() {
        checks.refuse(field, "invalid_date");
    }
    read
}

pub(in crate::http::workos) async fn handle(
    call: Require<may::EventRead>,
    pairs: Pairs,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let mut checks = Checks::default();
    let query = EventListQuery::of(pairs, &mut checks);
    let Asked { kinds, range, organization, paging } = query.read(checks)?;
    let tenant = match &organization {
        None => None,
        Some(name) => {
            let tenancy = engine.tenancy(&call.scope, Some(id(name, Missing::Tenant)?)).await;
            Some(tenancy.map_err(|failure| error::problem(failure, name))?.tenant.id)
        }
    };
    let cursor = if paging.after.is_some() { "after" } else { "before" };
    let ask = EventAsk {
        kinds,
        tenant,
        from: range.0,
        until: range.1,
        after: paging.after,
        before: paging.before,
        descending: paging.descending,
        limit: paging.fetch(),
    };
    let events = engine.list_events(&call.scope, ask).await.map_err(|failure| error::problem(failure, ""))?;
    let events = events.ok_or_else(|| Violations::one(cursor, "invalid_cursor"))?;
    Ok(HttpResponse::Ok().json(paging.page(events, |event| event.id).to_object(Event::to_object)))
}
