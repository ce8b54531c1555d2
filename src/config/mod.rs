//! Configuration: read once, checked as a whole, then plain data.
//!
//! One file per section, each with its checks; [`profile`] holds what a
//! profile refuses. Every default stands in `config/default.toml`.

mod layers;
mod print;
mod schema;

pub mod breach;
pub mod database;
pub mod hashing;
pub mod keys_file;
pub mod limits;
pub mod mail;
pub mod network;
pub mod outbound;
pub mod problem;
pub mod profile;
pub mod secrets;
pub mod server;
pub mod smtp;
pub mod telemetry;
pub mod templates;
pub mod value;
pub mod workflow;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_profiles;

use serde::Serialize;

pub use problem::{ConfigError, Problem};
pub use profile::Profile;

use layers::{Environment, Merged};
use problem::Problems;

/// All settings, complete and checked.
#[derive(Debug, Clone, Serialize)]
pub struct Settings {
    /// What the server is for.
    pub profile: Profile,
    /// Where it listens.
    pub server: server::ServerSettings,
    /// Where everything is kept.
    pub database: database::DatabaseSettings,
    /// How mails leave.
    pub mail: mail::MailSettings,
    /// Where the keys are.
    pub secrets: secrets::SecretsSettings,
    /// How passwords are hashed.
    pub hashing: hashing::HashingSettings,
    /// How much guessing and flooding is borne.
    pub limits: limits::LimitSettings,
    /// What resets do unless somebody says otherwise.
    pub workflow: workflow::WorkflowSettings,
    /// Where passwords of data breaches are looked up.
    pub breach: breach::BreachSettings,
    /// Where calls may go whose targets customers name.
    pub outbound: outbound::OutboundSettings,
    /// What is told to operators.
    pub telemetry: telemetry::TelemetrySettings,
    /// What replaces the built-in templates.
    pub templates: templates::TemplateSettings,
}

impl Settings {
    /// Reads all layers, checks every section, and applies the rules of the
    /// profile.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn load(env: impl IntoIterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let (settings, mut problems) = Self::gather(env);
        if let Some(settings) = &settings {
            profile::check(settings, &mut problems);
        }
        problems.finish(settings)
    }

    /// Like [`Settings::load`] without the rules of the profile, for commands
    /// that serve nobody: they show the settings or make the keys that the
    /// production profile asks for.
    ///
    /// # Errors
    /// Everything else that is wrong, at once.
    pub fn inspect(env: impl IntoIterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let (settings, problems) = Self::gather(env);
        problems.finish(settings)
    }

    fn gather(env: impl IntoIterator<Item = (String, String)>) -> (Option<Self>, Problems) {
        let env: Environment = env.into_iter().collect();
        let mut problems = Problems::default();
        let settings = read_profile(&env, &mut problems)
            .and_then(|profile| Some((profile, Merged::read(profile, &env, &mut problems)?)))
            .and_then(|(profile, merged)| Self::build(profile, &merged, &mut problems));
        if let Some(settings) = &settings {
            settings.check(&mut problems);
        }
        (settings, problems)
    }

    /// Reads every section before it gives up, so that every problem shows.
    fn build(profile: Profile, merged: &Merged, problems: &mut Problems) -> Option<Self> {
        let server = merged.section::<server::ServerSettings>("server", problems);
        let database = merged.section("database", problems);
        let mail = merged.section("mail", problems);
        let secrets = merged.section("secrets", problems);
        let hashing = merged.section("hashing", problems);
        let limits = merged.section("limits", problems);
        let workflow = merged.section("workflow", problems);
        let breach = merged.section("breach", problems);
        let outbound = merged.section("outbound", problems);
        let telemetry = merged.section("telemetry", problems);
        let templates = merged.section("templates", problems);
        let mut server = server?;
        server.complete();
        Some(Self {
            profile,
            server,
            database: database?,
            mail: mail?,
            secrets: secrets?,
            hashing: hashing?,
            limits: limits?,
            workflow: workflow?,
            breach: breach?,
            outbound: outbound?,
            telemetry: telemetry?,
            templates: templates?,
        })
    }

    fn check(&self, problems: &mut Problems) {
        self.server.check(problems);
        self.database.check(problems);
        self.mail.check(problems);
        self.secrets.check(problems);
        self.hashing.check(problems);
        self.limits.check(problems);
        self.workflow.check(problems);
        self.breach.check(problems);
        self.outbound.check(problems);
        self.telemetry.check(problems);
        self.templates.check(problems);
    }
}

fn read_profile(env: &Environment, problems: &mut Problems) -> Option<Profile> {
    let Some(name) = env.get("REKEY_PROFILE").filter(|name| !name.is_empty()) else {
        return Some(Profile::default());
    };
    let profile = Profile::parse(name);
    if profile.is_none() {
        problems.add("", format!("REKEY_PROFILE: {name} is no profile; use development, production or test"));
    }
    profile
}
