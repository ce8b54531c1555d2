//! The command line: one file per command.

pub mod audit;
pub mod bootstrap;
pub mod console;
pub mod doctor;
pub mod keys;
pub mod migrate;
pub mod openapi;
pub mod operators;
pub mod serve;
pub mod templates;
pub mod users;

use std::fmt;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What `rekey --help` says below the commands.
const HELP: &str = "Without a command it serves. Settings come from the environment (REKEY__SECTION__KEY), \
the file named by REKEY_CONFIG and the profile (REKEY_PROFILE: development, production or test); \
`rekey serve --print-config` shows them.";

/// A self-hosted password-reset service
#[derive(Debug, Parser)]
#[command(name = "rekey", version, args_conflicts_with_subcommands = true, after_help = HELP)]
pub struct Cli {
    /// What to do; serve when absent.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// How to serve when there is no command.
    #[command(flatten)]
    pub serve: serve::ServeArgs,
}

/// What to do.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Run the API, the pages, the console and the workers
    Serve(serve::ServeArgs),
    /// Bring the database schema up to date, back, or show where it is
    Migrate(migrate::MigrateArgs),
    /// Create an application, its default tenant and a service account, or an operator
    Bootstrap(bootstrap::BootstrapArgs),
    /// Check configuration, database, clock, keys and mail
    Doctor(doctor::DoctorArgs),
    /// Check the audit log
    Audit(audit::AuditArgs),
    /// Manage the key ring and the token-signing keys
    Keys(keys::KeysArgs),
    /// Let people into the console
    Console(console::ConsoleArgs),
    /// List operators, shut them out or let them in again
    Operators(operators::OperatorsArgs),
    /// Lint, render, export and import email templates
    Templates(templates::TemplatesArgs),
    /// Import and export users
    Users(users::UsersArgs),
    /// Print the OpenAPI 3.1 document
    Openapi(openapi::OpenapiArgs),
}

/// Why a command failed, in words for its caller.
#[derive(Debug)]
pub struct CliError(String);

impl CliError {
    /// From anything that can say what is wrong.
    pub fn new(error: impl fmt::Display) -> Self {
        Self(error.to_string())
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<E: std::error::Error> From<E> for CliError {
    fn from(error: E) -> Self {
        Self::new(error)
    }
}

/// The environment, as given to the process.
pub type Environment = Vec<(String, String)>;

/// Runs a command. Errors go to stderr; the exit code is 1 then.
#[must_use]
pub fn run(cli: Cli, env: Environment) -> ExitCode {
    let result = match cli.command.unwrap_or(Command::Serve(cli.serve)) {
        Command::Serve(args) => serve::run(&args, env),
        Command::Migrate(args) => migrate::run(&args, env),
        Command::Bootstrap(args) => bootstrap::run(&args, env),
        Command::Doctor(args) => doctor::run(&args, env),
        Command::Audit(args) => audit::run(&args, env),
        Command::Keys(args) => keys::run(&args, env),
        Command::Console(args) => console::run(&args, env),
        Command::Operators(args) => operators::run(&args, env),
        Command::Templates(args) => templates::run(&args, env),
        Command::Users(args) => users::run(&args, env),
        Command::Openapi(args) => openapi::run(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("rekey: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs what needs the database and nothing else.
///
/// # Errors
/// Whatever the work says.
pub fn block_on<T>(work: impl Future<Output = Result<T, CliError>>) -> Result<T, CliError> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}

/// Writes to stdout; a reader that has gone away is no error worth a panic.
///
/// # Errors
/// When stdout cannot be written.
pub fn print(text: &str) -> Result<(), CliError> {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|error| CliError::new(format!("stdout: {error}")))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;
    use clap::error::ErrorKind;

    use super::*;

    fn parse(line: &str) -> Result<Cli, ErrorKind> {
        Cli::try_parse_from(line.split(' ')).map_err(|error| error.kind())
    }

    #[test]
    fn the_definitions_agree_with_each_other() {
        Cli::command().debug_assert();
    }

    #[test]
    fn without_a_command_it_serves() {
        let cli = parse("rekey --role worker --no-migrate").unwrap();
        assert!(cli.command.is_none() && cli.serve.no_migrate);
        assert_eq!(cli.serve.role, serve::Role::Worker);
        let Some(Command::Serve(args)) = parse("rekey serve --print-config").unwrap().command else { panic!() };
        assert!(args.print_config && args.role == serve::Role::All);
    }

    #[test]
    fn every_command_of_the_manual_is_understood() {
        for line in [
            "rekey migrate up",
            "rekey migrate down",
            "rekey migrate status",
            "rekey bootstrap --application Shop --tenant Berlin --json",
            "rekey bootstrap --application Shop",
            "rekey bootstrap --operator",
            "rekey bootstrap --operator Ada --json",
            "rekey audit verify",
            "rekey audit verify --application app_01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "rekey doctor",
            "rekey keys init",
            "rekey keys rotate",
            "rekey keys list",
            "rekey keys revoke key_1",
            "rekey openapi",
            "rekey console invite",
            "rekey console invite --name Ada",
            "rekey operators list",
            "rekey operators disable operator_01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "rekey operators enable operator_01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "rekey templates lint mails --origin https://shop.example.com",
            "rekey templates render --kind TEST --locale de --folder mails --part html",
            "rekey templates export mails",
            "rekey templates export mails --application Shop --tenant Berlin",
            "rekey templates import mails --application Shop --note New",
            "rekey users import users.csv --tenant Berlin --rejects wrong.ndjson",
            "rekey users export --output users.ndjson --password-hashes",
        ] {
            assert!(parse(line).is_ok_and(|cli| cli.command.is_some()), "{line}");
        }
    }

    #[test]
    fn a_wrong_use_is_told_from_a_failure() {
        assert_eq!(parse("rekey dance").err(), Some(ErrorKind::InvalidSubcommand));
        assert_eq!(parse("rekey bootstrap").err(), Some(ErrorKind::MissingRequiredArgument));
        assert_eq!(parse("rekey serve --role queen").err(), Some(ErrorKind::InvalidValue));
        assert_eq!(parse("rekey --version").err(), Some(ErrorKind::DisplayVersion));
    }
}
