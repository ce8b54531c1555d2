//! How to reach a provider, read from one URL.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use thiserror::Error;
use url::Url;

use crate::domain::secret::Secret;

/// How the connection is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// Begins plain and must become secure by STARTTLS before anything is said.
    Required,
    /// Secure from the first byte.
    Implicit,
    /// Never secured.
    None,
}

/// How to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthMechanism {
    /// PLAIN, or LOGIN where a provider offers nothing else.
    Password,
    /// XOAUTH2; the password is an access token.
    Xoauth2,
}

/// Where a provider is and how to talk to it.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// A host name or an IP address.
    pub host: String,
    /// The port.
    pub port: u16,
    /// How the connection is secured.
    pub tls: Tls,
    /// The account, if the provider wants one.
    pub username: Option<String>,
    /// Its password or token.
    pub password: Option<Secret>,
    /// How to sign in.
    pub auth: AuthMechanism,
    /// The most connections open at once, at least 1. The provider's own limit
    /// is often between 10 and 50.
    pub pool_size: usize,
    /// The longest wait for a connection and for each answer; the answer to
    /// the content, which may be scanned first, gets four times as long.
    pub timeout: Duration,
    /// A PEM file with authorities to trust besides the system's.
    pub extra_ca_file: Option<PathBuf>,
}

/// A URL that says no such thing. Never repeats the URL: it holds a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidSmtpUrl {
    /// Not a URL.
    #[error("the SMTP URL must look like smtp://user:password@host:587 or smtps://user:password@host")]
    Malformed,
    /// Neither `smtp` nor `smtps`.
    #[error("the SMTP URL must begin with smtp:// (STARTTLS) or smtps:// (TLS from the start)")]
    Scheme,
    /// No host.
    #[error("the SMTP URL names no host")]
    Host,
    /// A path or a fragment.
    #[error("the SMTP URL must end after the port, except for ?tls= and ?auth=; encode /, ? and # in the password")]
    Trailing,
    /// A parameter that does not exist, or that says something impossible.
    #[error("the SMTP URL knows ?tls=starttls or ?tls=none (with smtp://) and ?auth=password or ?auth=xoauth2")]
    Parameter,
    /// A user name without a password, or the other way round.
    #[error("the SMTP URL must name both a user and a password, or neither")]
    Credentials,
}

impl SmtpSettings {
    /// Connections kept when nothing else is said.
    pub const DEFAULT_POOL_SIZE: usize = 16;
    /// The wait when nothing else is said.
    pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(20);

    /// Reads `smtp://user:password@host:port?tls=starttls|none` or
    /// `smtps://user:password@host:port`. STARTTLS is required, except that a
    /// loopback host needs no TLS unless `?tls=starttls` asks for it. The port
    /// is 587, 465 with `smtps` and 25 without TLS.
    pub fn parse(text: &str) -> Result<Self, InvalidSmtpUrl> {
        let url = Url::parse(text.trim()).map_err(|_| InvalidSmtpUrl::Malformed)?;
        if !matches!(url.scheme(), "smtp" | "smtps") {
            return Err(InvalidSmtpUrl::Scheme);
        }
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(InvalidSmtpUrl::Host)?;
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(InvalidSmtpUrl::Trailing);
        }
        let (asked_tls, auth) = parameters(&url)?;
        let tls = match (url.scheme(), asked_tls) {
            ("smtps", None) => Tls::Implicit,
            ("smtps", Some(_)) => return Err(InvalidSmtpUrl::Parameter),
            (_, Some(tls)) => tls,
            (_, None) if is_loopback(&host) => Tls::None,
            (_, None) => Tls::Required,
        };
        let default_port = match tls {
            Tls::Required => 587,
            Tls::Implicit => 465,
            Tls::None => 25,
        };
        let (username, password) = credentials(&url)?;
        Ok(Self {
            host,
            port: url.port().unwrap_or(default_port),
            tls,
            username,
            password,
            auth,
            pool_size: Self::DEFAULT_POOL_SIZE,
            timeout: Self::DEFAULT_TIMEOUT,
            extra_ca_file: None,
        })
    }

    /// Whether mail would cross a network unprotected; production refuses that.
    #[must_use]
    pub fn is_plain_to_a_remote_host(&self) -> bool {
        self.tls == Tls::None && !is_loopback(&self.host)
    }

    /// The longest one message can take, from waiting for a connection to the
    /// last answer; a lease on a message must outlast it.
    #[must_use]
    pub fn longest_send(&self) -> Duration {
        // A place in the pool, a dead connection found, four steps to open another,
        // three short answers and a long one, a reset or a farewell: fifteen at most.
        self.timeout.saturating_mul(16)
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
}

