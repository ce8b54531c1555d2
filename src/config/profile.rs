//! The three profiles, and what two of them refuse.

use serde::Serialize;

use super::Settings;
use super::mail::MailTransport;
use super::problem::Problems;
use super::smtp::SmtpSettings;
use super::value::is_weak;

/// Where the sender is when nobody has named one.
const NOBODYS_DOMAIN: &str = "@localhost.localdomain";

/// What the server is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// One developer's machine: demo data, mails in memory, loopback only.
    #[default]
    Development,
    /// Real users.
    Production,
    /// Automated tests.
    Test,
}

impl Profile {
    /// Every profile.
    pub const ALL: [Self; 3] = [Self::Development, Self::Production, Self::Test];

    /// As `REKEY_PROFILE` names it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Production => "production",
            Self::Test => "test",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.as_str() == text)
    }

    /// The embedded settings of the profile.
    pub(super) const fn settings(self) -> &'static str {
        match self {
            Self::Development => include_str!("../../config/development.toml"),
            Self::Production => include_str!("../../config/production.toml"),
            Self::Test => include_str!("../../config/test.toml"),
        }
    }
}

/// Notes what these settings lack for serving, and what their profile refuses.
pub fn check(settings: &Settings, problems: &mut Problems) {
    let nowhere = settings.mail.transport == MailTransport::Smtp && settings.mail.smtp.url.expose().is_empty();
    problems.require(!nowhere, "mail.smtp.url", "is missing; name the server, for example smtp://mail.example.com:587");
    match settings.profile {
        Profile::Development => check_development(settings, problems),
        Profile::Production => check_production(settings, problems),
        Profile::Test => {}
    }
}

/// Demo data and `/dev/*` must not be reachable from another machine.
fn check_development(settings: &Settings, problems: &mut Problems) {
    problems.require(
        settings.server.bind.ip().to_canonical().is_loopback(),
        "server.bind",
        format!(
            "{} can be reached from other machines, which the development profile refuses; \
             use 127.0.0.1, or set REKEY_PROFILE=production",
            settings.server.bind
        ),
    );
}

fn check_production(settings: &Settings, problems: &mut Problems) {
    problems.require(
        settings.server.is_https(),
        "server.public_url",
        format!("has to begin with https:// in production, not {}", settings.server.public_url),
    );
    let keys = &settings.secrets.keys_file;
    problems.require(
        keys.is_file(),
        "secrets.keys_file",
        format!(
            "{} does not exist, and production does not start with generated keys; \
             make the file with `rekey keys init`",
            keys.display()
        ),
    );
    problems.require(
        settings.limits.enabled,
        "limits.enabled",
        "has to be true in production; without throttles anybody may guess and flood",
    );
    check_production_mail(settings, problems);
    check_production_links(settings, problems);
    // The least that OWASP's Password Storage cheat sheet accepts, at any of
    // its settings: 7 MiB and five passes.
    let hashing = &settings.hashing;
    let work = u64::from(hashing.memory_kib).saturating_mul(hashing.iterations.into());
    problems.require(
        hashing.memory_kib >= 7 * 1024 && work >= 35 * 1024,
        "hashing.memory_kib",
        "and hashing.iterations are too small for production; 19456 and 2 are the default",
    );
    if let Some(password) = settings.database.url.password() {
        problems.require(!is_weak(&password), "database.url", "holds a default or weak password; choose another");
    }
}

/// A link that carries a token must not travel in clear.
fn check_production_links(settings: &Settings, problems: &mut Problems) {
    let workflow = &settings.workflow.0;
    let targets = [
        ("workflow.custom_redirect_url", &workflow.custom_redirect_url),
        ("workflow.action_link_url", &workflow.action_link_url),
        ("workflow.custom_password_reset_link_url", &workflow.custom_password_reset_link_url),
    ];
    let redirects = workflow.redirect_urls.iter().flatten().map(|url| ("workflow.redirect_urls", url));
    for (key, url) in targets.into_iter().filter_map(|(key, url)| Some((key, url.as_ref()?))).chain(redirects) {
        problems.require(
            url.starts_with("https://"),
            key,
            format!("has to begin with https:// in production, not {url}"),
        );
    }
}

fn check_production_mail(settings: &Settings, problems: &mut Problems) {
    let mail = &settings.mail;
    for (name, smtp) in &mail.transports {
        check_production_smtp(&format!("mail.transports.{name}"), smtp, problems);
    }
    problems.require(
        !mail.from.ends_with(NOBODYS_DOMAIN),
        "mail.from",
        format!("is still {}, which no mail server takes; name an address of your own domain", mail.from),
    );
    if mail.transport == MailTransport::Smtp {
        check_production_smtp("mail.smtp", &mail.smtp, problems);
    } else {
        problems.add("mail.transport", "has to be smtp in production; mailbox and file keep live links readable");
    }
}

fn check_production_smtp(section: &str, smtp: &SmtpSettings, problems: &mut Problems) {
    // Without `allow_plain` the section's own check has said so already.
    problems.require(
        !smtp.is_plain_to_remote() || !smtp.allow_plain,
        &format!("{section}.tls"),
        "sends links and codes unprotected to another machine, which production refuses; use starttls or implicit",
    );
    let weak = smtp.credentials().is_some_and(|(_, password)| is_weak(&password));
    problems.require(!weak, &format!("{section}.password"), "is a default or weak password; choose another");
    let plain = smtp.token_url.as_ref().is_some_and(|url| !url.starts_with("https://"));
    problems.require(!plain, &format!("{section}.token_url"), "has to begin with https:// in production");
}
