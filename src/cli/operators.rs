//! `rekey operators`: who runs this installation, and shutting somebody out
//! when nobody else can.

use std::fmt::Write as _;

use clap::{Args, Subcommand};

use super::{CliError, Environment, block_on, print};
use crate::app::open_database;
use crate::config::Settings;
use crate::domain::access::Origin;
use crate::domain::entropy::SystemEntropy;
use crate::domain::ids::OperatorId;
use crate::store::operator_credentials;
use crate::store::operators::Operator;
use crate::store::time::Clock;
use crate::workflows::Failure;
use crate::workflows::operators::managed::{OperatorChange, change_operator};

/// What to do about operators.
#[derive(Debug, Clone, Args)]
pub struct OperatorsArgs {
    /// What to do.
    #[command(subcommand)]
    pub action: Action,
}

/// What to do about operators.
#[derive(Debug, Clone, Subcommand)]
pub enum Action {
    /// Show every operator: id, whether they are shut out, address and name
    List,
    /// Shut an operator out: their sessions end at once and their keys stop
    Disable {
        /// Their id, `operator_…`
        #[arg(value_name = "ID")]
        id: OperatorId,
    },
    /// Let an operator in again
    Enable {
        /// Their id, `operator_…`
        #[arg(value_name = "ID")]
        id: OperatorId,
    },
}

/// Runs the command.
///
/// # Errors
/// When the settings cannot be used or the database refuses, when there is no
/// such operator, or it is the last one who can act.
pub fn run(args: &OperatorsArgs, env: Environment) -> Result<(), CliError> {
    let settings = Settings::load(env)?;
    match args.action {
        Action::List => block_on(list(&settings)),
        Action::Disable { id } => block_on(change(&settings, id, true)),
        Action::Enable { id } => block_on(change(&settings, id, false)),
    }
}

async fn list(settings: &Settings) -> Result<(), CliError> {
    let database = open_database(settings, Clock::default()).await?;
    let mut lines = String::new();
    for (operator, address) in operator_credentials::list_operators(database.read()).await? {
        let state = if operator.disabled { "disabled" } else { "enabled" };
        // Whoever has API keys alone signs in nowhere.
        let address = address.as_deref().unwrap_or("-");
        writeln!(lines, "{}  {state:<8}  {address}  {}", operator.id, operator.name)?;
    }
    print(&lines)
}

async fn change(settings: &Settings, id: OperatorId, disabled: bool) -> Result<(), CliError> {
    let database = open_database(settings, Clock::default()).await?;
    let wanted = OperatorChange { disabled: Some(disabled), version: None };
    let changed = change_operator(&database, &SystemEntropy, &Origin::command_line(), id, wanted).await;
    match changed {
        Ok(operator) => print(&told(&operator, database.is_embedded())),
        Err(Failure::NotFound(_)) => Err(CliError::new(format!("there is no operator {id}"))),
        Err(Failure::LastOperator) => Err(CliError::new(format!(
            "{id} is the last operator who can sign in or has an API key: make another one first \
             (`rekey console invite`, `rekey bootstrap --operator`)"
        ))),
        Err(failure) => Err(failure.into()),
    }
}

/// What has happened.
fn told(operator: &Operator, embedded: bool) -> String {
    let state = if operator.disabled { "shut out" } else { "let in" };
    // On SQLite no process tells another that it should forget whom it knows.
    let soon = "A server that is running believes a key that it has just seen for up to 30 seconds more.\n";
    let soon = if embedded && operator.disabled { soon } else { "" };
    format!("{} ({}) is {state}\n{soon}", operator.id, operator.name)
}
