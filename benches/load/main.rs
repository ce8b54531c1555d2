//! The load generator: starts a release build of rekey beside its own mail sink, drives it over
//! loopback HTTP and prints what it did as Markdown tables.
//!
//! ```text
//! cargo build --release && cargo bench --bench load -- --seconds 5 --only request,complete
//! ```
//!
//! It measures ratios to what the machine can do (raw Argon2id, one insert per call), because
//! the figures themselves say more about the machine than about the program.

pub(crate) mod args;
pub(crate) mod baseline;
pub(crate) mod client;
pub(crate) mod drive;
pub(crate) mod hashing;
pub(crate) mod hooks;
pub(crate) mod process;
pub(crate) mod report;
pub(crate) mod scenarios;
pub(crate) mod seed;
pub(crate) mod sink;
pub(crate) mod stats;
pub(crate) mod world;

use std::process::ExitCode;

/// The error of a measurement that cannot go on; only ever printed.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;
/// What every fallible part of the load generator answers.
pub type Outcome<T> = Result<T, Failure>;

fn main() -> ExitCode {
    let raw: Vec<String> = std::env::args().skip(1).collect();
    let result = match raw.split_first() {
        Some((first, rest)) if first == baseline::COMMAND => baseline::serve(rest),
        _ => args::Args::parse(&raw).and_then(|args| measure(&args)),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("load: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(args: &args::Args) -> Outcome<()> {
    if args.help {
        println!("{}", args::HELP);
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let mut report = report::Report::default();
        let result = scenarios::run(args, &mut report).await;
        // What was measured before a failure is worth reading too.
        println!("{}", report.markdown());
        result
    })
}
