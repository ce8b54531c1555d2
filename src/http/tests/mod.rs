//! The shell as callers meet it: the application without a socket
//! ([`answers`]), and a real server on a port of its own ([`wire`]).

mod answers;
mod describe;
mod wire;

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::HttpKit;
use super::extract::{ClientAddress, Form, Json, TrustedProxies};
use super::ops::{Check, Docs, MetricsText, Ops, Readiness};
use super::problem::{Problem, Violations};
use super::routes::{RouteSpec, routes};
use crate::domain::clock::Timestamp;

#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Probe {
    /// Where to.
    #[schema(example = "ada@example.com")]
    email: String,
    note: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Echo {
    result: &'static str,
}

async fn echo(_: Json<Probe>) -> HttpResponse {
    HttpResponse::Ok().json(Echo { result: "READ" })
}

async fn form(_: Form<Probe>) -> HttpResponse {
    HttpResponse::Ok().json(Echo { result: "READ" })
}

async fn address(client: ClientAddress) -> String {
    client.0.map(|ip| ip.to_string()).unwrap_or_default()
}

async fn bad_value() -> Result<HttpResponse, Problem> {
    let mut violations = Violations::new();
    violations.add_with("newPassword", "too_short", [("minimumLength", "15".to_owned())]);
    Err(violations.into())
}

async fn boom() -> HttpResponse {
    panic!("the secret is hunter2")
}

async fn big() -> String {
    "x".repeat(32 * 1024 * 1024)
}

routes! {
    POST "/api/v1/probe" => echo, tag "Probe", summary "Reads", permission "probe:read", body Probe,
        ok 200 Echo, errors [400, 401, 429];
    GET "/api/v1/probe" => address, tag "Probe", summary "Tells the address", ok 200, errors [];
    GET "/api/v1/probe/{id}" => address, tag "Probe", summary "Tells the address", ok 200, errors [404];
    POST "/api/v1/bad" => bad_value, tag "Probe", summary "Refuses", ok 204, errors [400];
    POST "/user_management/probe" => echo, tag "Other", summary "Reads", body Probe, ok 200 Echo, errors [422];
    POST "/user_management/bad" => bad_value, tag "Other", summary "Refuses", ok 204, errors [422];
    POST "/api/v1/oauth2/token" => form, tag "Other", summary "Reads a form", form Probe, ok 200 Echo, errors [400];
    GET "/api/v1/boom" => boom, tag "Other", summary "Breaks", ok 204, errors [500];
    GET "/big" => big, tag "Other", summary "Is large", ok 200, errors [];
}

fn kit(public_url: &str) -> web::Data<HttpKit> {
    let kit = HttpKit::new(public_url, || Timestamp::from_millis(1_700_000_000_000));
    web::Data::new(kit.trusting(TrustedProxies::parse(["127.0.0.1"]).unwrap()))
}

const TABLES: &[&[RouteSpec]] = &[ROUTES, super::ops::health::ROUTES, super::ops::docs::ROUTES];

fn ops(ready: bool) -> Ops {
    let check =
        Check::new("database", move || async move { if ready { Ok(()) } else { Err("gone: password=hunter2") } });
    Ops {
        docs: web::Data::new(Docs::new("https://rekey.example", TABLES.to_vec())),
        readiness: web::Data::new(Readiness(vec![check])),
        metrics: web::Data::new(MetricsText::new(|| "up 1\n".to_owned())),
    }
}

fn all(ops: Ops) -> impl Fn(&mut web::ServiceConfig) + Clone + Send + 'static {
    move |cfg| {
        configure(cfg);
        super::ops::configure(cfg, &ops, true);
    }
}
