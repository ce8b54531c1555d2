//! `rekey users`: many users at a time, from a file and into one.

mod checkpoint;
mod csv;
mod export;
mod import;
mod lines;
mod place;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};

use super::{CliError, Environment, block_on};
use crate::config::Settings;

/// What to do with users.
#[derive(Debug, Clone, Args)]
pub struct UsersArgs {
    /// What to do with users.
    #[command(subcommand)]
    pub action: Action,
}

/// What to do with users.
#[derive(Debug, Clone, Subcommand)]
pub enum Action {
    /// Make and change users, one for each line of a file; goes on where it was interrupted
    Import(ImportArgs),
    /// Write users to a file or to stdout
    Export(ExportArgs),
}

/// Whose users.
#[derive(Debug, Clone, Args)]
pub struct Whose {
    /// Name or id of the application; may be left out when there is only one
    #[arg(long, value_name = "NAME")]
    pub application: Option<String>,
    /// Name or id of a tenant of it
    #[arg(long, value_name = "NAME")]
    pub tenant: Option<String>,
}

/// What to import.
#[derive(Debug, Clone, Args)]
pub struct ImportArgs {
    /// The file: NDJSON, or CSV with a line of column names
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Whose they become; the tenant counts for lines that name none
    #[command(flatten)]
    pub whose: Whose,
    /// How the file is written; told by its name when absent
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// Where lines that are wrong go, each with its number and the reason; FILE.rejects when absent
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<PathBuf>,
    /// Begin at the first line, also when an earlier run was interrupted
    #[arg(long)]
    pub restart: bool,
}

/// What to export.
#[derive(Debug, Clone, Args)]
pub struct ExportArgs {
    /// The file; stdout when absent
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Whose; every tenant's when none is named, each line then naming its own
    #[command(flatten)]
    pub whose: Whose,
    /// How to write; told by the file's name when absent
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// Also write the hashes of passwords
    #[arg(long)]
    pub password_hashes: bool,
}

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A JSON object in each line
    Ndjson,
    /// Comma-separated, with a line of column names
    Csv,
}

impl Format {
    /// As asked for, or as a file's name says.
    fn of(asked: Option<Self>, path: Option<&Path>) -> Self {
        let ending = path.and_then(Path::extension).is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
        asked.unwrap_or(if ending { Self::Csv } else { Self::Ndjson })
    }
}

/// Runs the command.
///
/// # Errors
/// When the settings, the database or the file cannot be used.
pub fn run(args: &UsersArgs, env: Environment) -> Result<(), CliError> {
    let settings = Settings::load(env)?;
    match &args.action {
        Action::Import(args) => block_on(import::import(args, settings)),
        Action::Export(args) => block_on(export::export(args, &settings)),
    }
}
