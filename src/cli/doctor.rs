//! `rekey doctor`: is everything in order?

use std::fmt::Write as _;
use std::time::Duration;

use clap::Args;

use super::{CliError, Environment, block_on, print};
use crate::app::{load_keys, machine_time, open_database, transports};
use crate::config::Settings;
use crate::config::keys_file::{Exposure, KeysFile};
use crate::domain::entropy::SystemEntropy;
use crate::store::Database;
use crate::store::time::Clock;

/// How to check.
#[derive(Debug, Clone, Args)]
pub struct DoctorArgs {}

/// Runs the command.
///
/// # Errors
/// When something is not in order.
pub fn run(_args: &DoctorArgs, env: Environment) -> Result<(), CliError> {
    let settings = Settings::load(env)?;
    block_on(examine(&settings))
}

/// One finding.
type Finding = Result<String, String>;

async fn examine(settings: &Settings) -> Result<(), CliError> {
    let database = match open_database(settings, Clock::default()).await {
        Ok(database) => Ok(database),
        Err(error) => Err(error.to_string()),
    };
    let findings = [
        ("configuration", Ok(format!("profile {}", settings.profile.as_str()))),
        ("keys", keys(settings)),
        ("database", database_answers(database.as_ref()).await),
        ("schema", schema(database.as_ref()).await),
        ("clock", clock(database.as_ref()).await),
        ("mail", mail(settings).await),
        ("mail from", Ok(alignment(settings))),
    ];
    let mut text = String::new();
    for (name, finding) in &findings {
        let (mark, words) = match finding {
            Ok(words) => ("ok  ", words),
            Err(words) => ("FAIL", words),
        };
        let _ = writeln!(text, "{mark} {name:<14} {words}");
    }
    print(&text)?;
    match findings.iter().filter(|(_, finding)| finding.is_err()).count() {
        0 => Ok(()),
        broken => Err(CliError::new(format!("{broken} of {} checks failed", findings.len()))),
    }
}

fn keys(settings: &Settings) -> Finding {
    let keys = load_keys(settings, &SystemEntropy).map_err(|error| error.to_string())?;
    // A start outside production only warns of a file that others may read.
    KeysFile::load(&settings.secrets.keys_file, Exposure::Refuse).map_err(|error| error.to_string())?;
    let live = keys.list().len();
    if keys.key_ring().is_none() || keys.signing_keys().is_none() {
        return Err("every key of a kind is revoked; `rekey keys rotate` makes new ones".to_owned());
    }
    Ok(format!("{live} keys in {}", settings.secrets.keys_file.display()))
}

async fn database_answers(database: Result<&Database, &String>) -> Finding {
    database.map_err(Clone::clone)?.ping().await.map_err(|error| error.to_string())?;
    Ok("answers".to_owned())
}

async fn schema(database: Result<&Database, &String>) -> Finding {
    let pending = database.map_err(Clone::clone)?.pending_migrations().await.map_err(|error| error.to_string())?;
    if pending.is_empty() {
        return Ok("up to date".to_owned());
    }
    Err(format!("not applied: {}; `rekey migrate up` does it", pending.join(", ")))
}

/// Expiry goes by the database's clock, so that is the one that must be right.
async fn clock(database: Result<&Database, &String>) -> Finding {
    let theirs = database.map_err(Clone::clone)?.now().await.map_err(|error| error.to_string())?;
    let ours = machine_time();
    let apart = theirs.since(ours).max(ours.since(theirs));
    if apart > Duration::from_secs(30) {
        return Err(format!("database and machine are {} s apart; expiry goes by the database", apart.as_secs()));
    }
    Ok(format!("database and machine are {} ms apart", apart.as_millis()))
}

/// Every transport, whichever mails are offered to first.
async fn mail(settings: &Settings) -> Finding {
    let transports = transports(settings).map_err(|error| error.to_string())?;
    let (mut findings, mut failed) = (Vec::new(), false);
    for (name, transport) in transports.each() {
        let kind = transport.name();
        findings.push(match transport.check().await {
            Ok(accepted) => format!("{name} ({kind}): {}", accepted.answer),
            Err(error) => {
                failed = true;
                format!("{name} ({kind}): failed at {}: {}", error.stage.as_str(), error.answer)
            }
        });
    }
    let findings = findings.join("; ");
    if failed { Err(findings) } else { Ok(findings) }
}

/// What only the domain's owner can check.
fn alignment(settings: &Settings) -> String {
    let domain = settings.mail.from.rsplit_once('@').map_or("", |(_, domain)| domain);
    format!("{}; {domain} needs SPF, DKIM and DMARC records that allow this server's provider", settings.mail.from)
}
