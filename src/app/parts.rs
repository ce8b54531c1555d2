//! Each part from its settings.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::config::Settings;
use crate::config::database::DatabaseKind;
use crate::config::keys_file::KeysFile;
use crate::config::limits::LimitSettings;
use crate::credentials::breach::BreachFile;
use crate::credentials::signing_keys::{SigningKey, SigningKeys};
use crate::credentials::tokens::AccessTokens;
use crate::credentials::{HashSettings, Hasher};
use crate::domain::password::PasswordOverrides;
use crate::http::HttpKit;
use crate::http::extract::TrustedProxies;
use crate::locales::Locales;
use crate::mail::render::Renderer;
use crate::store::Database;
use crate::store::database::{DatabaseOptions, sqlite_path};
use crate::store::throttles::{Quota, Rate};
use crate::store::writer::RequestWriter;
use crate::webhooks::client::GuardedClient;
use crate::webhooks::guard::Guard;
use crate::webhooks::resolve::SystemResolver;
use crate::workflows::decoy::KindsCache;
use crate::workflows::deliver::Mailer;
use crate::workflows::email_templates::TemplateCache;
use crate::workflows::passwords::Breaches;
use crate::workflows::resets::in_flight::InFlight;
use crate::workflows::tenancy::TenancyCache;
use crate::workflows::{Engine, Limits};

use super::{StartError, World, background, machine_time};

/// How long to wait for a database connection before it counts as gone.
const PATIENCE: Duration = Duration::from_secs(5);

pub fn database(settings: &Settings) -> DatabaseOptions {
    DatabaseOptions {
        url: settings.database.url.expose().to_owned(),
        pool_size: settings.database.pool_size,
        patience: PATIENCE,
    }
}

/// The file of an SQLite database, read from the URL as the driver reads it;
/// none in memory, and none where the driver will say what is wrong.
pub fn sqlite_file(settings: &Settings) -> Option<PathBuf> {
    if settings.database.kind() != Some(DatabaseKind::Sqlite) {
        return None;
    }
    sqlite_path(settings.database.url.expose())
}

pub fn tokens(settings: &Settings, keys: &KeysFile) -> Result<AccessTokens, StartError> {
    let none = || StartError::part("the keys file holds no key that may sign tokens; `rekey keys rotate` makes one");
    let pairs = keys.signing_keys().ok_or_else(none)?;
    let all = pairs.all().map(|pair| SigningKey::from_seed(pair.kid.clone(), pair.seed().clone(), false)).collect();
    let signing = SigningKeys::new(&pairs.current.kid, all).map_err(StartError::part)?;
    let url = &settings.server.public_url;
    Ok(AccessTokens::new(signing, url.clone(), url.clone()))
}

/// The texts, with those of `<templates.folder>/locales` in place of the built-in ones.
///
/// # Errors
/// When one of them is no text, or does not fit.
pub fn locales(settings: &Settings) -> Result<Locales, StartError> {
    let folder = settings.templates.folder.as_ref().map(|folder| folder.join("locales"));
    Locales::new(folder.filter(|folder| folder.is_dir()).as_deref()).map_err(StartError::part)
}

/// The only way to call URLs that customers name.
pub fn client(settings: &Settings) -> GuardedClient {
    let outbound = &settings.outbound;
    GuardedClient::new(Guard::new(outbound.allowed_networks.clone()), SystemResolver, outbound.ca_file.clone())
}

/// What turns templates into mails, with the built-in ones and those of `templates.folder`.
///
/// # Errors
/// When one of them is no template.
pub fn renderer(settings: &Settings) -> Result<Renderer, StartError> {
    renderer_with(settings, &Arc::new(locales(settings)?))
}

pub fn renderer_with(settings: &Settings, locales: &Arc<Locales>) -> Result<Renderer, StartError> {
    Renderer::new(settings.templates.folder.as_deref(), locales).map_err(StartError::part)
}

pub fn hasher(settings: &Settings, keys: &KeysFile) -> Result<Hasher, StartError> {
    let hashing = &settings.hashing;
    let threads = if hashing.threads == 0 { HashSettings::default().threads } else { hashing.threads };
    let wanted = HashSettings {
        threads,
        memory_kib: hashing.memory_kib,
        iterations: hashing.iterations,
        parallelism: hashing.parallelism,
        queue: hashing.queue,
    };
    Hasher::start(wanted, keys.pepper().cloned()).map_err(StartError::part)
}

