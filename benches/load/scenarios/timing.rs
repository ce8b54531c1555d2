//! Does the time of an answer tell whether an address is known? One connection, pairs in random
//! order, Welch's t over the trimmed times.

use std::time::{Duration, Instant};

use serde_json::json;

use super::super::{
    Outcome,
    args::Args,
    client::{Connection, Request},
    report::Report,
    stats::{self, Order},
    world::{World, unknown_address},
};

/// The share of the times that is left out at either end.
const TRIM: f64 = 0.05;
/// No comparison takes longer than this.
const PATIENCE: Duration = Duration::from_secs(300);

pub async fn run(world: &World, args: &Args, report: &mut Report) -> Outcome<()> {
    world.inbox().settle(super::SETTLING).await;
    let (known, unknown) = measure(world, args.pairs).await?;
    let (a, b) = (stats::trimmed(&known, TRIM), stats::trimmed(&unknown, TRIM));
    let (median_a, median_b) = (stats::median(&known), stats::median(&unknown));
    let gap = median_a.abs_diff(median_b);
    report.value("timing: pairs", &known.len().to_string());
    report.value("timing: Welch's t, known against unknown", &format!("{:.2}", stats::welch_t(&a, &b)));
    report.value("timing: gap of the medians, µs", &format!("{:.1}", gap.as_secs_f64() * 1e6));
    report.value("timing: median known, µs", &format!("{:.1}", median_a.as_secs_f64() * 1e6));
    Ok(())
}

async fn measure(world: &World, pairs: usize) -> Outcome<(Vec<Duration>, Vec<Duration>)> {
    let mut connection = Connection::new(world.server.address);
    let mut order = Order::new(1);
    let (mut known, mut unknown) = (Vec::with_capacity(pairs), Vec::with_capacity(pairs));
    let begun = Instant::now();
    for (pair, user) in world.users.iter().cycle().take(pairs).enumerate() {
        let ask = |email: &str| world.workflow("request-password-reset", &json!({ "email": email }));
        let (of_user, of_nobody) = (ask(&user.email), ask(&unknown_address(900_000_000 + pair as u64)));
        let user_first = order.coin();
        for is_user in [user_first, !user_first] {
            let (request, times) = if is_user { (&of_user, &mut known) } else { (&of_nobody, &mut unknown) };
            times.push(time(&mut connection, request).await?);
        }
        if begun.elapsed() > PATIENCE {
            break;
        }
    }
    Ok((known, unknown))
}

async fn time(connection: &mut Connection, request: &Request) -> Outcome<Duration> {
    let asked = Instant::now();
    let answer = connection.call(request).await?;
    let took = asked.elapsed();
    if answer.status == 200 { Ok(took) } else { Err(format!("timing: {answer}").into()) }
}