fn parameters(url: &Url) -> Result<(Option<Tls>, AuthMechanism), InvalidSmtpUrl> {
    let mut tls = None;
    let mut auth = AuthMechanism::Password;
    for (name, value) in url.query_pairs() {
        match (name.as_ref(), value.as_ref()) {
            ("tls", "starttls") => tls = Some(Tls::Required),
            ("tls", "none") => tls = Some(Tls::None),
            ("auth", "password") => auth = AuthMechanism::Password,
            ("auth", "xoauth2") => auth = AuthMechanism::Xoauth2,
            _ => return Err(InvalidSmtpUrl::Parameter),
        }
    }
    Ok((tls, auth))
}

fn credentials(url: &Url) -> Result<(Option<String>, Option<Secret>), InvalidSmtpUrl> {
    let decoded = |text: &str| {
        percent_decode_str(text).decode_utf8().map(std::borrow::Cow::into_owned).map_err(|_| InvalidSmtpUrl::Malformed)
    };
    match (url.username(), url.password().filter(|password| !password.is_empty())) {
        ("", None) => Ok((None, None)),
        ("", Some(_)) | (_, None) => Err(InvalidSmtpUrl::Credentials),
        (username, Some(password)) => Ok((Some(decoded(username)?), Some(Secret::new(decoded(password)?)))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(url: &str) -> (String, u16, Tls) {
        let settings = SmtpSettings::parse(url).unwrap();
        (settings.host, settings.port, settings.tls)
    }

    #[test]
    fn starttls_is_required_unless_said_otherwise_or_on_the_own_machine() {
        assert_eq!(parsed("smtp://mail.example.com"), ("mail.example.com".into(), 587, Tls::Required));
        assert_eq!(parsed("smtps://mail.example.com"), ("mail.example.com".into(), 465, Tls::Implicit));
        assert_eq!(parsed("smtp://mail.example.com?tls=none"), ("mail.example.com".into(), 25, Tls::None));
        assert_eq!(parsed("smtp://127.0.0.1:2525"), ("127.0.0.1".into(), 2525, Tls::None));
        assert_eq!(parsed("smtp://[::1]:2525/"), ("::1".into(), 2525, Tls::None));
        assert_eq!(parsed("smtp://localhost:2525?tls=starttls"), ("localhost".into(), 2525, Tls::Required));
    }

    #[test]
    fn plain_to_a_remote_host_is_noticed() {
        let plain = |url| SmtpSettings::parse(url).unwrap().is_plain_to_a_remote_host();
        assert!(plain("smtp://mail.example.com?tls=none") && plain("smtp://192.0.2.1?tls=none"));
        assert!(!plain("smtp://mail.example.com") && !plain("smtp://127.0.0.9:25"));
    }

    #[test]
    fn credentials_are_decoded_and_not_shown() {
        let settings = SmtpSettings::parse("smtp://ann%40example.com:p%2Fw%23@mail.example.com?auth=xoauth2").unwrap();
        assert_eq!(settings.username.as_deref(), Some("ann@example.com"));
        assert_eq!(settings.password.as_ref().unwrap().expose(), "p/w#");
        assert_eq!(settings.auth, AuthMechanism::Xoauth2);
        assert!(!format!("{settings:?}").contains("p/w#"));
    }

    #[test]
    fn a_wrong_url_says_what_is_wrong_and_no_password() {
        for (url, error) in [
            ("mail.example.com", InvalidSmtpUrl::Malformed),
            ("http://mail.example.com", InvalidSmtpUrl::Scheme),
            ("smtp:", InvalidSmtpUrl::Host),
            ("smtp://mail.example.com/x", InvalidSmtpUrl::Trailing),
            ("smtp://mail.example.com#x", InvalidSmtpUrl::Trailing),
            ("smtp://mail.example.com?tls=maybe", InvalidSmtpUrl::Parameter),
            ("smtp://mail.example.com?tsl=none", InvalidSmtpUrl::Parameter),
            ("smtps://mail.example.com?tls=none", InvalidSmtpUrl::Parameter),
            ("smtp://ann@mail.example.com", InvalidSmtpUrl::Credentials),
            ("smtp://:hunter2@mail.example.com", InvalidSmtpUrl::Credentials),
            ("smtp://ann:hunter2@mail.example.com:99999", InvalidSmtpUrl::Malformed),
        ] {
            assert_eq!(SmtpSettings::parse(url).unwrap_err(), error, "{url}");
            assert!(!error.to_string().contains("hunter2"));
        }
    }
}
