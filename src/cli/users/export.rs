//! `rekey users export`: what `import` reads, a step of users at a time.

use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::Path;

use indicatif::ProgressBar;
use serde_json::{Map, Value, json};

use crate::app::open_database;
use crate::cli::CliError;
use crate::config::Settings;
use crate::credentials::imported::stored_form;
use crate::domain::user::User;
use crate::store::time::Clock;
use crate::store::users;

use super::checkpoint::{create_private, with_ending};
use super::csv::{COLUMNS, cell};
use super::place::Place;
use super::{ExportArgs, Format};

/// Users read at a time.
const STEP: u64 = 500;

/// Exports.
pub async fn export(args: &ExportArgs, settings: &Settings) -> Result<(), CliError> {
    let database = open_database(settings, Clock::default()).await?;
    let place = Place::find(&database, &args.whose).await?;
    let format = Format::of(args.format, args.output.as_deref());
    let fields = Fields { tenant: place.tenant.is_none(), hashes: args.password_hashes };
    let mut sink = Sink::open(args.output.as_deref(), format, &fields)?;
    let total = users::count(database.read(), &place.scope()).await?;
    let shown = io::stderr().is_terminal() && args.output.is_some();
    let bar = if shown { ProgressBar::new(total) } else { ProgressBar::hidden() };
    let mut after = None;
    loop {
        let step = users::list_from(database.read(), &place.scope(), place.tenant, after, STEP).await?;
        let Some(last) = step.last() else { break };
        after = Some(last.id);
        for user in &step {
            sink.write(user, &fields)?;
        }
        bar.inc(step.len() as u64);
    }
    bar.finish_and_clear();
    sink.end(args.output.as_deref())
}

/// What is written of a user.
struct Fields {
    /// Which tenant they are of.
    tenant: bool,
    /// The hash of their password.
    hashes: bool,
}

impl Fields {
    fn columns(&self) -> Vec<&'static str> {
        let wanted = |name: &&'static str| {
            (self.tenant || *name != "tenantId") && (self.hashes || !name.starts_with("password"))
        };
        COLUMNS.into_iter().filter(wanted).collect()
    }

    /// What a line says, without what there is not.
    fn object(&self, user: &User) -> Map<String, Value> {
        let hash = user.password_hash.as_deref().filter(|_| self.hashes).and_then(stored_form);
        let members = [
            ("tenantId", if self.tenant { json!(user.tenant) } else { Value::Null }),
            ("email", json!(user.email)),
            ("emailVerified", json!(user.email_verified)),
            ("firstName", json!(user.first_name)),
            ("lastName", json!(user.last_name)),
            ("locale", json!(user.locale)),
            ("externalId", json!(user.external_id)),
            ("attributes", user.metadata.clone()),
            ("disabled", json!(user.disabled)),
            ("protected", json!(user.protected)),
            ("passwordHash", json!(hash.as_ref().map(|hash| hash.text))),
            ("passwordHashType", json!(hash.as_ref().map(|hash| hash.format.as_str()))),
            ("passwordSaltPosition", json!(hash.filter(|hash| hash.prefixed).map(|_| "prefix"))),
        ];
        let there = members.into_iter().filter(|(_, value)| !value.is_null() && *value != json!({}));
        there.map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// Where it is written, and how.
enum Sink {
    Ndjson(BufWriter<Box<dyn Write>>),
    Csv(Box<csv::Writer<Box<dyn Write>>>),
}

impl Sink {
    fn open(output: Option<&Path>, format: Format, fields: &Fields) -> Result<Self, CliError> {
        let to: Box<dyn Write> = match output {
            // Renamed when it is whole.
            Some(path) => Box::new(
                create_private(&with_ending(path, ".part"))
                    .map_err(|error| CliError::new(format!("{}: {error}", path.display())))?,
            ),
            None => Box::new(io::stdout()),
        };
        Ok(match format {
            Format::Ndjson => Self::Ndjson(BufWriter::new(to)),
            Format::Csv => {
                let mut writer = csv::Writer::from_writer(to);
                writer.write_record(fields.columns())?;
                Self::Csv(Box::new(writer))
            }
        })
    }

    fn write(&mut self, user: &User, fields: &Fields) -> Result<(), CliError> {
        let object = fields.object(user);
        match self {
            Self::Ndjson(out) => Ok(writeln!(out, "{}", Value::Object(object))?),
            Self::Csv(out) => {
                let cells = fields.columns().into_iter().map(|name| match object.get(name) {
                    None => String::new(),
                    Some(Value::String(text)) => cell(text),
                    Some(other) => other.to_string(),
                });
                Ok(out.write_record(cells)?)
            }
        }
    }

    fn end(self, output: Option<&Path>) -> Result<(), CliError> {
        match self {
            Self::Ndjson(mut out) => out.flush()?,
            Self::Csv(mut out) => out.flush()?,
        }
        if let Some(path) = output {
            std::fs::rename(with_ending(path, ".part"), path)?;
        }
        Ok(())
    }
}
