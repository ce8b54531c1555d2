//! `mail`: who sends, and how mails leave the house.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::problem::Problems;
use super::smtp::SmtpSettings;
use super::value::{optional, show_optional};
use crate::domain::email_address::EmailAddress;
use crate::domain::sender::AllowedSender;

/// The section `mail`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailSettings {
    /// How mails leave.
    pub transport: MailTransport,
    /// Sender address of every mail.
    pub from: String,
    /// Sender name of every mail.
    pub from_name: String,
    /// Where answers go; the sender when absent.
    #[serde(deserialize_with = "optional", serialize_with = "show_optional")]
    pub reply_to: Option<String>,
    /// Folder of the file transport.
    pub file_dir: PathBuf,
    /// Names of the transports that a mail is offered to, in this order.
    pub chain: Vec<String>,
    /// What email policies may send from.
    pub allowed_from: Vec<AllowedSender>,
    /// The keys that sign mails, as they were written; see [`DkimKey`].
    pub dkim_keys: Vec<String>,
    /// Days that a refused address gets no mail.
    pub suppression_days: u64,
    /// The SMTP server.
    pub smtp: SmtpSettings,
    /// More SMTP servers, by name.
    #[serde(default)]
    pub transports: BTreeMap<String, SmtpSettings>,
}

/// The name of the transport that `mail` itself describes.
pub const DEFAULT: &str = "default";

/// A key that signs what is from a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DkimKey {
    /// The domain.
    pub domain: String,
    /// Under which name its public half is published.
    pub selector: String,
    /// The PEM file of the private half.
    pub file: PathBuf,
}

impl DkimKey {
    /// Reads `selector._domainkey.domain=file`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (record, file) = text.split_once('=')?;
        let (selector, domain) = record.trim().split_once("._domainkey.")?;
        let is_name = |text: &str| {
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
        };
        let file = Path::new(file.trim());
        let complete = is_name(selector) && is_name(domain) && !file.as_os_str().is_empty();
        complete.then(|| Self { domain: domain.to_lowercase(), selector: selector.to_owned(), file: file.to_owned() })
    }
}

/// How mails leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTransport {
    /// They do not: they stay in memory for `/dev/mailbox`.
    Mailbox,
    /// To an SMTP server.
    Smtp,
    /// One `.eml` file each.
    File,
}

impl MailSettings {
    /// Notes what is wrong with the section.
    pub fn check(&self, problems: &mut Problems) {
        let is_address = |text: &str| EmailAddress::parse(text).is_ok();
        problems.require(is_address(&self.from), "mail.from", "is not an email address");
        problems.require(
            self.reply_to.as_deref().is_none_or(is_address),
            "mail.reply_to",
            "is not an email address (leave it empty for none)",
        );
        problems.require(
            !self.from_name.chars().any(char::is_control) && self.from_name.chars().count() <= 200,
            "mail.from_name",
            "has to be one line of at most 200 characters",
        );
        if self.transport == MailTransport::File {
            problems.require(!self.file_dir.as_os_str().is_empty(), "mail.file_dir", "has to name a folder");
        }
        problems.within("mail.suppression_days", self.suppression_days, 1..=365);
        self.check_chain(problems);
        for key in &self.dkim_keys {
            let file = DkimKey::parse(key).map(|key| key.file);
            problems.require(
                file.as_ref().is_some_and(|file| file.is_file()),
                "mail.dkim_keys",
                match &file {
                    None => format!("{key} is not of the form selector._domainkey.domain=file"),
                    Some(file) => format!("{} is not a file", file.display()),
                },
            );
        }
        self.smtp.check("mail.smtp", self.transport == MailTransport::Smtp, problems);
        for (name, smtp) in &self.transports {
            let section = format!("mail.transports.{name}");
            problems.require(name != DEFAULT, &section, "is the one that `mail` itself describes; take another name");
            let named = !smtp.url.expose().is_empty();
            problems.require(named, &format!("{section}.url"), "is missing; name the server");
            smtp.check(&section, true, problems);
        }
    }

    fn check_chain(&self, problems: &mut Problems) {
        problems.require(!self.chain.is_empty(), "mail.chain", "is empty; mails have to leave somehow");
        for (place, name) in self.chain.iter().enumerate() {
            let known = name == DEFAULT || self.transports.contains_key(name);
            problems.require(known, "mail.chain", format!("{name} is no transport; name `default` or a section"));
            let once = !self.chain.iter().take(place).any(|earlier| earlier == name);
            problems.require(once, "mail.chain", format!("{name} is named twice"));
        }
    }
}