pub fn engine(
    settings: &Settings,
    keys: &KeysFile,
    database: &Database,
    tokens: &Arc<AccessTokens>,
    mailer: Mailer,
    world: &World,
) -> Result<Engine, StartError> {
    let none =
        || StartError::part("the keys file holds no key that proofs may derive from; `rekey keys rotate` makes one");
    let (requests, commits) = RequestWriter::new(database.clone());
    background(commits);
    Ok(Engine {
        database: database.clone(),
        requests,
        entropy: Arc::clone(&world.entropy),
        keys: keys.key_ring().ok_or_else(none)?,
        tokens: Arc::clone(tokens),
        hasher: hasher(settings, keys)?,
        mailer,
        client: Arc::new(client(settings)),
        breaches: breaches(settings)?,
        limits: limits(&settings.limits),
        public_url: settings.server.public_url.clone(),
        workflow_defaults: settings.workflow.0.clone(),
        password_defaults: PasswordOverrides::default(),
        tenancies: TenancyCache::default(),
        templates: TemplateCache::default(),
        hash_kinds: KindsCache::default(),
        in_flight: InFlight::default(),
    })
}

/// How much of an answer about breaches is read: some 10,000 hashes.
const BREACHES: usize = 512 * 1024;

fn breaches(settings: &Settings) -> Result<Breaches, StartError> {
    let breach = &settings.breach;
    if let Some(path) = &breach.file {
        let wrong = |error| StartError::part(format!("REKEY__BREACH__FILE: {}: {error}", path.display()));
        return Ok(Breaches::File(BreachFile::open(path).map_err(wrong)?));
    }
    Ok(match &breach.url {
        Some(url) => Breaches::Endpoint {
            url: url.trim_end_matches('/').to_owned(),
            client: Box::new(
                client(settings).patient_for(Duration::from_millis(breach.timeout_ms)).reading_at_most(BREACHES),
            ),
        },
        None => Breaches::None,
    })
}

fn limits(settings: &LimitSettings) -> Limits {
    let seconds = Duration::from_secs;
    let quota = |most: u32, window: Duration| Quota { most: usize::try_from(most).unwrap_or(usize::MAX), window };
    Limits {
        enabled: settings.enabled,
        codes_per_reset: settings.wrong_codes_per_reset,
        codes_per_account: quota(
            settings.wrong_codes_per_account,
            seconds(settings.wrong_codes_window_hours.saturating_mul(3600)),
        ),
        requests_per_client: Rate {
            burst: settings.requests_per_client_burst,
            interval: seconds(settings.requests_per_client_refill_seconds),
        },
        bad_tokens_per_client: quota(settings.bad_tokens_per_client, seconds(settings.bad_tokens_window_seconds)),
        mails_per_mailbox: Rate {
            burst: settings.mails_per_mailbox_burst,
            interval: seconds(settings.mails_per_mailbox_refill_seconds),
        },
        mails_per_mailbox_daily: quota(settings.mails_per_mailbox_per_day, seconds(24 * 60 * 60)),
        resend_waits: settings.resend_seconds.iter().copied().map(seconds).collect(),
        workos_creates_per_address: quota(
            settings.workos_creates_per_address,
            seconds(settings.workos_creates_window_seconds),
        ),
        sign_in_failures: usize::try_from(settings.sign_in_failures_per_account).unwrap_or(usize::MAX),
        sign_in_wait: (seconds(settings.sign_in_wait_seconds), seconds(settings.sign_in_wait_max_seconds)),
        sign_in_failures_per_client: quota(
            settings.sign_in_failures_per_client,
            seconds(settings.sign_in_client_window_seconds),
        ),
        completions_per_reset: usize::try_from(settings.completions_in_flight_per_reset).unwrap_or(1),
    }
}

pub fn call_rate(settings: &Settings) -> Option<Rate> {
    let limits = &settings.limits;
    let interval = Duration::from_secs(1).checked_div(limits.calls_per_second)?;
    limits.enabled.then_some(Rate { burst: limits.calls_burst, interval })
}

pub fn kit(settings: &Settings, world: &World, locales: &Arc<Locales>) -> Result<HttpKit, StartError> {
    let proxies: Vec<String> = settings.server.trusted_proxies.iter().map(ToString::to_string).collect();
    let proxies = TrustedProxies::parse(proxies.iter().map(String::as_str))
        .map_err(|text| StartError::part(format!("REKEY__SERVER__TRUSTED_PROXIES: {text}")))?;
    // Request ids only name log lines; the machine's time is good enough.
    let kit = HttpKit::new(&settings.server.public_url, machine_time).trusting(proxies).speaking(Arc::clone(locales));
    Ok(HttpKit { entropy: Arc::clone(&world.entropy), ..kit })
}
