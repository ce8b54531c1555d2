//! The scenarios, in an order in which none leaves work behind for the next.

mod baseline;
mod by_id;
mod complete;
mod grown;
mod outbox;
mod reads;
mod ready;
mod request;
mod timing;
mod webhooks;

use std::time::Duration;

use super::{Outcome, args::Args, drive::Load, report::Report, world::World};

/// How long a scenario waits for the mail of the one before.
const SETTLING: Duration = Duration::from_secs(60);

/// Runs what was asked for.
pub async fn run(args: &Args, report: &mut Report) -> Outcome<()> {
    const NAMES: [&str; 11] =
        ["ready", "baseline", "complete", "by-id", "timing", "reads", "webhooks", "request", "mail", "outbox", "grown"];
    if let Some(unknown) = args.only.iter().find(|name| !NAMES.contains(&name.as_str())) {
        return Err(format!("no scenario {unknown}; there are {}", NAMES.join(", ")).into());
    }
    let beside_baseline = args.wants("baseline") && args.wants("request");
    if args.wants("baseline") && !beside_baseline {
        baseline::run(args, report).await?;
    }
    if NAMES.iter().all(|name| *name == "baseline" || !args.wants(name)) {
        return Ok(());
    }
    let mut world = World::build(args).await?;
    if args.wants("ready") {
        world = ready::run(world, args, report).await?;
    }
    if args.wants("complete") {
        complete::run(&world, args, report).await?;
    }
    if args.wants("by-id") {
        by_id::run(&world, args, report).await?;
    }
    if args.wants("timing") {
        timing::run(&world, args, report).await?;
    }
    if args.wants("reads") {
        reads::run(&world, args, report).await?;
    }
    if args.wants("webhooks") {
        webhooks::run(&world, args, report).await?;
    }
    if args.wants("grown") {
        grown::run(&world, args, report).await?;
    }
    if args.wants("request") || args.wants("mail") {
        request::run(&world, args, beside_baseline, report).await?;
    }
    if args.wants("outbox") {
        outbox::run(&world, args, report).await?;
    }
    Ok(())
}

/// The load that a scenario begins with; answers are expected to be 200.
fn load(world: &World, concurrency: usize, duration: Duration) -> Load {
    Load {
        server: world.server.address,
        pid: world.server.pid(),
        concurrency,
        duration,
        calls: u64::MAX,
        expected: 200,
    }
}
