//! The composition root: settings in, running parts out. The only place that
//! knows every room.

mod demo;
mod doors;
mod machine;
mod mail;
mod parts;
mod serve;
mod token_endpoint;

use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

use actix_web::web;
use thiserror::Error;

use crate::config::Settings;
use crate::config::keys_file::{Exposure, KeysFile, KeysFileError};
use crate::config::profile::Profile;
use crate::domain::entropy::{Entropy, SystemEntropy};
use crate::http::HttpKit;
use crate::jobs::Runner;
use crate::locales::Locales;
use crate::mail::chain::Transports;
use crate::store::time::Clock;
use crate::store::{Database, StoreError, resets};
use crate::workflows::Engine;
use crate::workflows::authenticate_caller::{Authenticator, CallRate, IssuerKeys};

pub use demo::{Demo, NAME as DEMO_NAME, prepare as prepare_demo, withdraw as withdraw_demo};
pub use doors::{document, page_tables, tables};
pub use machine::machine_time;
pub use mail::transports;
pub use parts::renderer;
pub use serve::{Running, background, until_stopped};

/// Why the parts could not be put together.
#[derive(Debug, Error)]
pub enum StartError {
    /// The keys file.
    #[error(transparent)]
    Keys(#[from] KeysFileError),
    /// The database.
    #[error("{0}\n  REKEY__DATABASE__URL says where the database is")]
    Database(#[from] StoreError),
    /// A part refuses its settings.
    #[error("{0}")]
    Part(String),
    /// The sockets.
    #[error("cannot listen on {address}: {cause}\n  REKEY__SERVER__BIND says where to listen")]
    Listen {
        /// Where.
        address: String,
        /// Why not.
        cause: std::io::Error,
    },
    /// A file or folder.
    #[error("{path}: {cause}")]
    File {
        /// Which.
        path: String,
        /// What is wrong.
        cause: std::io::Error,
    },
}

impl StartError {
    /// A part that refuses its settings, in its own words.
    pub fn part(error: impl std::fmt::Display) -> Self {
        Self::Part(error.to_string())
    }
}

/// What is not a setting but differs between a server and a test.
#[derive(Clone)]
pub struct World {
    /// Where the time comes from.
    pub clock: Clock,
    /// Where randomness comes from.
    pub entropy: Arc<dyn Entropy>,
}

impl Default for World {
    fn default() -> Self {
        Self { clock: Clock::default(), entropy: Arc::new(SystemEntropy) }
    }
}

/// All parts, put together and not yet running.
#[derive(Clone)]
pub struct App {
    /// The settings they were made from.
    pub settings: Arc<Settings>,
    /// What the use cases work with.
    pub engine: Arc<Engine>,
    /// The worker.
    pub runner: Runner,
    /// What mails and pages say, in every language.
    pub locales: Arc<Locales>,
    /// The ways mails leave.
    pub transports: Arc<Transports>,
    authenticator: web::Data<Authenticator>,
    kit: web::Data<HttpKit>,
    works: bool,
}

/// Opens the database of the settings.
///
/// # Errors
/// When it cannot be reached.
pub async fn open_database(settings: &Settings, clock: Clock) -> Result<Database, StartError> {
    if let Some(path) = parts::sqlite_file(settings) {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            make_folder(folder)?;
        }
        make_private(&path)?;
    }
    Ok(Database::connect(&parts::database(settings), clock).await?)
}

/// A folder that only its owner may read: it will hold the database.
fn make_folder(folder: &Path) -> Result<(), StartError> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let made = builder.recursive(true).create(folder);
    made.map_err(|cause| StartError::File { path: folder.display().to_string(), cause })
}

/// An empty file that only its owner may read, when there is none: SQLite
/// gives what it puts beside a database the permissions of the database.
fn make_private(path: &Path) -> Result<(), StartError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(cause) if cause.kind() != std::io::ErrorKind::AlreadyExists => {
            Err(StartError::File { path: path.display().to_string(), cause })
        }
        _ => Ok(()),
    }
}

/// Reads the keys file; outside production a missing one is made.
///
/// # Errors
/// When it is unreadable; in production also when it is missing, was made by
/// itself, or is readable by others.
pub fn load_keys(settings: &Settings, entropy: &dyn Entropy) -> Result<KeysFile, StartError> {
    let path = &settings.secrets.keys_file;
    Ok(match settings.profile {
        Profile::Production => KeysFile::load_for_production(path)?,
        Profile::Development | Profile::Test => {
            KeysFile::load_or_generate(path, Exposure::Warn, machine_time(), entropy)?.0
        }
    })
}

impl App {
    /// Puts the parts together. `works` says whether this process also does
    /// the background work.
    ///
    /// # Errors
    /// When a part refuses its settings, or the database cannot be reached.
    pub async fn build(settings: Settings, world: World, migrate: bool, works: bool) -> Result<Self, StartError> {
        let keys = load_keys(&settings, &*world.entropy)?;
        let database = open_database(&settings, world.clock.clone()).await?;
        if migrate {
            database.migrate_up().await?;
        }
        if database.pending_migrations().await?.is_empty() {
            cancel_resets_of_revoked_keys(&database, &keys).await?;
        }
        let settings = Arc::new(settings);
        let tokens = Arc::new(parts::tokens(&settings, &keys)?);
        let transports = Arc::new(mail::transports(&settings)?);
        let locales = Arc::new(parts::locales(&settings)?);
        let mailer = mail::mailer(&settings, &transports, &locales)?;
        let engine = Arc::new(parts::engine(&settings, &keys, &database, &tokens, mailer, &world)?);
        let (keys, fetching) = IssuerKeys::new(Arc::clone(&engine.client));
        background(fetching);
        let rate = parts::call_rate(&settings).map(|rate| {
            let (rate, asking) = CallRate::new(database.clone(), rate);
            background(asking);
            rate
        });
        let authenticator = Authenticator::new(database, tokens, rate).trusting(keys);
        Ok(Self {
            kit: web::Data::new(parts::kit(&settings, &world, &locales)?),
            runner: Runner::new(Arc::clone(&engine)),
            settings,
            engine,
            locales,
            transports,
            authenticator: web::Data::new(authenticator),
            works,
        })
    }

    /// Starts answering on a listener.
    ///
    /// # Errors
    /// When the sockets refuse.
    pub fn listen(&self, listener: TcpListener) -> Result<Running, StartError> {
        serve::listen(self, listener, doors::configure(self)?)
    }

    /// Starts answering only those who watch the process: health and metrics.
    ///
    /// # Errors
    /// When the sockets refuse.
    pub fn listen_to_watchers(&self, listener: TcpListener) -> Result<Running, StartError> {
        serve::listen(self, listener, doors::configure_operations(self))
    }
}

/// A leaked key's resets die even if nobody restarts every instance at once:
/// whoever starts with the key revoked ends them for all.
async fn cancel_resets_of_revoked_keys(database: &Database, keys: &KeysFile) -> Result<(), StoreError> {
    let now = database.now().await?;
    for id in keys.revoked_ids() {
        resets::cancel_by_key(database.write(), id, now).await?;
    }
    Ok(())
}
