//! The ways mails leave, from their settings.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::config::Settings;
use crate::config::mail::{DEFAULT, DkimKey, MailTransport};
use crate::config::smtp::{self, SmtpAuth, SmtpSecurity};
use crate::domain::email_address::EmailAddress;
use crate::domain::sender::AllowedSender;
use crate::locales::Locales;
use crate::mail::chain::{Link, Transports};
use crate::mail::dkim::DkimSigner;
use crate::mail::file::FileTransport;
use crate::mail::mailbox::MailboxTransport;
use crate::mail::message::Party;
use crate::mail::smtp::{AuthMechanism, SmtpSettings, SmtpTransport, Tls, TokenSource};
use crate::mail::transport::Transport;
use crate::webhooks::client::GuardedClient;
use crate::workflows::deliver::Mailer;

use super::token_endpoint::OauthEndpoint;
use super::{StartError, parts};

/// The ways mails leave, by name.
///
/// # Errors
/// When their settings cannot be used.
pub fn transports(settings: &Settings) -> Result<Transports, StartError> {
    // Asks for access tokens, where a transport wants some.
    let client = &Arc::new(parts::client(settings));
    let mail = &settings.mail;
    let default = match mail.transport {
        MailTransport::Mailbox => Transport::Mailbox(MailboxTransport::new()),
        MailTransport::File => Transport::File(FileTransport::new(&mail.file_dir)),
        MailTransport::Smtp => smtp(DEFAULT, &mail.smtp, client)?,
    };
    let link = |transport, smtp: &smtp::SmtpSettings| Link::new(Arc::new(transport), smtp.allowed_for.clone());
    let mut links = BTreeMap::from([(DEFAULT.to_owned(), link(default, &mail.smtp))]);
    for (name, named) in &mail.transports {
        links.insert(name.clone(), link(smtp(name, named, client)?, named));
    }
    Ok(Transports::new(links, mail.chain.clone()))
}

fn smtp(name: &str, smtp: &smtp::SmtpSettings, client: &Arc<GuardedClient>) -> Result<Transport, StartError> {
    let nowhere = || StartError::Part(format!("the mail transport {name} names no server in its url"));
    let settings = smtp_settings(smtp).ok_or_else(nowhere)?;
    let transport = SmtpTransport::with_tokens(settings, tokens_of(smtp, client));
    Ok(Transport::Smtp(Box::new(transport.map_err(StartError::part)?)))
}

/// Where the access tokens of a transport come from, if it signs in with some.
fn tokens_of(smtp: &smtp::SmtpSettings, client: &Arc<GuardedClient>) -> Option<TokenSource> {
    if smtp.auth != SmtpAuth::Xoauth2 {
        return None;
    }
    if let Some(file) = &smtp.token_file {
        return Some(TokenSource::file(file.clone()));
    }
    Some(TokenSource::endpoint(OauthEndpoint {
        client: Arc::clone(client),
        url: smtp.token_url.clone()?,
        client_id: smtp.client_id.clone().unwrap_or_default(),
        client_secret: smtp.client_secret.clone(),
        refresh_token: smtp.refresh_token.clone(),
        scope: smtp.token_scope.clone(),
    }))
}

fn smtp_settings(smtp: &smtp::SmtpSettings) -> Option<SmtpSettings> {
    let (host, port) = smtp.server()?;
    let username = smtp.username.clone().or_else(|| smtp.url.username());
    let password = smtp.credentials().map(|(_, password)| password);
    Some(SmtpSettings {
        host,
        port,
        tls: match smtp.security() {
            SmtpSecurity::Starttls => Tls::Required,
            SmtpSecurity::Implicit => Tls::Implicit,
            SmtpSecurity::Plain => Tls::None,
        },
        username,
        password,
        auth: match smtp.auth {
            SmtpAuth::Password => AuthMechanism::Password,
            SmtpAuth::Xoauth2 => AuthMechanism::Xoauth2,
        },
        pool_size: usize::try_from(smtp.pool_size).unwrap_or(1),
        timeout: Duration::from_secs(smtp.timeout_seconds),
        extra_ca_file: smtp.ca_file.clone(),
    })
}

pub fn mailer(settings: &Settings, transports: &Arc<Transports>, locales: &Arc<Locales>) -> Result<Mailer, StartError> {
    let wrong = |name: &'static str| move |error| StartError::part(format!("{name}: {error}"));
    let mail = &settings.mail;
    let address = EmailAddress::parse(&mail.from).map_err(wrong("REKEY__MAIL__FROM"))?;
    let domain = address.canonical().rsplit_once('@').map(|(_, domain)| domain.to_owned()).unwrap_or_default();
    let reply_to = settings.mail.reply_to.as_deref().map(Party::parse).transpose();
    Ok(Mailer {
        renderer: Arc::new(parts::renderer_with(settings, locales)?),
        transports: Arc::clone(transports),
        allowed_from: std::iter::once(AllowedSender::address(&address)).chain(mail.allowed_from.clone()).collect(),
        signers: signers(settings)?,
        suppressed_for: Duration::from_secs(mail.suppression_days * 24 * 60 * 60),
        from: Party { name: Some(settings.mail.from_name.clone()).filter(|name| !name.is_empty()), address },
        reply_to: reply_to.map_err(wrong("REKEY__MAIL__REPLY_TO"))?,
        domain,
    })
}

/// What signs mails, the most specific domain first.
fn signers(settings: &Settings) -> Result<Vec<DkimSigner>, StartError> {
    let keys = settings.mail.dkim_keys.iter().filter_map(|key| DkimKey::parse(key));
    let signers = keys.map(|key| DkimSigner::read(&key.domain, &key.selector, &key.file).map_err(StartError::part));
    let mut signers = signers.collect::<Result<Vec<_>, _>>()?;
    signers.sort_by_key(|signer| std::cmp::Reverse(signer.domain().len()));
    Ok(signers)
}
