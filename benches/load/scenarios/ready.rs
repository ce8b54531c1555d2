//! How soon a server on an existing database is ready, and what it weighs at rest.

use std::time::Duration;

use super::super::{Outcome, args::Args, process, report::Report, stats, world::World};

/// Restarts the server a few times; answers the world with the last of them.
pub async fn run(mut world: World, args: &Args, report: &mut Report) -> Outcome<World> {
    world.inbox().settle(super::SETTLING).await;
    let mut times = Vec::new();
    for _ in 0..args.rounds {
        world = world.restart(args).await?;
        times.push(world.server.ready_after);
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    report.value("ready after, ms (median of restarts)", &super::super::report::milliseconds(stats::median(&times)));
    report.value("resident at rest, MiB", &format!("{:.1}", process::resident_mib(world.server.pid())?));
    Ok(world)
}
