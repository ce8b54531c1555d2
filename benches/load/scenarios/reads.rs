//! Reads at a steady 200 per second while sign-ins keep every hash thread busy.

use std::{cell::Cell, time::Duration};

use serde_json::json;

use super::super::{
    Outcome,
    args::Args,
    client::Connection,
    drive::{Load, Sample, drive, probe},
    report::{Report, milliseconds},
    stats,
    world::{World, member, unknown_address},
};

/// The answer to a wrong password.
const REFUSED: u16 = 400;
/// Two streams of this interval are 200 calls per second.
const INTERVAL: Duration = Duration::from_millis(10);

pub async fn run(world: &World, args: &Args, report: &mut Report) -> Outcome<()> {
    world.inbox().settle(super::SETTLING).await;
    let reset = a_reset(world).await?;
    let (mut idle, mut busy) = (Read::default(), Read::default());
    idle.probe(world, args.duration, &reset).await;
    let sign_ins = saturate(world, args, args.duration + Duration::from_secs(1));
    let reads = busy.probe(world, args.duration, &reset);
    let (sign_ins, ()) = tokio::join!(sign_ins, reads);
    report.sample("sign-in with a wrong password", &sign_ins?);
    for (name, idle, busy) in [
        ("GET /user_management/password_reset/{id}", &idle.reset, &busy.reset),
        ("GET /events", &idle.events, &busy.events),
    ] {
        report.sample(&format!("{name}, at rest"), idle);
        report.sample(&format!("{name}, while sign-ins saturate"), busy);
        let p99 = |sample: &Sample| milliseconds(stats::percentile(&sample.times, 0.99));
        report.value(&format!("{name}: p99 ms at rest → loaded"), &format!("{} → {}", p99(idle), p99(busy)));
    }
    Ok(())
}

/// The two reads.
#[derive(Default)]
struct Read {
    reset: Sample,
    events: Sample,
}

impl Read {
    async fn probe(&mut self, world: &World, duration: Duration, reset: &str) {
        let load = super::load(world, 1, duration);
        let never = Cell::new(false);
        let path = format!("/user_management/password_reset/{reset}");
        tokio::join!(
            probe(load, INTERVAL, &never, &mut self.reset, |_| world.read(&path)),
            probe(load, INTERVAL, &never, &mut self.events, |_| world
                .read("/events?events=user.created,user.updated&limit=20")),
        );
    }
}

async fn a_reset(world: &World) -> Outcome<String> {
    let user = world.users.first().ok_or("no users")?;
    let ask = world.workos("POST", "/user_management/password_reset", &json!({ "email": user.email }));
    let reset = Connection::new(world.server.address).call(&ask).await?.json(201)?;
    Ok(member(&reset, "id")?.to_owned())
}

/// Sign-ins of nobody: each costs a hash and is refused.
async fn saturate(world: &World, args: &Args, duration: Duration) -> Outcome<Sample> {
    let load = Load { expected: REFUSED, ..super::load(world, args.completers, duration) };
    let (client, key) = (world.client_id.clone(), world.api_key.clone());
    drive(load, move |number| {
        let body = json!({
            "client_id": client.as_ref(),
            "client_secret": key.as_ref(),
            "grant_type": "password",
            "email": unknown_address(700_000_000 + number),
            "password": "correct horse battery staple",
        });
        Some(super::super::client::Request::post("/user_management/authenticate", None, &body))
    })
    .await
}
