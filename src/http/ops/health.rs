//! Whether the process lives, and whether it may be sent requests.

use std::fmt::Display;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::{HttpResponse, rt, web};
use futures_util::future::join_all;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::routes::routes;

/// A check that takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(3);

type Outcome = Pin<Box<dyn Future<Output = Result<(), String>>>>;

/// Something that must hold before requests may come.
pub struct Check {
    name: &'static str,
    run: Box<dyn Fn() -> Outcome + Send + Sync>,
}

impl Check {
    /// A check with the name that operators see. The error goes to the log.
    pub fn new<F, E>(name: &'static str, check: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), E>> + 'static,
        E: Display,
    {
        let run = move || -> Outcome {
            let checking = check();
            Box::pin(async move { checking.await.map_err(|error| error.to_string()) })
        };
        Self { name, run: Box::new(run) }
    }

    /// Its name, when it failed.
    async fn failure(&self) -> Option<&'static str> {
        let cause = match rt::time::timeout(PATIENCE, (self.run)()).await {
            Ok(Ok(())) => return None,
            Ok(Err(cause)) => cause,
            Err(_) => "timed out".to_owned(),
        };
        tracing::warn!(check = self.name, cause, "not ready");
        Some(self.name)
    }
}

/// All checks of `/health/ready`.
#[derive(Default)]
pub struct Readiness(pub Vec<Check>);

/// The answer of both paths.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `ok` or `unavailable`.
    #[schema(example = "ok")]
    status: &'static str,
    /// The names of the checks that failed.
    #[schema(value_type = Vec<String>)]
    failing: Vec<&'static str>,
}

routes! {
    GET "/health/live" => live, tag "Operations", summary "Tells whether the process lives",
        ok 200 Health, errors [];
    GET "/health/ready" => ready, tag "Operations", summary "Tells whether requests may be sent",
        ok 200 Health, errors [503];
}

async fn live() -> HttpResponse {
    HttpResponse::Ok().json(Health { status: "ok", failing: Vec::new() })
}

async fn ready(readiness: web::Data<Readiness>) -> HttpResponse {
    let failing: Vec<_> = join_all(readiness.0.iter().map(Check::failure)).await.into_iter().flatten().collect();
    if failing.is_empty() {
        HttpResponse::Ok().json(Health { status: "ok", failing })
    } else {
        HttpResponse::ServiceUnavailable().json(Health { status: "unavailable", failing })
    }
}
