//! The trusted calls by user id: a mail, and a link to hand over.

use std::{sync::Arc, time::Instant};

use serde_json::json;

use super::super::{Outcome, args::Args, client::Request, drive::drive, report::Report, world::World};

pub async fn run(world: &World, args: &Args, report: &mut Report) -> Outcome<()> {
    for call in ["send-password-reset-email", "create-password-reset-link"] {
        world.inbox().settle(super::SETTLING).await;
        let requests: Arc<[Request]> =
            world.users.iter().map(|user| world.workflow(call, &json!({ "userId": user.id }))).collect();
        let sample = drive(super::load(world, args.concurrency, args.duration), move |number| {
            let index = usize::try_from(number).ok()? % requests.len();
            requests.get(index).cloned()
        })
        .await?;
        report.sample(call, &sample);
    }
    let rate = every_user_a_mail(world, args, "send-password-reset-email, once per user", report).await?;
    report.value("mails per second, once per user", &rate);
    Ok(())
}

/// One mail per user, so that none supersedes another: how many leave per second, from the first
/// call to the last mail, in words.
#[expect(clippy::cast_precision_loss, reason = "a count of mails")]
pub(super) async fn every_user_a_mail(world: &World, args: &Args, name: &str, report: &mut Report) -> Outcome<String> {
    world.inbox().settle(super::SETTLING).await;
    let requests: Arc<[Request]> = world
        .users
        .iter()
        .map(|user| world.workflow("send-password-reset-email", &json!({ "userId": user.id })))
        .collect();
    let (begun, before) = (Instant::now(), world.inbox().mails());
    let load = super::load(world, args.concurrency, super::SETTLING);
    let sample = drive(load, move |number| requests.get(usize::try_from(number).ok()?).cloned()).await?;
    let asked = begun.elapsed();
    let (_, after) = world.inbox().settle(super::SETTLING).await;
    let (mails, took) = (world.inbox().mails() - before, asked + after);
    report.sample(name, &sample);
    let rate = mails as f64 / took.as_secs_f64();
    Ok(format!("{rate:.0} ({mails} of {} mails)", world.users.len()))
}
