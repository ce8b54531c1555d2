//! `rekey bootstrap`: the first application and its service account.

use clap::Args;
use serde_json::{Map, Value};

use super::{CliError, Environment, block_on, print};
use crate::app::open_database;
use crate::config::Settings;
use crate::domain::entropy::SystemEntropy;
use crate::store::time::Clock;
use crate::workflows::Failure;
use crate::workflows::bootstrap::bootstrap as workflow;

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
    block_on(bootstrap(args, &settings))
}

async fn bootstrap(args: &BootstrapArgs, settings: &Settings) -> Result<(), CliError> {
    let database = open_database(settings, Clock::default()).await?;
    // Beside a running server the schema is there already.
    database.migrate_up().await?;
    let made = workflow(&database, &SystemEntropy, &args.application, args.tenant.as_deref()).await;
    let made = made.map_err(|failure| match failure {
        Failure::NameTaken => CliError::new(format!("there is an application named {} already", args.application)),
        failure => failure.into(),
    })?;
    let lines = [
        ("applicationId", made.application.to_string()),
        ("tenantId", made.tenant.to_string()),
        ("clientId", made.client_id),
        ("clientSecret", made.client_secret.expose().to_owned()),
        ("apiKey", made.api_key.expose().to_owned()),
        ("baseUrl", settings.server.public_url.clone()),
    ];
    if args.json {
        let object: Map<String, Value> =
            lines.into_iter().map(|(name, value)| (name.to_owned(), Value::String(value))).collect();
        return print(&format!("{}\n", Value::Object(object)));
    }
    let lines: Vec<String> = lines.iter().map(|(name, value)| format!("{name:<14} {value}\n")).collect();
    print(&lines.concat())
}
