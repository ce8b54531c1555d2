//! `mail`: who sends, and how mails leave the house.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::problem::Problems;
use super::smtp::SmtpSettings;
use super::value::{optional, show_optional};
use crate::domain::email_address::EmailAddress;

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
    /// The SMTP server.
    pub smtp: SmtpSettings,
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
        self.smtp.check(self.transport == MailTransport::Smtp, problems);
    }
}
