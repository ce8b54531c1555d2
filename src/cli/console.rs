//! `rekey console invite`: the way in for the first operator, and back in for
//! one who has lost theirs.

use clap::{Args, Subcommand};

use super::{CliError, Environment, block_on, print};
use crate::app::{load_keys, open_database};
use crate::config::Settings;
use crate::domain::access::Origin;
use crate::domain::entropy::SystemEntropy;
use crate::domain::line;
use crate::domain::operator::INVITED_NAME;
use crate::store::time::Clock;
use crate::workflows::console::invite::{invite as workflow, link};

/// What to do about the console.
#[derive(Debug, Clone, Args)]
pub struct ConsoleArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: ConsoleCommand,
}

/// What to do about the console.
#[derive(Debug, Clone, Subcommand)]
pub enum ConsoleCommand {
    /// Print a link, good once and for 15 minutes, that makes an operator
    Invite(InviteArgs),
}

/// Whom to invite.
#[derive(Debug, Clone, Args)]
pub struct InviteArgs {
    /// What they are called, until they say otherwise
    #[arg(long, value_name = "NAME", default_value = "")]
    pub name: String,
}

/// Runs the command.
///
/// # Errors
/// When the settings cannot be used or the database refuses.
pub fn run(args: &ConsoleArgs, env: Environment) -> Result<(), CliError> {
    let settings = Settings::load(env)?;
    let ConsoleCommand::Invite(args) = &args.command;
    block_on(invite(args, &settings))
}

async fn invite(args: &InviteArgs, settings: &Settings) -> Result<(), CliError> {
    if args.name.chars().count() > INVITED_NAME || args.name.chars().any(line::is_unfit) {
        return Err(CliError::new("--name takes one line of at most 80 characters"));
    }
    let keys = load_keys(settings, &SystemEntropy)?;
    let ring =
        keys.key_ring().ok_or_else(|| CliError::new("the keys file holds no key; `rekey keys rotate` makes one"))?;
    let database = open_database(settings, Clock::default()).await?;
    // Beside a running server the schema is there already.
    database.migrate_up().await?;
    let (_, token) = workflow(&database, &ring, &SystemEntropy, &args.name, &Origin::command_line()).await?;
    // To the terminal of whoever typed this, and nowhere else.
    let link = link(&settings.server.public_url, &token);
    print(&format!("{}\n\nOpen it within 15 minutes. It works once.\n", link.expose()))
}
