//! Each part from its settings.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::config::Settings;
use crate::config::database::DatabaseKind;
use crate::config::keys_file::KeysFile;
use crate::config::limits::LimitSettings;
use crate::config::mail::MailTransport;
use crate::config::smtp::SmtpSecurity;
use crate::credentials::signing_keys::{SigningKey, SigningKeys};
use crate::credentials::tokens::AccessTokens;
use crate::credentials::{HashSettings, Hasher};
use crate::domain::email_address::EmailAddress;
use crate::domain::password::PasswordOverrides;
use crate::http::HttpKit;
use crate::http::extract::TrustedProxies;
use crate::mail::file::FileTransport;
use crate::mail::mailbox::MailboxTransport;
use crate::mail::message::Party;
use crate::mail::render::Renderer;
use crate::mail::smtp::{AuthMechanism, SmtpSettings, SmtpTransport, Tls};
use crate::mail::transport::Transport;
use crate::store::Database;
use crate::store::database::DatabaseOptions;
use crate::store::throttles::{Quota, Rate};
use crate::store::writer::RequestWriter;
use crate::workflows::deliver::Mailer;
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

/// The file of an SQLite database.
pub fn sqlite_file(settings: &Settings) -> Option<PathBuf> {
    (settings.database.kind() == Some(DatabaseKind::Sqlite)).then(|| {
        let url = settings.database.url.expose();
        let path = url.trim_start_matches("sqlite:").trim_start_matches("//");
        PathBuf::from(path.split('?').next().unwrap_or(path))
    })
}

pub fn tokens(settings: &Settings, keys: &KeysFile) -> Result<AccessTokens, StartError> {
    let none = || StartError::part("the keys file holds no key that may sign tokens; `rekey keys rotate` makes one");
    let pairs = keys.signing_keys().ok_or_else(none)?;
    let all = pairs.all().map(|pair| SigningKey::from_seed(pair.kid.clone(), pair.seed().clone(), false)).collect();
    let signing = SigningKeys::new(&pairs.current.kid, all).map_err(StartError::part)?;
    let url = &settings.server.public_url;
    Ok(AccessTokens::new(signing, url.clone(), url.clone()))
}

/// The way mails leave.
///
/// # Errors
/// When its settings cannot be used.
pub fn transport(settings: &Settings) -> Result<Transport, StartError> {
    Ok(match settings.mail.transport {
        MailTransport::Mailbox => Transport::Mailbox(MailboxTransport::new()),
        MailTransport::File => Transport::File(FileTransport::new(&settings.mail.file_dir)),
        MailTransport::Smtp => {
            Transport::Smtp(Box::new(SmtpTransport::new(smtp(settings)?).map_err(StartError::part)?))
        }
    })
}

fn smtp(settings: &Settings) -> Result<SmtpSettings, StartError> {
    let smtp = &settings.mail.smtp;
    let (host, port) = smtp.server().ok_or_else(|| StartError::part("REKEY__MAIL__SMTP__URL names no server"))?;
    let (username, password) = smtp.credentials().unzip();
    Ok(SmtpSettings {
        host,
        port,
        tls: match smtp.security() {
            SmtpSecurity::Starttls => Tls::Required,
            SmtpSecurity::Implicit => Tls::Implicit,
            SmtpSecurity::Plain => Tls::None,
        },
        username,
        password,
        auth: AuthMechanism::Password,
        pool_size: usize::try_from(smtp.pool_size).unwrap_or(1),
        timeout: Duration::from_secs(smtp.timeout_seconds),
        extra_ca_file: smtp.ca_file.clone(),
    })
}

pub fn mailer(settings: &Settings, transport: &Arc<Transport>) -> Result<Mailer, StartError> {
    let wrong = |name: &'static str| move |error| StartError::part(format!("{name}: {error}"));
    let address = EmailAddress::parse(&settings.mail.from).map_err(wrong("REKEY__MAIL__FROM"))?;
    let domain = address.canonical().rsplit_once('@').map(|(_, domain)| domain.to_owned()).unwrap_or_default();
    let reply_to = settings.mail.reply_to.as_deref().map(Party::parse).transpose();
    Ok(Mailer {
        renderer: Renderer::new(settings.templates.folder.as_deref()).map_err(StartError::part)?,
        transport: Arc::clone(transport),
        from: Party { name: Some(settings.mail.from_name.clone()).filter(|name| !name.is_empty()), address },
        reply_to: reply_to.map_err(wrong("REKEY__MAIL__REPLY_TO"))?,
        domain,
    })
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
    transport: &Arc<Transport>,
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
        mailer: mailer(settings, transport)?,
        limits: limits(&settings.limits),
        public_url: settings.server.public_url.clone(),
        workflow_defaults: settings.workflow.0.clone(),
        password_defaults: PasswordOverrides::default(),
        tenancies: TenancyCache::default(),
        in_flight: InFlight::default(),
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

pub fn kit(settings: &Settings, world: &World) -> Result<HttpKit, StartError> {
    let proxies: Vec<String> = settings.server.trusted_proxies.iter().map(ToString::to_string).collect();
    let proxies = TrustedProxies::parse(proxies.iter().map(String::as_str))
        .map_err(|text| StartError::part(format!("REKEY__SERVER__TRUSTED_PROXIES: {text}")))?;
    // Request ids only name log lines; the machine's time is good enough.
    let kit = HttpKit::new(&settings.server.public_url, machine_time).trusting(proxies);
    Ok(HttpKit { entropy: Arc::clone(&world.entropy), ..kit })
}
