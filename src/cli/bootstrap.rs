//! `rekey bootstrap`: the first application and its service account, or an
//! operator above all applications.

use clap::Args;
use serde_json::{Map, Value};

use super::{CliError, Environment, block_on, print};
use crate::app::open_database;
use crate::config::Settings;
use crate::domain::entropy::SystemEntropy;
use crate::store::Database;
use crate::store::time::Clock;
use crate::workflows::Failure;
use crate::workflows::bootstrap::bootstrap as workflow;
use crate::workflows::operators::make_operator;

/// What to create.
#[derive(Debug, Clone, Args)]
pub struct BootstrapArgs {
    /// Name of the application
    #[arg(long, value_name = "NAME", required_unless_present = "operator")]
    pub application: Option<String>,
    /// Name of its default tenant; that of the application when absent
    #[arg(long, value_name = "NAME")]
    pub tenant: Option<String>,
    /// Create an operator instead, and print their API key this once
    #[arg(long, value_name = "NAME", num_args = 0..=1, default_missing_value = "operator",
        conflicts_with_all = ["application", "tenant"])]
    pub operator: Option<String>,
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
    let lines = match (&args.operator, &args.application) {
        (Some(name), _) => operator(name, &database, settings).await?,
        (None, Some(name)) => application(name, args.tenant.as_deref(), &database, settings).await?,
        (None, None) => return Err(CliError::new("--application or --operator is missing")),
    };
    if args.json {
        let object: Map<String, Value> =
            lines.into_iter().map(|(name, value)| (name.to_owned(), Value::String(value))).collect();
        return print(&format!("{}\n", Value::Object(object)));
    }
    let lines: Vec<String> = lines.iter().map(|(name, value)| format!("{name:<14} {value}\n")).collect();
    print(&lines.concat())
}

/// What is printed, as names and values.
type Lines = Vec<(&'static str, String)>;

async fn operator(name: &str, database: &Database, settings: &Settings) -> Result<Lines, CliError> {
    let (operator, key) = make_operator(database, &SystemEntropy, name).await?;
    Ok(vec![
        ("operatorId", operator.id.to_string()),
        ("apiKey", key.expose().to_owned()),
        ("baseUrl", settings.server.public_url.clone()),
    ])
}

async fn application(
    name: &str,
    tenant: Option<&str>,
    database: &Database,
    settings: &Settings,
) -> Result<Lines, CliError> {
    let made = workflow(database, &SystemEntropy, name, tenant).await;
    let made = made.map_err(|failure| match failure {
        Failure::NameTaken => CliError::new(format!("there is an application named {name} already")),
        failure => failure.into(),
    })?;
    Ok(vec![
        ("applicationId", made.application.to_string()),
        ("tenantId", made.tenant.to_string()),
        ("clientId", made.client_id),
        ("clientSecret", made.client_secret.expose().to_owned()),
        ("apiKey", made.api_key.expose().to_owned()),
        ("baseUrl", settings.server.public_url.clone()),
    ])
}
