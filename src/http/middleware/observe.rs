//! One span and one duration per request. Known by route template: never a
//! path with ids, a query, a body or a credential.

use std::time::Instant;

use actix_web::Error;
use actix_web::body::BoxBody;
use actix_web::dev::ServiceResponse;
use actix_web::http::Method;
use tracing::Span;
use tracing::field::Empty;

use super::Ticket;
use crate::telemetry::metrics;

/// A request being watched.
pub(super) struct Observation {
    started: Instant,
    method: &'static str,
    span: Span,
}

impl Observation {
    pub(super) fn begin(method: &Method, ticket: &Ticket) -> Self {
        let method = known(method);
        let span = tracing::info_span!(
            "request",
            request_id = ticket.as_str(),
            method,
            application_id = Empty,
            tenant_id = Empty,
            route = Empty,
            status = Empty,
            duration_ms = Empty
        );
        Self { started: Instant::now(), method, span }
    }

    pub(super) fn span(&self) -> Span {
        self.span.clone()
    }

    pub(super) fn end(self, outcome: &Result<ServiceResponse<BoxBody>, Error>) {
        let (route, status) = match outcome {
            Ok(response) => (response.request().match_pattern(), response.status()),
            Err(error) => (None, error.as_response_error().status_code()),
        };
        let route = route.unwrap_or_else(|| "unmatched".to_owned());
        let elapsed = self.started.elapsed();
        self.span.record("route", route.as_str());
        self.span.record("status", status.as_u16());
        self.span.record("duration_ms", u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX));
        self.span.in_scope(|| tracing::debug!("answered"));
        metrics::request(self.method, &route, status.as_u16(), elapsed);
    }
}

/// A closed set of names, so that nobody fills the metrics with methods of
/// their own invention.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
