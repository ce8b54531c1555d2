//! One insert per call, for comparison.

use std::{net::SocketAddr, process::Command, time::Duration};

use serde_json::json;

use super::super::{
    Outcome,
    args::Args,
    baseline,
    client::Request,
    drive::{Load, Sample, drive},
    process::{self, Server},
    report::Report,
    world,
};

/// What it is called in the report.
pub const NAME: &str = "one insert per call (baseline)";

/// The baseline server, ready.
pub struct Baseline {
    server: Server,
    /// Gone with the server.
    _folder: tempfile::TempDir,
    address: SocketAddr,
}

impl Baseline {
    pub async fn start() -> Outcome<Self> {
        let folder = tempfile::Builder::new().prefix("rekey-load.").tempdir()?;
        let address = process::free_address()?;
        let mut command = Command::new(process::this_program()?);
        command.arg(baseline::COMMAND).arg(address.to_string()).arg(folder.path());
        let server = Server::start(command, address, "/ready", &folder.path().join("baseline.log")).await?;
        Ok(Self { server, _folder: folder, address })
    }

    /// Inserts for the asked time.
    pub async fn sample(&self, args: &Args) -> Outcome<Sample> {
        let load = Load {
            server: self.address,
            pid: self.server.pid(),
            concurrency: args.concurrency,
            duration: args.duration.min(Duration::from_secs(120)),
            calls: u64::MAX,
            expected: 200,
        };
        drive(load, |number| Some(Request::post("/insert", None, &json!({ "email": world::unknown_address(number) }))))
            .await
    }

    pub fn stop(self) {
        self.server.stop();
    }
}

/// Alone, when there is nothing to compare it with.
pub async fn run(args: &Args, report: &mut Report) -> Outcome<()> {
    let baseline = Baseline::start().await?;
    report.sample(NAME, &baseline.sample(args).await?);
    baseline.stop();
    Ok(())
}
