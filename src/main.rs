//! The rekey binary: parses the command line and hands over.

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let cli = rekey::cli::Cli::parse();
    // What is not Unicode cannot be a setting; it shows up as a missing one.
    let env =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    rekey::cli::run(cli, env.collect())
}
