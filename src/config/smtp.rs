//! `mail.smtp`: the SMTP server, and how the way to it is protected.

use std::net::IpAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::problem::Problems;
use super::value::{SecretUrl, mask_secret, optional, optional_secret, show_optional};
use crate::domain::secret::Secret;

/// The section `mail.smtp`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpSettings {
    /// `smtp://` or `smtps://`, a host, and a port if it is not 587 or 465.
    pub url: SecretUrl,
    /// What protection is asked for; see [`SmtpSettings::security`].
    pub tls: SmtpTls,
    /// Account at the server; that of the URL when absent.
    #[serde(deserialize_with = "optional", serialize_with = "show_optional")]
    pub username: Option<String>,
    /// Its password; that of the URL when absent.
    #[serde(deserialize_with = "optional_secret", serialize_with = "mask_secret")]
    pub password: Option<Secret>,
    /// Connections kept open at most.
    pub pool_size: u32,
    /// Seconds to wait for the server.
    pub timeout_seconds: u64,
    /// PEM file with authorities to trust beside the system's.
    #[serde(deserialize_with = "optional", serialize_with = "show_optional")]
    pub ca_file: Option<PathBuf>,
    /// Whether unprotected mail may go to another machine.
    pub allow_plain: bool,
}

/// What protection is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SmtpTls {
    /// Whatever fits the URL.
    Auto,
    /// STARTTLS, required.
    Starttls,
    /// TLS from the first byte.
    Implicit,
    /// No TLS.
    None,
}

/// What protection is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpSecurity {
    /// STARTTLS; without it nothing is sent.
    Starttls,
    /// TLS from the first byte.
    Implicit,
    /// No TLS.
    Plain,
}

impl SmtpSettings {
    /// The protection that setting and URL lead to.
    #[must_use]
    pub fn security(&self) -> SmtpSecurity {
        match self.tls {
            SmtpTls::Implicit => SmtpSecurity::Implicit,
            SmtpTls::None => SmtpSecurity::Plain,
            SmtpTls::Auto if self.url.expose().starts_with("smtps:") => SmtpSecurity::Implicit,
            SmtpTls::Auto if self.is_local() => SmtpSecurity::Plain,
            SmtpTls::Starttls | SmtpTls::Auto => SmtpSecurity::Starttls,
        }
    }

    /// Host and port to connect to; `None` when no server is named. An IPv6
    /// host comes without brackets.
    #[must_use]
    pub fn server(&self) -> Option<(String, u16)> {
        let url = self.url.parse()?;
        let host = url.host_str().filter(|host| !host.is_empty())?;
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let standard = if self.security() == SmtpSecurity::Implicit { 465 } else { 587 };
        Some((host, url.port().unwrap_or(standard)))
    }

    /// Account and password, when the server wants them.
    #[must_use]
    pub fn credentials(&self) -> Option<(String, Secret)> {
        let username = self.username.clone().or_else(|| self.url.username())?;
        let password = self.password.clone().or_else(|| self.url.password())?;
        Some((username, password))
    }

    /// Whether the server is this machine.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.url.parse().is_some_and(|url| {
            url.host_str().is_some_and(|host| {
                let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
                host == "localhost" || address.is_ok_and(|address| address.to_canonical().is_loopback())
            })
        })
    }

    /// Whether mail would go unprotected over a network.
    #[must_use]
    pub fn is_plain_to_remote(&self) -> bool {
        self.security() == SmtpSecurity::Plain && !self.is_local()
    }

    /// Notes what is wrong with the section; the server only matters when
    /// mails go there.
    pub fn check(&self, used: bool, problems: &mut Problems) {
        problems.within("mail.smtp.pool_size", self.pool_size, 1..=100);
        problems.within("mail.smtp.timeout_seconds", self.timeout_seconds, 1..=300);
        // Commands that send nothing run without a server; see `profile::check`.
        if !used || self.url.expose().is_empty() {
            return;
        }
        let scheme = self.url.expose().split_once("://").map_or("", |(scheme, _)| scheme);
        let usable = matches!(scheme, "smtp" | "smtps") && self.server().is_some();
        problems.require(
            usable,
            "mail.smtp.url",
            "has to be smtp://host:port or smtps://host:port (percent-encode special characters of a password)",
        );
        problems.require(
            scheme != "smtps" || matches!(self.tls, SmtpTls::Auto | SmtpTls::Implicit),
            "mail.smtp.tls",
            "contradicts smtps:// in mail.smtp.url; use auto",
        );
        problems.require(
            !usable || !self.is_plain_to_remote() || self.allow_plain,
            "mail.smtp.tls",
            "none is only for a server on this machine; use starttls or implicit \
             (or set mail.smtp.allow_plain, outside production)",
        );
        let named = self.username.is_some() || self.url.username().is_some();
        let proven = self.password.is_some() || self.url.password().is_some();
        problems.require(named || !proven, "mail.smtp.username", "is missing; there is a password without it");
        problems.require(proven || !named, "mail.smtp.password", "is missing; there is a user name without it");
    }
}
