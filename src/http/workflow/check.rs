//! Reading the fields of a body: what is missing, empty, too long or not what
//! it should be is noted per field, and all of it is answered at once.

use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

use crate::domain::email_address::{EmailAddress, InvalidEmailAddress, MAX_LENGTH};
use crate::domain::secret::Secret;
use crate::http::problem::{Missing, Problem, Violations};

/// The longest texts that callers may hand in, in code points.
pub const STATE: usize = 512;
/// A language tag.
pub const LOCALE: usize = 35;
/// A URL.
pub const URL: usize = 2048;
/// A reason, a name of a browser.
pub const NOTE: usize = 512;

/// Collects what is wrong with a body while it is read.
#[derive(Debug, Default)]
pub struct Check(Violations);

impl Check {
    /// Notes a broken rule.
    pub fn violated(&mut self, field: &str, code: &'static str) {
        self.0.add(field, code);
    }

    /// A text that must be there and not be empty. Its form is judged later,
    /// together with whether it is known.
    pub fn secret(&mut self, field: &str, value: Option<Secret>) -> Option<Secret> {
        match value {
            None => self.0.add(field, "required"),
            Some(text) if text.expose().is_empty() => self.0.add(field, "empty"),
            Some(text) => return Some(text),
        }
        None
    }

    /// A name that must be there; empty when it is not, which is noted.
    pub fn required(&mut self, field: &str, value: Option<String>) -> String {
        match value {
            None => self.0.add(field, "required"),
            Some(text) if text.is_empty() => self.0.add(field, "empty"),
            Some(text) => return text,
        }
        String::new()
    }

    /// A number of minutes that may be missing, and is bounded.
    pub fn minutes(&mut self, field: &str, value: Option<u64>, bounds: (Duration, Duration)) -> Option<Duration> {
        let wish = Duration::from_secs(value?.saturating_mul(60));
        let minutes = |bound: Duration| (bound.as_secs() / 60).to_string();
        if wish < bounds.0 {
            self.0.add_with(field, "too_short", [("minimum", minutes(bounds.0))]);
        } else if wish > bounds.1 {
            self.0.add_with(field, "too_long", [("maximum", minutes(bounds.1))]);
        } else {
            return Some(wish);
        }
        None
    }

    /// A text that may be missing, and is bounded.
    pub fn optional(&mut self, field: &str, value: Option<String>, longest: usize) -> Option<String> {
        let text = value?;
        if text.is_empty() {
            self.0.add(field, "empty");
        } else if text.chars().count() > longest {
            self.0.add_with(field, "too_long", [("maximumLength", longest.to_string())]);
        } else if text.chars().any(char::is_control) {
            self.0.add(field, "invalid_characters");
        } else {
            return Some(text);
        }
        None
    }

    /// An email address that must be there.
    pub fn email(&mut self, field: &str, value: Option<String>) -> Option<EmailAddress> {
        let Some(text) = value else {
            self.0.add(field, "required");
            return None;
        };
        match EmailAddress::parse(&text) {
            Ok(address) => return Some(address),
            Err(InvalidEmailAddress::Empty) => self.0.add(field, "empty"),
            Err(InvalidEmailAddress::TooLong) => {
                self.0.add_with(field, "too_long", [("maximumLength", MAX_LENGTH.to_string())]);
            }
            Err(InvalidEmailAddress::Malformed) => self.0.add(field, "invalid_email"),
        }
        None
    }

    /// A client address that may be missing.
    pub fn client_ip(&mut self, value: Option<String>) -> Option<IpAddr> {
        let text = value?;
        let ip = text.parse::<IpAddr>().map(|ip| ip.to_canonical()).ok();
        if ip.is_none() {
            self.0.add("clientIp", "invalid_ip_address");
        }
        ip
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// Everything that was noted.
    pub fn done(self) -> Result<(), Problem> {
        Ok(self.0.into_result()?)
    }
}

/// An id inside a body. One that cannot be an id is answered like one that
/// does not exist.
///
/// # Errors
/// 404.
pub fn id<T: FromStr>(text: &str, missing: fn(String) -> Missing) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::not_found(missing(text.to_owned())))
}
