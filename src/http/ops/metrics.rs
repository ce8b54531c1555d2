//! `/metrics` in Prometheus text format.

use actix_web::http::header;
use actix_web::{HttpResponse, web};

use crate::http::routes::routes;

/// Renders the current numbers.
pub struct MetricsText(pub Box<dyn Fn() -> String + Send + Sync>);

impl MetricsText {
    /// From whatever collects the numbers.
    pub fn new(render: impl Fn() -> String + Send + Sync + 'static) -> Self {
        Self(Box::new(render))
    }
}

routes! {
    GET "/metrics" => handle, tag "Operations", summary "Shows the numbers in Prometheus text format",
        ok 200, errors [];
}

async fn handle(text: web::Data<MetricsText>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8"))
        .body((text.0)())
}
