//! `rekey audit verify`: whether the audit log is as it was written.

use clap::{Args, Subcommand};

use super::{CliError, Environment, block_on, print};
use crate::app::open_database;
use crate::config::Settings;
use crate::domain::audit::Chain;
use crate::domain::ids::ApplicationId;
use crate::store::time::Clock;
use crate::store::{Database, audit};
use crate::workflows::audit::{Verification, verify};

/// What to do with the audit log.
#[derive(Debug, Clone, Args)]
pub struct AuditArgs {
    /// What to do with the audit log.
    #[command(subcommand)]
    pub action: Action,
}

/// What to do with the audit log.
#[derive(Debug, Clone, Subcommand)]
pub enum Action {
    /// Check every entry against the hashes; the exit code says whether they hold
    Verify {
        /// Only the log of this application; all logs when absent
        #[arg(long, value_name = "ID")]
        application: Option<ApplicationId>,
    },
}

/// Runs the command.
///
/// # Errors
/// When the settings cannot be used, the database refuses, or a log does not
/// hold.
pub fn run(args: &AuditArgs, env: Environment) -> Result<(), CliError> {
    let settings = Settings::load(env)?;
    let Action::Verify { application } = &args.action;
    block_on(check(*application, &settings))
}

async fn check(application: Option<ApplicationId>, settings: &Settings) -> Result<(), CliError> {
    let database = open_database(settings, Clock::default()).await?;
    let chains = match application {
        Some(application) => vec![Chain::Application(application)],
        None => all(&database).await?,
    };
    let mut broken = 0;
    for chain in &chains {
        let verification = verify(&database, *chain).await?;
        broken += usize::from(verification.broken.is_some());
        print(&line(*chain, &verification))?;
    }
    match broken {
        0 => Ok(()),
        broken => Err(CliError::new(format!("{broken} of {} audit logs do not hold", chains.len()))),
    }
}

async fn all(database: &Database) -> Result<Vec<Chain>, CliError> {
    let names = audit::chains(database.read()).await?;
    let chain = |name: String| match name.parse() {
        Ok(application) => Ok(Chain::Application(application)),
        Err(_) if name == Chain::Operators.to_string() => Ok(Chain::Operators),
        Err(_) => Err(CliError::new(format!("there is an audit log of an unknown name: {name}"))),
    };
    names.into_iter().map(chain).collect()
}

fn line(chain: Chain, verification: &Verification) -> String {
    let chain = chain.to_string();
    match &verification.broken {
        Some(found) => format!("{chain:<30} BROKEN   {found}\n"),
        None => format!(
            "{chain:<30} whole    {} entries, the last one is {} with hash {}\n",
            verification.entries,
            verification.last.position,
            verification.last.hash_text()
        ),
    }
}
