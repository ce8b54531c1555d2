//! Every door and its table of calls.

use actix_web::web;
use serde_json::Value;

use crate::config::profile::Profile;
use crate::http::console::{self, Console};
use crate::http::ops::{self, Check, Docs, MetricsText, Ops, Readiness};
use crate::http::pages::{self, Pages};
use crate::http::routes::RouteSpec;
use crate::http::{management, oauth, workflow, workos};
use crate::mail::transport::Transport;
use crate::store::probe::WriteProbe;
use crate::telemetry::metrics::Metrics;

use super::{App, StartError};

/// The calls of all doors that machines use, in the order of the documentation.
#[must_use]
pub fn tables() -> Vec<&'static [RouteSpec]> {
    vec![
        workflow::ROUTES,
        workos::ROUTES,
        management::ROUTES,
        oauth::ROUTES,
        ops::health::ROUTES,
        ops::metrics::ROUTES,
        ops::docs::ROUTES,
    ]
}

/// The pages, which people use; not part of the documentation.
#[must_use]
pub fn page_tables() -> Vec<&'static [RouteSpec]> {
    vec![pages::ROUTES, pages::DEV_ROUTES, console::ROUTES]
}

/// The OpenAPI document of all doors.
#[must_use]
pub fn document(public_url: &str) -> Value {
    ops::openapi::document(public_url, &tables())
}

/// What registers every door; made once, run by each worker thread.
pub fn configure(app: &App) -> Result<impl Fn(&mut web::ServiceConfig) + Clone + Send + use<>, StartError> {
    let ops = operations(app);
    let engine = web::Data::from(std::sync::Arc::clone(&app.engine));
    let authenticator = app.authenticator.clone();
    let shows_metrics = app.settings.telemetry.metrics_enabled;
    let pages = web::Data::new(Pages::new(&app.locales).map_err(StartError::part)?);
    let console = web::Data::new(Console::default());
    let mailbox = app.transports.each().find_map(|(_, transport)| match (transport, app.settings.profile) {
        (Transport::Mailbox(mailbox), Profile::Development) => Some(mailbox.clone()),
        _ => None,
    });
    Ok(move |cfg: &mut web::ServiceConfig| {
        cfg.app_data(engine.clone()).app_data(authenticator.clone()).app_data(pages.clone());
        cfg.app_data(console.clone());
        workflow::configure(cfg);
        workos::configure(cfg);
        management::configure(cfg);
        oauth::configure(cfg);
        ops::configure(cfg, &ops, shows_metrics);
        pages::configure(cfg);
        console::configure(cfg);
        if let Some(mailbox) = &mailbox {
            pages::configure_dev(cfg, mailbox.clone());
        }
    })
}

/// What registers health and metrics alone: for a process that answers nobody
/// else.
pub fn configure_operations(app: &App) -> impl Fn(&mut web::ServiceConfig) + Clone + Send + use<> {
    let ops = operations(app);
    let shows_metrics = app.settings.telemetry.metrics_enabled;
    let authenticator = app.authenticator.clone();
    move |cfg: &mut web::ServiceConfig| {
        cfg.app_data(authenticator.clone());
        ops::configure_watching(cfg, &ops, shows_metrics);
    }
}

fn operations(app: &App) -> Ops {
    let metrics = Metrics::install();
    Ops {
        docs: web::Data::new(Docs::new(&app.settings.server.public_url, tables())),
        readiness: web::Data::new(readiness(app)),
        metrics: web::Data::new(MetricsText::new(move || metrics.render())),
    }
}

fn readiness(app: &App) -> Readiness {
    let database = app.engine.database.clone();
    let probe = WriteProbe::new(database.clone());
    let schema = database.clone();
    let heartbeat = app.runner.heartbeat();
    let engine = std::sync::Arc::clone(&app.engine);
    let mut checks = vec![
        Check::new("database", move || {
            let database = database.clone();
            async move { database.ping().await }
        }),
        Check::new("writes", move || {
            let probe = probe.clone();
            async move { probe.check().await }
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
    ];
    // Of a worker in another process nothing is known here.
    if app.works {
        checks.push(Check::new("worker", move || {
            let alive = heartbeat.is_alive();
            async move { if alive { Ok(()) } else { Err("the worker has not looked for work lately") } }
        }));
    }
    Readiness(checks)
}
