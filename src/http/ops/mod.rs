//! For those who run it: health, metrics, and the description of the API.

pub mod docs;
pub mod health;
pub mod metrics;
pub mod openapi;

use actix_web::web;

pub use docs::Docs;
pub use health::{Check, Readiness};
pub use metrics::MetricsText;

/// What this door shows; clones share their parts.
#[derive(Clone)]
pub struct Ops {
    /// The API's description, made once at start.
    pub docs: web::Data<Docs>,
    /// What must hold before requests may come.
    pub readiness: web::Data<Readiness>,
    /// Where the numbers come from.
    pub metrics: web::Data<MetricsText>,
}

/// Registers the paths of this door; the numbers only where they are wanted.
pub fn configure(cfg: &mut web::ServiceConfig, ops: &Ops, shows_metrics: bool) {
    configure_watching(cfg, ops, shows_metrics);
    cfg.app_data(ops.docs.clone());
    docs::configure(cfg);
}

/// Registers what watches a process: health, and the numbers where they are
/// wanted.
pub fn configure_watching(cfg: &mut web::ServiceConfig, ops: &Ops, shows_metrics: bool) {
    cfg.app_data(ops.readiness.clone()).app_data(ops.metrics.clone());
    health::configure(cfg);
    if shows_metrics {
        metrics::configure(cfg);
    }
}
