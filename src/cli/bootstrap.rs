//! `rekey bootstrap`: the first application and its service account.

use clap::Args;

use super::{CliError, Environment};
use crate::config::Settings;

/// What to create.
#[derive(Debug, Clone, Args)]
pub struct BootstrapArgs {
    /// Name of the application
    #[arg(long, value_name = "NAME")]
    pub application: String,
    /// Name of its default tenant; that of the application when absent
    #[arg(long, value_name = "NAME")]
    pub tenant: Option<String>,
    /// Print one JSON object instead of lines
    #[arg(long)]
    pub json: bool,
}

/// Runs the command.
///
/// # Errors
/// When the settings cannot be used or the database refuses.
pub fn run(args: &BootstrapArgs, env: Environment) -> Result<(), CliError> {
    let settings = Settings::load(env)?;
    bootstrap(args, &settings)
}

fn bootstrap(_args: &BootstrapArgs, _settings: &Settings) -> Result<(), CliError> {
    Err(CliError::new("creating applications is not part of this build"))
}
