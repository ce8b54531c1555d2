//! The command line of the load generator.

use std::{path::PathBuf, time::Duration};

use super::Outcome;

/// Printed by `--help`.
pub const HELP: &str = "\
cargo bench --bench load -- [options]
  --binary PATH       the rekey to measure (target/release/rekey)
  --only LIST         ready,baseline,complete,by-id,timing,reads,webhooks,request,mail,
                      outbox,grown (all but the last two)
  --database URL      an empty database to use instead of SQLite in a temporary folder
  --seconds N         length of one measurement, 1-120 (5)
  --rounds N          interleaved rounds of a comparison, 1-20 (3)
  --concurrency N     connections of the request scenarios, 1-256 (16)
  --completers N      connections of the completion scenario, 1-64 (8)
  --users N           users to create, 1-5000 (200)
  --pairs N           pairs of the timing comparison, 100-100000 (2000)
  --threads N         hash threads, for the server and the raw rate (cores)
  --memory-kib N      Argon2id memory (19456)
  --iterations N      Argon2id iterations (2)
  --parallelism N     Argon2id lanes (1)
  --ack-delay-ms N    how long the mail server takes for each answer, 0-1000 (0)
  --smtp-pool N       connections to the mail server, 1-100 (the program's default)
  --backlog N         webhooks that a dead endpoint is owed, 1-100000 (10000)
  --grown-users N     users to add for `grown`, in PostgreSQL, 1-10000000 (1000000)
  --grown-events N    events to add for `grown`, 1-50000000 (5000000)";

/// What to measure, and how long.
#[derive(Debug, Clone)]
pub struct Args {
    pub help: bool,
    pub binary: PathBuf,
    /// Names of scenarios; empty means all.
    pub only: Vec<String>,
    /// Length of one measurement.
    pub duration: Duration,
    pub rounds: usize,
    pub concurrency: usize,
    pub completers: usize,
    pub users: usize,
    pub pairs: usize,
    pub hashing: Hashing,
    /// The database to use; none means SQLite in the folder of the run.
    pub database: Option<String>,
    pub backlog: u64,
    pub grown: Grown,
    /// How long the mail server takes for each answer.
    pub ack_delay: Duration,
    pub smtp_pool: Option<u64>,
}

/// What a database has grown by.
#[derive(Debug, Clone, Copy)]
pub struct Grown {
    pub users: u64,
    pub events: u64,
}

/// Argon2id parameters, the same for the server and for the raw rate.
#[derive(Debug, Clone, Copy)]
pub struct Hashing {
    pub threads: usize,
    pub memory_kib: u32,
    pub iterations: u32,
    pub parallelism: u32,
}

impl Default for Args {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            help: false,
            binary: PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/target/release/rekey")),
            only: Vec::new(),
            duration: Duration::from_secs(5),
            rounds: 3,
            concurrency: 16,
            completers: 8,
            users: 200,
            pairs: 2000,
            hashing: Hashing { threads, memory_kib: 19456, iterations: 2, parallelism: 1 },
            database: None,
            backlog: 10_000,
            grown: Grown { users: 1_000_000, events: 5_000_000 },
            ack_delay: Duration::ZERO,
            smtp_pool: None,
        }
    }
}

impl Args {
    /// Reads the arguments after the program's name. `--bench`, which cargo adds, is ignored.
    pub fn parse(raw: &[String]) -> Outcome<Self> {
        let mut args = Self::default();
        let mut rest = raw.iter();
        while let Some(name) = rest.next() {
            match name.as_str() {
                "--bench" => continue,
                "--help" | "-h" => {
                    args.help = true;
                    continue;
                }
                _ => {}
            }
            let value = rest.next().ok_or_else(|| format!("{name} needs a value; see --help"))?;
            args.set(name, value)?;
        }
        Ok(args)
    }

    fn set(&mut self, name: &str, value: &str) -> Outcome<()> {
        match name {
            "--binary" => self.binary = PathBuf::from(value),
            "--only" => self.only = value.split(',').map(str::to_owned).collect(),
            "--seconds" => self.duration = Duration::from_secs(number(name, value, 1, 120)?),
            "--rounds" => self.rounds = usize::try_from(number(name, value, 1, 20)?)?,
            "--concurrency" => self.concurrency = usize::try_from(number(name, value, 1, 256)?)?,
            "--completers" => self.completers = usize::try_from(number(name, value, 1, 64)?)?,
            "--users" => self.users = usize::try_from(number(name, value, 1, 5000)?)?,
            "--pairs" => self.pairs = usize::try_from(number(name, value, 100, 100_000)?)?,
            "--threads" => self.hashing.threads = usize::try_from(number(name, value, 1, 64)?)?,
            "--memory-kib" => self.hashing.memory_kib = u32::try_from(number(name, value, 8, 1_048_576)?)?,
            "--iterations" => self.hashing.iterations = u32::try_from(number(name, value, 1, 20)?)?,
            "--database" => self.database = Some(value.to_owned()),
            "--ack-delay-ms" => self.ack_delay = Duration::from_millis(number(name, value, 0, 1000)?),
            "--smtp-pool" => self.smtp_pool = Some(number(name, value, 1, 100)?),
            "--backlog" => self.backlog = number(name, value, 1, 100_000)?,
            "--grown-users" => self.grown.users = number(name, value, 1, 10_000_000)?,
            "--grown-events" => self.grown.events = number(name, value, 1, 50_000_000)?,
            "--parallelism" => self.hashing.parallelism = u32::try_from(number(name, value, 1, 16)?)?,
            _ => return Err(format!("unknown option {name}; see --help").into()),
        }
        Ok(())
    }

    /// Whether a scenario was asked for; one that needs a database of its own is asked for by name.
    pub fn wants(&self, scenario: &str) -> bool {
        (self.only.is_empty() && !["outbox", "grown"].contains(&scenario))
            || self.only.iter().any(|name| name == scenario)
    }
}

fn number(name: &str, value: &str, least: u64, most: u64) -> Outcome<u64> {
    match value.parse() {
        Ok(number) if (least..=most).contains(&number) => Ok(number),
        _ => Err(format!("{name} takes {least} to {most}, not {value}").into()),
    }
}
