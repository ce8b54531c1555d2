//! `rekey serve`: the server itself.

use clap::{Args, ValueEnum};

use super::{CliError, Environment, print};
use crate::config::Settings;

/// How to serve.
#[derive(Debug, Clone, Args)]
pub struct ServeArgs {
    /// Show the effective settings, with secrets masked, and do nothing else
    #[arg(long)]
    pub print_config: bool,
    /// Which parts this instance runs
    #[arg(long, value_enum, default_value_t = Role::All)]
    pub role: Role,
    /// Leave the database schema as it is
    #[arg(long)]
    pub no_migrate: bool,
}

/// Which parts an instance runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// Answers requests
    Api,
    /// Sends mails and does other background work
    Worker,
    /// Both
    All,
}

impl Role {
    /// Whether requests are answered.
    #[must_use]
    pub const fn answers(self) -> bool {
        matches!(self, Self::Api | Self::All)
    }

    /// Whether background work is done.
    #[must_use]
    pub const fn works(self) -> bool {
        matches!(self, Self::Worker | Self::All)
    }
}

/// Runs the command.
///
/// # Errors
/// When the settings cannot be used or the server cannot run.
pub fn run(args: &ServeArgs, env: Environment) -> Result<(), CliError> {
    if args.print_config {
        return print_config(env);
    }
    let settings = Settings::load(env)?;
    serve(args, &settings)
}

/// Shows the settings; those that a profile refuses are shown too, so that
/// one sees what it refuses, and then said.
fn print_config(env: Environment) -> Result<(), CliError> {
    print(&Settings::inspect(env.clone())?.masked()?)?;
    Settings::load(env)?;
    Ok(())
}

fn serve(_args: &ServeArgs, _settings: &Settings) -> Result<(), CliError> {
    Err(CliError::new("serving is not part of this build"))
}
