//! `rekey openapi`: the OpenAPI document.

use clap::Args;

use super::CliError;

/// How to print.
#[derive(Debug, Clone, Args)]
pub struct OpenapiArgs {}

/// Runs the command.
///
/// # Errors
/// When stdout cannot be written.
pub fn run(_args: &OpenapiArgs) -> Result<(), CliError> {
    Err(CliError::new("the OpenAPI document is not part of this build"))
}
