//! One insert per call, for comparison.

use std::{process::Command, time::Duration};

use serde_json::json;

use super::super::{
    Outcome,
    args::Args,
    baseline,
    client::Request,
    drive::{Load, drive},
    process::{self, Server},
    report::Report,
    world,
};

/// Answers the inserts per second.
pub async fn run(args: &Args, report: &mut Report) -> Outcome<f64> {
    let folder = tempfile::Builder::new().prefix("rekey-load.").tempdir()?;
    let address = process::free_address()?;
    let mut command = Command::new(process::this_program()?);
    command.arg(baseline::COMMAND).arg(address.to_string()).arg(folder.path());
    let server = Server::start(command, address, "/ready", &folder.path().join("baseline.log")).await?;
    let load = Load {
        server: address,
        pid: server.pid(),
        concurrency: args.concurrency,
        duration: args.duration.min(Duration::from_secs(120)),
        calls: u64::MAX,
        expected: 200,
    };
    let sample =
        drive(load, |number| Some(Request::post("/insert", None, &json!({ "email": world::unknown_address(number) }))))
            .await?;
    report.sample("one insert per call (baseline)", &sample);
    server.stop();
    Ok(sample.rate())
}
