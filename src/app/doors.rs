//! Every door and its table of calls.

use actix_web::web;
use serde_json::Value;

use crate::config::profile::Profile;
use crate::http::ops::{self, Check, Docs, MetricsText, Ops, Readiness};
use crate::http::pages::{self, Pages};
use crate::http::routes::RouteSpec;
use crate::http::{oauth, workflow, workos};
use crate::mail::transport::Transport;
use crate::telemetry::metrics::Metrics;

use super::{App, StartError};

/// The calls of all doors that machines use, in the order of the documentation.
#[must_use]
pub fn tables() -> Vec<&'static [RouteSpec]> {
    vec![workflow::ROUTES, workos::ROUTES, oauth::ROUTES, ops::health::ROUTES, ops::metrics::ROUTES, ops::docs::ROUTES]
}

/// The pages, which people use; not part of the documentation.
#[must_use]
pub fn page_tables() -> Vec<&'static [RouteSpec]> {
    vec![pages::ROUTES, pages::DEV_ROUTES]
}

/// The OpenAPI document of all doors.
#[must_use]
pub fn document(public_url: &str) -> Value {
    ops::openapi::document(public_url, &tables())
}

/// What registers every door; made once, run by each worker thread.
pub fn configure(app: &App) -> Result<impl Fn(&mut web::ServiceConfig) + Clone + Send + use<>, StartError> {
    let ops = operations(app)?;
    let engine = web::Data::from(std::sync::Arc::clone(&app.engine));
    let authenticator = app.authenticator.clone();
    let shows_metrics = app.settings.telemetry.metrics_enabled;
    let pages = web::Data::new(Pages::new().map_err(StartError::part)?);
    let mailbox = match (&*app.transport, app.settings.profile) {
        (Transport::Mailbox(mailbox), Profile::Development) => Some(mailbox.clone()),
        _ => None,
    };
    Ok(move |cfg: &mut web::ServiceConfig| {
        cfg.app_data(engine.clone()).app_data(authenticator.clone()).app_data(pages.clone());
        workflow::configure(cfg);
        workos::configure(cfg);
        oauth::configure(cfg);
        ops::configure(cfg, &ops, shows_metrics);
        pages::configure(cfg);
        if let Some(mailbox) = &mailbox {
            pages::configure_dev(cfg, mailbox.clone());
        }
    })
}

fn operations(app: &App) -> Result<Ops, StartError> {
    let docs = Docs::new(&app.settings.server.public_url, &tables()).map_err(StartError::part)?;
    let metrics = Metrics::install();
    Ok(Ops {
        docs: web::Data::new(docs),
        readiness: web::Data::new(readiness(app)),
        metrics: web::Data::new(MetricsText::new(move || metrics.render())),
    })
}

fn readiness(app: &App) -> Readiness {
    let database = app.engine.database.clone();
    let schema = database.clone();
    let heartbeat = app.runner.heartbeat();
    let works = app.works;
    let engine = std::sync::Arc::clone(&app.engine);
    Readiness(vec![
        Check::new("database", move || {
            let database = database.clone();
            async move { database.ping().await }
        }),
        Check::new("migrations", move || {
            let schema = schema.clone();
            async move {
                match schema.pending_migrations().await {
                    Ok(pending) if pending.is_empty() => Ok(()),
                    Ok(pending) => Err(format!("not applied: {}", pending.join(", "))),
                    Err(error) => Err(error.to_string()),
                }
            }
        }),
        Check::new("keys", move || {
            let found = engine.keys.find(engine.keys.current().id()).is_some();
            async move { if found { Ok(()) } else { Err("the current key is revoked") } }
        }),
        Check::new("worker", move || {
            let alive = !works || heartbeat.is_alive();
            async move { if alive { Ok(()) } else { Err("the worker has not looked for work lately") } }
        }),
    ])
}
