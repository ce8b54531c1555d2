//! `rekey doctor`: is everything in order?

use clap::Args;

use super::{CliError, Environment};
use crate::config::Settings;

/// How to check.
#[derive(Debug, Clone, Args)]
pub struct DoctorArgs {}

/// Runs the command.
///
/// # Errors
/// When something is not in order.
pub fn run(args: &DoctorArgs, env: Environment) -> Result<(), CliError> {
    let settings = Settings::load(env)?;
    examine(args, &settings)
}

fn examine(_args: &DoctorArgs, _settings: &Settings) -> Result<(), CliError> {
    Err(CliError::new("checks are not part of this build"))
}
