//! `rekey migrate`: the database schema.

use clap::{Args, Subcommand};

use super::{CliError, Environment, block_on, print};
use crate::app::open_database;
use crate::config::Settings;
use crate::store::time::Clock;

/// Which way to go.
#[derive(Debug, Clone, Args)]
pub struct MigrateArgs {
    /// Which way to go.
    #[command(subcommand)]
    pub direction: Direction,
}

/// Which way to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Subcommand)]
pub enum Direction {
    /// Apply every migration that is missing
    Up,
    /// Take back the newest migration
    Down,
    /// Show which migrations are applied
    Status,
}

/// Runs the command.
///
/// # Errors
/// When the settings cannot be used or the database refuses.
pub fn run(args: &MigrateArgs, env: Environment) -> Result<(), CliError> {
    let settings = Settings::inspect(env)?;
    block_on(migrate(args.direction, &settings))
}

async fn migrate(direction: Direction, settings: &Settings) -> Result<(), CliError> {
    let database = open_database(settings, Clock::default()).await?;
    match direction {
        Direction::Up => database.migrate_up().await?,
        Direction::Down => database.migrate_down().await?,
        Direction::Status => {}
    }
    let pending = database.pending_migrations().await?;
    if pending.is_empty() {
        return print("The schema is up to date.\n");
    }
    print(&format!("Not applied:\n  {}\n", pending.join("\n  ")))
}
