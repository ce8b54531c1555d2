//! A full outbox: one link for every user, asked for as fast as possible, and how fast they leave.

use std::{sync::Arc, time::Instant};

use serde_json::json;

use super::super::{
    Outcome,
    args::Args,
    client::Request,
    drive::{Load, drive},
    report::Report,
    world::World,
};

/// Enough callers to fill the outbox, too few to be a crowd that mail has to wait for.
const CALLERS: usize = 3;

#[expect(clippy::cast_precision_loss, reason = "a count of mails")]
pub async fn run(world: &World, args: &Args, report: &mut Report) -> Outcome<()> {
    world.inbox().settle(super::SETTLING).await;
    let (before, connections) = (world.inbox().mails(), world.inbox().connections());
    let requests: Arc<[Request]> = world
        .users
        .iter()
        .map(|user| world.workflow("send-password-reset-email", &json!({ "userId": user.id })))
        .collect();
    let calls = requests.len() as u64;
    let begun = Instant::now();
    let load = Load { calls, ..super::load(world, CALLERS, super::SETTLING) };
    let asked = drive(load, move |number| requests.get(usize::try_from(number).ok()?).cloned()).await?;
    let queueing = begun.elapsed();
    let during = world.inbox().mails() - before;
    let (after, took) = world.inbox().settle(super::SETTLING).await;
    report.sample("send by user id", &asked);
    let whole = (queueing + took).as_secs_f64();
    report.value(
        "mails while they were queued",
        &format!("{:.0} per second ({during})", during as f64 / queueing.as_secs_f64()),
    );
    let rate = if after > 0 { after as f64 / took.as_secs_f64().max(0.001) } else { 0.0 };
    report.value("mails after that", &format!("{rate:.0} per second ({after})"));
    report.value("mails altogether", &format!("{:.0} per second", (during + after) as f64 / whole));
    report.value("answers of the mail server take", &format!("{} ms", args.ack_delay.as_millis()));
    report.value("connections for that", &(world.inbox().connections() - connections).to_string());
    Ok(())
}
