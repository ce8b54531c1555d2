//! `rekey serve`: the server itself.

use std::fmt::Write as _;
use std::net::TcpListener;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::{CliError, Environment, print};
use crate::app::{App, DEMO_NAME, Demo, World, prepare_demo, withdraw_demo};
use crate::config::Settings;
use crate::config::mail::MailTransport;
use crate::config::profile::Profile;
use crate::domain::access::Origin;
use crate::domain::secret::Secret;
use crate::store::operator_credentials;
use crate::telemetry::logs;

/// How to serve.
#[derive(Debug, Clone, Args)]
pub struct ServeArgs {
    /// Show the effective settings, with secrets masked, and do nothing else
    #[arg(long)]
    pub print_config: bool,
    /// Which parts this instance runs
    #[arg(long, value_enum, default_value_t = Role::All)]
    pub role: Role,
    /// Leave the database schema as it is
    #[arg(long)]
    pub no_migrate: bool,
}

/// Which parts an instance runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// Answers requests
    Api,
    /// Sends mails and does other background work; answers health and metrics only
    Worker,
    /// Both
    All,
}

impl Role {
    /// Whether requests are answered.
    #[must_use]
    pub const fn answers(self) -> bool {
        matches!(self, Self::Api | Self::All)
    }

    /// Whether background work is done.
    #[must_use]
    pub const fn works(self) -> bool {
        matches!(self, Self::Worker | Self::All)
    }
}

/// Runs the command.
///
/// # Errors
/// When the settings cannot be used or the server cannot run.
pub fn run(args: &ServeArgs, env: Environment) -> Result<(), CliError> {
    if args.print_config {
        return print_config(env);
    }
    let settings = Settings::load(env)?;
    serve(args, settings)
}

/// Shows the settings; those that a profile refuses are shown too, so that
/// one sees what it refuses, and then said.
fn print_config(env: Environment) -> Result<(), CliError> {
    print(&Settings::inspect(env.clone())?.masked()?)?;
    Settings::load(env)?;
    Ok(())
}

fn serve(args: &ServeArgs, settings: Settings) -> Result<(), CliError> {
    logs::init(&settings.telemetry);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let result = runtime.block_on(run_until_stopped(args, settings));
    // What did not end by itself within the deadline is not waited for.
    runtime.shutdown_timeout(Duration::from_secs(1));
    result
}

async fn run_until_stopped(args: &ServeArgs, settings: Settings) -> Result<(), CliError> {
    // The socket first: whoever starts a second one by mistake should hear it
    // before anything is touched.
    let listener = bind(&settings)?;
    let profile = settings.profile;
    let app = App::build(settings, World::default(), !args.no_migrate, args.role.works()).await?;
    // Before anybody is answered.
    if profile == Profile::Production && withdraw_demo(&app).await? {
        tracing::warn!("the demo of the development profile was here: its keys are void now, and its user is shut out");
    }
    // Whoever runs a worker watches it, too.
    let running = if args.role.answers() { app.listen(listener)? } else { app.listen_to_watchers(listener)? };
    tracing::info!(address = %running.address, profile = app.settings.profile.as_str(), "listening");
    if profile == Profile::Development && args.role.answers() {
        let demo = prepare_demo(&app).await?;
        let invitation = first_invitation(&app).await?;
        welcome(&app, demo.as_ref(), invitation.as_ref())?;
    }
    running.until_told().await;
    Ok(())
}

fn bind(settings: &Settings) -> Result<TcpListener, CliError> {
    let address = settings.server.bind;
    let listener = TcpListener::bind(address).map_err(|error| {
        CliError::new(format!("cannot listen on {address}: {error}\n  REKEY__SERVER__BIND says where to listen"))
    })?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// A link for the first operator, while nobody can sign in to the console.
async fn first_invitation(app: &App) -> Result<Option<Secret>, CliError> {
    let database = &app.engine.database;
    if !operator_credentials::nobody(database.read()).await? {
        return Ok(None);
    }
    let (_, link) = app.engine.invite_operator("", &Origin::command_line()).await?;
    Ok(Some(link))
}

/// What to open and what to type, for whoever starts rekey to look at it. On
/// the terminal only, never in the log: it holds a key.
fn welcome(app: &App, demo: Option<&Demo>, invitation: Option<&Secret>) -> Result<(), CliError> {
    let url = &app.settings.server.public_url;
    // Named, because with a second application the bare page could be either's.
    let demos = if demo.is_some() { format!("?application={DEMO_NAME}") } else { String::new() };
    let mut text = format!("\nrekey is ready.\n\n  Forgot password   {url}/forgot-password{demos}\n");
    if app.settings.mail.transport == MailTransport::Mailbox {
        let _ = writeln!(text, "  Mailbox           {url}/dev/mailbox");
    }
    let _ = writeln!(text, "  API description   {url}/docs");
    let _ = match invitation {
        Some(link) => {
            writeln!(text, "  Console           {}\n                    (works once, for 15 minutes)", link.expose())
        }
        None => writeln!(text, "  Console           {url}/console"),
    };
    if let Some(demo) = demo {
        let key = demo.api_key.expose();
        let _ = write!(
            text,
            "\nThe demo application knows ada@example.com. Ask for a reset with its API key (a further one at every start):\n\n  \
             curl {url}/api/v1/password-reset/request-password-reset \\\n    \
             -H 'Authorization: Bearer {key}' \\\n    \
             -H 'Content-Type: application/json' \\\n    \
             -d '{{\"email\":\"ada@example.com\"}}'\n\n"
        );
    }
    print(&text)
}
