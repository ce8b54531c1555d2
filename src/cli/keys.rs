//! `rekey keys`: the key file.

use std::fmt::Write as _;
use std::path::Path;

use clap::{Args, Subcommand};

use super::{CliError, Environment, block_on, print};
use crate::app::{machine_time, open_database};
use crate::config::keys_file::{Exposure, KeysFile};
use crate::config::{Profile, Settings};
use crate::domain::clock::Timestamp;
use crate::domain::entropy::{Entropy, SystemEntropy};
use crate::store::time::Clock;
use crate::store::{auth_factors, resets};

/// What to do with the keys.
#[derive(Debug, Clone, Args)]
pub struct KeysArgs {
    /// What to do with the keys.
    #[command(subcommand)]
    pub action: Action,
}

/// What to do with the keys.
#[derive(Debug, Clone, Subcommand)]
pub enum Action {
    /// Make the key file; an existing one is left alone
    Init {
        /// Also make a pepper: password hashes are then worth nothing without the file
        #[arg(long)]
        with_pepper: bool,
    },
    /// Make new keys for new things; live links and tokens keep working
    Rotate,
    /// Show the keys, without their secrets
    List,
    /// Withdraw a leaked key: live links and tokens made with it die
    Revoke {
        /// Its name, as `keys list` shows it
        id: String,
    },
}

/// Runs the command on the file that the settings name.
///
/// # Errors
/// When the settings or the file cannot be used.
pub fn run(args: &KeysArgs, env: Environment) -> Result<(), CliError> {
    let settings = Settings::inspect(env)?;
    let exposure = if settings.profile == Profile::Production { Exposure::Refuse } else { Exposure::Warn };
    let text = act(&args.action, &settings.secrets.keys_file, exposure, machine_time(), &SystemEntropy)?;
    print(&text)?;
    match &args.action {
        Action::Revoke { id } => block_on(cancel(id, &settings)),
        Action::Init { .. } | Action::Rotate | Action::List => Ok(()),
    }
}

/// Whoever holds a leaked key can make the secrets of every reset that was
/// made with it, so those end now, on every instance.
async fn cancel(id: &str, settings: &Settings) -> Result<(), CliError> {
    let database = open_database(settings, Clock::default()).await?;
    if !database.pending_migrations().await?.is_empty() {
        return print("The database has no schema yet, so there is nothing to cancel.\n");
    }
    let count = resets::cancel_by_key(database.write(), id, database.now().await?).await?;
    print(&format!("Cancelled {count} live resets that were made with it.\n"))?;
    // Whoever holds the key and a copy of the database reads them: they cannot go on counting as
    // something that the user alone has.
    match auth_factors::count_by_key(database.read(), id).await? {
        0 => Ok(()),
        sealed => print(&format!(
            "{sealed} authenticators were sealed with it and take no code any more; their users need new ones.\n"
        )),
    }
}

/// Does it, and says what was done.
fn act(
    action: &Action,
    path: &Path,
    exposure: Exposure,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Result<String, CliError> {
    let shown = path.display();
    let restart = "Restart the servers to use it.";
    match action {
        Action::Init { with_pepper } => {
            KeysFile::generate(*with_pepper, now, entropy).save_new(path, entropy)?;
            Ok(format!("Made {shown}. Back it up: without it, no live link and no token can be checked.\n"))
        }
        Action::List => Ok(table(&KeysFile::load(path, exposure)?)),
        Action::Rotate => {
            let mut keys = KeysFile::load(path, exposure)?;
            keys.rotate(now, entropy);
            keys.save(path, entropy)?;
            Ok(format!("{}\nMade new keys in {shown}. {restart}\n", table(&keys)))
        }
        Action::Revoke { id } => {
            let mut keys = KeysFile::load(path, exposure)?;
            keys.revoke(id, now, entropy)?;
            keys.save(path, entropy)?;
            Ok(format!("{}\nRevoked {id} in {shown}. {restart}\n", table(&keys)))
        }
    }
}

fn table(keys: &KeysFile) -> String {
    let mut text = format!("{:<34}{:<12}{:<10}CREATED\n", "ID", "KIND", "STATE");
    for key in keys.list() {
        // Writing into a String cannot fail.
        let _ = writeln!(text, "{:<34}{:<12}{:<10}{}", key.id, key.kind, key.state, key.created_at);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::entropy::SeededEntropy;

    #[test]
    fn keys_are_made_listed_rotated_and_revoked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.json");
        let entropy = SeededEntropy::new(1);
        let now = Timestamp::from_millis(1_700_000_000_000);
        let act = |action| act(&action, &path, Exposure::Refuse, now, &entropy);
        assert!(act(Action::List).unwrap_err().to_string().contains("rekey keys init"));
        act(Action::Init { with_pepper: true }).unwrap();
        assert!(act(Action::Init { with_pepper: false }).unwrap_err().to_string().contains("exists already"));
        let list = act(Action::List).unwrap();
        let id = list.lines().nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
        assert_eq!(list.lines().count(), 3);
        act(Action::Rotate).unwrap();
        act(Action::Revoke { id: id.clone() }).unwrap();
        let list = act(Action::List).unwrap();
        assert!(list.lines().any(|line| line.starts_with(&id) && line.contains("revoked")), "{list}");
        assert_eq!(list.matches("current").count(), 2);
    }
}
