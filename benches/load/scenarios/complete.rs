//! Completions against the raw hash rate, and what else the server still does meanwhile.

use std::{
    cell::Cell,
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::json;

use super::super::{
    Outcome,
    args::Args,
    client::{Connection, Request},
    drive::{Sample, drive, probe},
    hashing::{self, By},
    process,
    report::{Report, milliseconds},
    stats,
    world::{World, member, unknown_address},
};

/// How long the raw hash rate is measured on either side of a batch.
const RAW: Duration = Duration::from_secs(1);
/// No more batches than this, however fast they go.
const MOST_BATCHES: usize = 200;

pub async fn run(world: &World, args: &Args, report: &mut Report) -> Outcome<()> {
    world.inbox().settle(super::SETTLING).await;
    let resident_at_rest = process::resident_mib(world.server.pid())?;
    let mut at_rest = Probed::default();
    probes(world, args.duration, &Cell::new(false), &mut at_rest).await;

    let alone = completions(world, args, "alone", false).await?;
    report.sample("complete", &alone.completed);
    let by_argon2: Vec<_> = alone.batches.iter().map(|(raw, rate)| (raw.argon2, *rate)).collect();
    let by_argon2_rust = alone.batches.iter().map(|(raw, rate)| (raw.argon2_rust, *rate)).collect();
    for (name, batches) in [("argon2", by_argon2), ("argon2-rust", by_argon2_rust)] {
        let (raw, ratio) = against_raw(batches);
        report.value(&format!("raw Argon2id hashes per second, by the crate {name}"), &format!("{raw:.1}"));
        report.ratio(&format!("complete ÷ raw Argon2id by {name}, median of the batches"), ratio, 1.0);
    }

    let busy = completions(world, args, "probed", true).await?;
    report.sample("complete, with probes beside it", &busy.completed);
    for (name, idle, loaded) in [
        ("/health/ready", &at_rest.ready, &busy.probed.ready),
        ("request by address", &at_rest.request, &busy.probed.request),
    ] {
        report.sample(&format!("probe {name}, at rest"), idle);
        report.sample(&format!("probe {name}, while completions saturate"), loaded);
        let p99 = |sample: &Sample| milliseconds(stats::percentile(&sample.times, 0.99));
        report.value(&format!("{name}: p99 ms at rest → loaded"), &format!("{} → {}", p99(idle), p99(loaded)));
    }
    let resident = busy.resident_mib;
    report.value("resident MiB at rest → loaded", &format!("{resident_at_rest:.1} → {resident:.1}"));
    Ok(())
}

/// The medians of the raw rate and of what a batch reached of it.
fn against_raw(batches: Vec<(f64, f64)>) -> (f64, f64) {
    let median = |mut values: Vec<f64>| {
        values.sort_unstable_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or_default()
    };
    let (raw, reached) = batches.into_iter().filter(|(raw, _)| *raw > 0.0).map(|(raw, rate)| (raw, rate / raw)).unzip();
    (median(raw), median(reached))
}

/// What one series of batches saw.
#[derive(Default)]
struct Series {
    completed: Sample,
    /// Of each batch the raw hash rates around it, by either crate, and its own rate.
    batches: Vec<(Raw, f64)>,
    probed: Probed,
    /// The largest value seen.
    resident_mib: f64,
}

/// Batches of one completion per user, until they have run for the asked time. A user has one
/// live link at most, so the links of a batch are made before it and not measured.
async fn completions(world: &World, args: &Args, name: &str, probed: bool) -> Outcome<Series> {
    let mut series = Series::default();
    let begun = Instant::now();
    // Making the links may take as long as using them, but not without end.
    let patience = args.duration * 10 + Duration::from_secs(60);
    for batch in 0..MOST_BATCHES {
        if series.completed.elapsed >= args.duration || begun.elapsed() > patience {
            break;
        }
        let requests = links(world, &format!("correct horse {name} {batch:03}")).await?;
        world.inbox().settle(super::SETTLING).await;
        let load = super::load(world, args.completers, args.duration);
        // Before and after each batch, because a machine does not stay as fast as it was.
        let raw_before = if probed { Raw::default() } else { Raw::measure(args)? };
        let run = drive(load, move |number| requests.get(usize::try_from(number).ok()?).cloned());
        if probed {
            series.completed.add(beside(world, run, &mut series.probed).await?);
        } else {
            let sample = run.await?;
            series.batches.push((raw_before.mean(&Raw::measure(args)?), sample.rate()));
            series.completed.add(sample);
        }
        series.resident_mib = series.resident_mib.max(process::resident_mib(world.server.pid())?);
    }
    Ok(series)
}

/// Hashes per second by either crate.
#[derive(Default)]
struct Raw {
    argon2: f64,
    argon2_rust: f64,
}

impl Raw {
    fn measure(args: &Args) -> Outcome<Self> {
        let rate = |by| hashing::raw_rate(by, args.hashing, RAW);
        Ok(Self { argon2: rate(By::Argon2)?, argon2_rust: rate(By::Argon2Rust)? })
    }

    const fn mean(&self, other: &Self) -> Self {
        Self {
            argon2: f64::midpoint(self.argon2, other.argon2),
            argon2_rust: f64::midpoint(self.argon2_rust, other.argon2_rust),
        }
    }
}

/// `/health/ready` and requests by address.
#[derive(Default)]
struct Probed {
    ready: Sample,
    request: Sample,
}

/// Runs a load with probes that end when it ends.
async fn beside(world: &World, run: impl Future<Output = Outcome<Sample>>, probed: &mut Probed) -> Outcome<Sample> {
    let over = Cell::new(false);
    let run = async {
        let sample = run.await;
        over.set(true);
        sample
    };
    tokio::join!(run, probes(world, Duration::from_secs(120), &over, probed)).0
}

/// One call per 10 ms to `/health/ready`, one per 20 ms to the request by address.
async fn probes(world: &World, duration: Duration, over: &Cell<bool>, probed: &mut Probed) {
    let load = super::load(world, 1, duration);
    let Probed { ready, request } = probed;
    let ready = probe(load, Duration::from_millis(10), over, ready, |_| Request::get("/health/ready"));
    let request = probe(load, Duration::from_millis(20), over, request, |number| {
        world.workflow("request-password-reset", &json!({ "email": unknown_address(800_000_000 + number) }))
    });
    tokio::join!(ready, request);
}

/// One link per user, as requests that complete it with this password.
pub(super) async fn links(world: &World, password: &str) -> Outcome<Arc<[Request]>> {
    let mut connection = Connection::new(world.server.address);
    let mut requests = Vec::with_capacity(world.users.len());
    for user in world.users.iter() {
        let call = world.workflow("create-password-reset-link", &json!({ "userId": user.id }));
        let link = connection.call(&call).await?.json(200).map_err(|error| format!("making a link: {error}"))?;
        let code = member(&link, "passwordResetCode")?;
        requests.push(world.workflow("reset-password", &json!({ "passwordResetCode": code, "newPassword": password })));
    }
    Ok(requests.into())
}
