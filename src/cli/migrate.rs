//! `rekey migrate`: the database schema.

use clap::{Args, Subcommand};

use super::{CliError, Environment};
use crate::config::Settings;

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
    migrate(args.direction, &settings)
}

fn migrate(_direction: Direction, _settings: &Settings) -> Result<(), CliError> {
    Err(CliError::new("migrations are not part of this build"))
}
