//! `rekey openapi`: the OpenAPI document.

use clap::Args;

use super::{CliError, print};
use crate::app::document;

/// How to print.
#[derive(Debug, Clone, Args)]
pub struct OpenapiArgs {}

/// Runs the command.
///
/// # Errors
/// When stdout cannot be written.
pub fn run(_args: &OpenapiArgs) -> Result<(), CliError> {
    let document = document("http://127.0.0.1:8080");
    print(&format!("{}\n", serde_json::to_string_pretty(&document)?))
}
