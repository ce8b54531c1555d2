//! Requests by address, known and unknown in turns, and the mail that follows from them.

use std::{sync::Arc, time::Instant};

use serde_json::json;

use super::{
    super::{
        Outcome,
        args::Args,
        client::Request,
        drive::{Sample, drive},
        report::Report,
        world::{World, unknown_address},
    },
    baseline::{self, Baseline},
};

const CALL: &str = "request-password-reset";

/// With a baseline, that is measured in every round too: a disk does not stay as fast as it was.
pub async fn run(world: &World, args: &Args, with_baseline: bool, report: &mut Report) -> Outcome<()> {
    world.inbox().settle(super::SETTLING).await;
    let (mut known, mut unknown, mut inserts) = (Sample::default(), Sample::default(), Sample::default());
    let baseline = if with_baseline { Some(Baseline::start().await?) } else { None };
    let (begun, mails_before) = (Instant::now(), world.inbox().mails());
    for round in 0..args.rounds {
        // Who goes first changes from round to round.
        if round % 2 == 0 {
            known.add(ask_known(world, args).await?);
            unknown.add(ask_unknown(world, args, round).await?);
        } else {
            unknown.add(ask_unknown(world, args, round).await?);
            known.add(ask_known(world, args).await?);
        }
        if let Some(baseline) = &baseline {
            // What the requests have left to do stands still meanwhile.
            let _still = world.server.pause()?;
            inserts.add(baseline.sample(args).await?);
        }
    }
    let during = world.inbox().mails() - mails_before;
    let asked_for = begun.elapsed().saturating_sub(inserts.elapsed);
    report.sample("request by address, known", &known);
    report.sample("request by address, unknown", &unknown);
    report.ratio("request unknown ÷ known", unknown.rate(), known.rate());
    if let Some(baseline) = baseline {
        report.sample(baseline::NAME, &inserts);
        report.ratio("request known ÷ one insert per call", known.rate(), inserts.rate());
        report.ratio("request unknown ÷ one insert per call", unknown.rate(), inserts.rate());
        baseline.stop();
    }
    mail(world, during, asked_for, report).await;
    Ok(())
}

/// Mails while the requests came in, and once they had stopped.
#[expect(clippy::cast_precision_loss, reason = "a count of mails")]
async fn mail(world: &World, during: u64, asked_for: std::time::Duration, report: &mut Report) {
    let (after, took) = world.inbox().settle(super::SETTLING).await;
    report.value("mails per second while requests come in", &format!("{:.0}", during as f64 / asked_for.as_secs_f64()));
    let rate = if after > 0 { after as f64 / took.as_secs_f64().max(0.001) } else { 0.0 };
    report.value("mails per second after that", &format!("{rate:.0} ({after} mails)"));
    report.value("mails with a link among the latest", &world.inbox().tokens().len().to_string());
    report.value("connections to the mail server so far", &world.inbox().connections().to_string());
}

async fn ask_known(world: &World, args: &Args) -> Outcome<Sample> {
    let requests: Arc<[Request]> =
        world.users.iter().map(|user| world.workflow(CALL, &json!({ "email": user.email }))).collect();
    drive(super::load(world, args.concurrency, args.duration), move |number| {
        let index = usize::try_from(number).ok()? % requests.len();
        requests.get(index).cloned()
    })
    .await
}

async fn ask_unknown(world: &World, args: &Args, round: usize) -> Outcome<Sample> {
    // As many addresses as there are users, so that both sides ask prepared requests.
    let first = round as u64 * 10_000_000;
    let requests: Arc<[Request]> = (0..world.users.len() as u64)
        .map(|number| world.workflow(CALL, &json!({ "email": unknown_address(first + number) })))
        .collect();
    drive(super::load(world, args.concurrency, args.duration), move |number| {
        let index = usize::try_from(number).ok()? % requests.len();
        requests.get(index).cloned()
    })
    .await
}
