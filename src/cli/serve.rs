//! `rekey serve`: the server itself.

use std::fmt::Write as _;
use std::net::TcpListener;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::{CliError, Environment, print};
use crate::app::{App, Demo, World, prepare_demo, work_until_stopped};
use crate::config::Settings;
use crate::config::mail::MailTransport;
use crate::config::profile::Profile;
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
    /// Sends mails and does other background work
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
    let listener = if args.role.answers() { Some(bind(&settings)?) } else { None };
    let development = settings.profile == Profile::Development;
    let app = App::build(settings, World::default(), !args.no_migrate, args.role.works()).await?;
    let Some(listener) = listener else {
        work_until_stopped(&app).await;
        return Ok(());
    };
    let running = app.listen(listener)?;
    tracing::info!(address = %running.address, profile = app.settings.profile.as_str(), "listening");
    if development {
        let demo = prepare_demo(&app).await?;
        welcome(&app, demo.as_ref())?;
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

/// What to open and what to type, for whoever starts rekey to look at it. On
/// the terminal only, never in the log: it holds a key.
fn welcome(app: &App, demo: Option<&Demo>) -> Result<(), CliError> {
    let url = &app.settings.server.public_url;
    let mut text = format!("\nrekey is ready.\n\n  Forgot password   {url}/forgot-password\n");
    if app.settings.mail.transport == MailTransport::Mailbox {
        let _ = writeln!(text, "  Mailbox           {url}/dev/mailbox");
    }
    let _ = writeln!(text, "  API description   {url}/docs");
    if let Some(demo) = demo {
        let key = demo.api_key.expose();
        let _ = write!(
            text,
            "\nThe demo application knows ada@example.com. Ask for a reset with its API key (new at every start):\n\n  \
             curl {url}/api/v1/password-reset/request-password-reset \\\n    \
             -H 'Authorization: Bearer {key}' \\\n    \
             -H 'Content-Type: application/json' \\\n    \
             -d '{{\"email\":\"ada@example.com\"}}'\n\n"
        );
    }
    print(&text)
}
