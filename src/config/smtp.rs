//! `mail.smtp`: the SMTP server, and how the way to it is protected.

use std::net::IpAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::problem::Problems;
use super::value::{SecretUrl, mask_secret, optional, optional_secret, show_optional};
use crate::domain::secret::Secret;
use crate::domain::sender::Owner;

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
    /// How to sign in.
    pub auth: SmtpAuth,
    /// File that holds the access token.
    #[serde(deserialize_with = "optional", serialize_with = "show_optional")]
    pub token_file: Option<PathBuf>,
    /// Endpoint that gives access tokens.
    #[serde(deserialize_with = "optional", serialize_with = "show_optional")]
    pub token_url: Option<String>,
    /// Who asks it.
    #[serde(deserialize_with = "optional", serialize_with = "show_optional")]
    pub client_id: Option<String>,
    /// How that is proven.
    #[serde(deserialize_with = "optional_secret", serialize_with = "mask_secret")]
    pub client_secret: Option<Secret>,
    /// What it is asked with; the client's credentials when absent.
    #[serde(deserialize_with = "optional_secret", serialize_with = "mask_secret")]
    pub refresh_token: Option<Secret>,
    /// Scope to ask for.
    #[serde(deserialize_with = "optional", serialize_with = "show_optional")]
    pub token_scope: Option<String>,
    /// Whose email policies may choose it; everybody's when empty.
    pub allowed_for: Vec<Owner>,
}

/// How to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SmtpAuth {
    /// With a password.
    Password,
    /// With an access token.
    Xoauth2,
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
    pub fn check(&self, section: &str, used: bool, problems: &mut Problems) {
        let key = |name: &str| format!("{section}.{name}");
        problems.within(&key("pool_size"), self.pool_size, 1..=100);
        problems.within(&key("timeout_seconds"), self.timeout_seconds, 1..=300);
        // Commands that send nothing run without a server; see `profile::check`.
        if !used || self.url.expose().is_empty() {
            return;
        }
        let scheme = self.url.expose().split_once("://").map_or("", |(scheme, _)| scheme);
        let usable = matches!(scheme, "smtp" | "smtps") && self.server().is_some();
        problems.require(
            usable,
            &key("url"),
            "has to be smtp://host:port or smtps://host:port (percent-encode special characters of a password)",
        );
        problems.require(
            scheme != "smtps" || matches!(self.tls, SmtpTls::Auto | SmtpTls::Implicit),
            &key("tls"),
            format!("contradicts smtps:// in {section}.url; use auto"),
        );
        problems.require(
            !usable || !self.is_plain_to_remote() || self.allow_plain,
            &key("tls"),
            format!(
                "none is only for a server on this machine; use starttls or implicit \
                 (or set {section}.allow_plain, outside production)"
            ),
        );
        let named = self.username.is_some() || self.url.username().is_some();
        match self.auth {
            SmtpAuth::Password => {
                let proven = self.password.is_some() || self.url.password().is_some();
                problems.require(named || !proven, &key("username"), "is missing; there is a password without it");
                problems.require(proven || !named, &key("password"), "is missing; there is a user name without it");
            }
            SmtpAuth::Xoauth2 => self.check_token(named, &key, problems),
        }
    }

    fn check_token(&self, named: bool, key: &impl Fn(&str) -> String, problems: &mut Problems) {
        problems.require(named, &key("username"), "is missing; xoauth2 signs an account in");
        problems.require(
            self.token_file.is_some() != self.token_url.is_some(),
            &key("token_file"),
            "or token_url has to be set for xoauth2, and not both",
        );
        let Some(url) = &self.token_url else { return };
        let secure = url.starts_with("https://") || self.allow_plain && url.starts_with("http://");
        problems.require(secure, &key("token_url"), "has to begin with https://; secrets are sent there");
        problems.require(self.client_id.is_some(), &key("client_id"), "is missing; the token endpoint asks for it");
        problems.require(
            self.client_secret.is_some() || self.refresh_token.is_some(),
            &key("client_secret"),
            "or refresh_token is missing; the token endpoint gives nothing without",
        );
    }
}
