//! What a dead webhook endpoint costs everybody else.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::super::{
    Outcome,
    args::Args,
    client::{Connection, Request},
    drive::{Sample, drive},
    hooks::Receiver,
    report::Report,
    world::{World, unknown_address},
};

/// How long the healthy endpoint is waited for.
const PATIENCE: Duration = Duration::from_secs(120);

pub async fn run(world: &World, args: &Args, report: &mut Report) -> Outcome<()> {
    world.inbox().settle(super::SETTLING).await;
    let before = measure(world, args, "without webhooks", report).await?;
    let (dead, healthy) = (Receiver::dead().await?, Receiver::healthy().await?);
    for receiver in [&dead, &healthy] {
        let body = json!({ "endpoint_url": format!("http://{}/hook", receiver.address), "events": ["user.updated"] });
        let ask = world.workos("POST", "/webhook_endpoints", &body);
        Connection::new(world.server.address).call(&ask).await?.json(201)?;
    }
    let begun = Instant::now();
    change_users(world, args, report).await?;
    told(&healthy, args.backlog, begun, report).await;
    let after = measure(world, args, "with a backlog", report).await?;
    report.value("webhooks owed to the dead endpoint", &args.backlog.to_string());
    report.ratio("request by address, with ÷ without a backlog", after.rate(), before.rate());
    Ok(())
}

/// So many events that both endpoints asked for.
async fn change_users(world: &World, args: &Args, report: &mut Report) -> Outcome<()> {
    let ids: Vec<String> = world.users.iter().map(|user| user.id.clone()).collect();
    let (key, most) = (Arc::clone(&world.api_key), args.backlog);
    let load = super::load(world, args.concurrency, PATIENCE);
    let sample = drive(load, move |number| {
        let id = ids.get(usize::try_from(number).ok().filter(|_| number < most)? % ids.len())?;
        let body: Value = json!({ "first_name": format!("Name {number}") });
        Some(Request::with_body("PUT", &format!("/user_management/users/{id}"), Some(&key), &body))
    })
    .await?;
    report.sample("user updates, each owed to two endpoints", &sample);
    Ok(())
}

/// Waits until the healthy endpoint knows everything.
#[expect(clippy::cast_precision_loss, reason = "a count of deliveries")]
async fn told(healthy: &Receiver, most: u64, begun: Instant, report: &mut Report) {
    while healthy.taken() < most && begun.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let rate = healthy.taken() as f64 / begun.elapsed().as_secs_f64();
    report.value(
        "webhooks per second to a healthy endpoint beside it",
        &format!("{rate:.0} ({} of {most})", healthy.taken()),
    );
}

async fn measure(world: &World, args: &Args, when: &str, report: &mut Report) -> Outcome<Sample> {
    let mails = super::by_id::every_user_a_mail(world, args, &format!("send by id, {when}"), report).await?;
    report.value(&format!("mails per second, {when}"), &mails);
    let requests: Arc<[Request]> = (0..1000)
        .map(|number| world.workflow("request-password-reset", &json!({ "email": unknown_address(number) })))
        .collect();
    let sample = drive(super::load(world, args.concurrency, args.duration), move |number| {
        requests.get(usize::try_from(number).ok()? % requests.len()).cloned()
    })
    .await?;
    report.sample(&format!("request by address, {when}"), &sample);
    Ok(sample)
}
