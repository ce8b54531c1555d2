//! What happens around every request, in one place and one order:
//! the path is made plain, the request gets an id and a span, the handler
//! runs with panics caught, problems are rendered, headers are set, and the
//! duration is counted. No answer that a handler or the router gives leaves
//! without passing here. (Bytes that are not HTTP at all never become a
//! request; see `server::refusal` for how those are answered.)

mod accept;
mod activity;
mod answer;
mod headers;
mod observe;
mod path;
mod request_id;

use std::panic::AssertUnwindSafe;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpResponse, web};
use futures_util::FutureExt;
use tracing::Instrument;

pub use activity::Activity;
pub(crate) use answer::{InOwnWords, LateCookie};
pub(crate) use headers::CONTENT_SECURITY_POLICY;
pub use request_id::Ticket;

use super::HttpKit;
use super::language::Wishes;
use super::problem::{Dialect, Kind, Problem, render};
use answer::Exchange;
use observe::Observation;

use crate::domain::locale::Locale;

/// A problem of something that never became a request: no path tells the
/// dialect, so it speaks the one whose members the others know as well.
#[must_use]
pub fn without_request(kit: &HttpKit, problem: &Problem) -> HttpResponse {
    let ticket = Ticket::new(kit);
    let response = render(problem, Dialect::Workflow, ticket.as_str(), (&kit.locales, Locale::En));
    answer::dressed(kit, &ticket, response)
}

/// The middleware of the whole application; see `server::shell_app`.
pub async fn shell<B: MessageBody + 'static>(
    kit: web::Data<HttpKit>,
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let _busy = request.conn_data::<Activity>().map(Activity::begin);
    path::make_plain(&mut request);
    let dialect = Dialect::of(request.match_info().as_str());
    let ticket = Ticket::new(&kit);
    request.extensions_mut().insert(dialect);
    request.extensions_mut().insert(ticket.clone());

    let observation = Observation::begin(request.method(), &ticket);
    let span = observation.span();
    let nowhere = dialect.where_nothing_is(accept::is_program(request.headers()));
    let locale = if nowhere.is_json() { Locale::En } else { Wishes::of(request.request()).decide([]) };
    let exchange = Exchange { kit, dialect, nowhere, ticket, locale };
    let outcome = async {
        let outcome = if dialect.is_json() && !accept::takes_json(request.headers()) {
            Ok(Ok(request.error_response(Problem::new(Kind::NotAcceptable)).map_into_boxed_body()))
        } else {
            let handled = async move { next.call(request).await.map(ServiceResponse::map_into_boxed_body) };
            AssertUnwindSafe(handled).catch_unwind().await
        };
        let outcome = outcome.unwrap_or_else(|_| Err(Problem::internal("a handler panicked").into()));
        exchange.finish(outcome)
    }
    .instrument(span)
    .await;
    observation.end(&outcome);
    outcome
}
