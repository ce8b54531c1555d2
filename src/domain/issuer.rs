//! Identity providers that an application trusts: whose tokens act as which
//! of its service accounts.

use std::collections::HashSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

use super::ids::{ApplicationId, ServiceAccountId};

/// How many an application may register.
pub const MOST_ISSUERS: usize = 10;
/// How many mappings one may have.
pub const MOST_MAPPINGS: usize = 50;
/// The longest issuer, audience and value of a claim, in characters.
pub const LONGEST_TEXT: usize = 512;
/// The longest name of a claim, in characters.
pub const LONGEST_CLAIM: usize = 128;
/// The longest key set that is written into the registration, in bytes.
pub const LONGEST_KEY_SET: usize = 8 * 1024;
/// The age that tokens may be limited to, in seconds.
pub const TOKEN_AGES: std::ops::RangeInclusive<u64> = 60..=86_400;

/// One provider, and what its tokens are good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// Exactly what stands in `iss`.
    pub issuer: String,
    /// What has to stand in `aud`. It tells the applications apart that trust
    /// one issuer, so no two of them have the same pair.
    pub audience: String,
    /// Where its keys are.
    pub keys: KeySource,
    /// How long ago a token may have been made, if that is limited.
    pub max_token_age: Option<Duration>,
    /// Whose tokens act as which account.
    pub mappings: Vec<Mapping>,
}

/// Where the keys of an issuer are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// A JSON Web Key Set to be fetched.
    Url(String),
    /// A JSON Web Key Set, as JSON.
    Inline(String),
}

/// A token whose `claim` is exactly `value` acts as an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// The name of a claim, for example `sub`.
    pub claim: String,
    /// Its whole value, a text.
    pub value: String,
    /// The account.
    pub service_account: ServiceAccountId,
}

/// An issuer with the application that registered it.
#[derive(Debug, Clone)]
pub struct Registration {
    /// Whose it is.
    pub application: ApplicationId,
    /// What was registered.
    pub issuer: Issuer,
}

/// A value that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where, for example `issuers[0].jwksUrl`.
    pub field: String,
    /// What is wrong.
    pub code: &'static str,
    /// The bound that was passed.
    pub bound: Option<(&'static str, String)>,
}

impl Fault {
    /// A fault without a number.
    #[must_use]
    pub const fn new(field: String, code: &'static str) -> Self {
        Self { field, code, bound: None }
    }

    /// A fault of one field of one issuer.
    #[must_use]
    pub fn of(issuer: usize, field: &str, code: &'static str) -> Self {
        Self::new(format!("issuers[{issuer}].{field}"), code)
    }
}

impl Issuer {
    /// The account that claims act as. `None` when no mapping fits, and when
    /// several do that disagree: nobody guesses whom a token means.
    #[must_use]
    pub fn account_of(&self, claims: &Map<String, Value>) -> Option<ServiceAccountId> {
        let fits = |mapping: &&Mapping| claims.get(&mapping.claim).and_then(Value::as_str) == Some(&*mapping.value);
        let mut fitting = self.mappings.iter().filter(fits).map(|mapping| mapping.service_account);
        let account = fitting.next()?;
        fitting.all(|other| other == account).then_some(account)
    }
}

/// What is wrong with a list of issuers. `own` is the origin that this server
/// issues tokens under, which nobody else may.
#[must_use]
pub fn faults(issuers: &[Issuer], own: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    if issuers.len() > MOST_ISSUERS {
        faults.push(too_long("issuers".to_owned(), MOST_ISSUERS));
    }
    let mut seen = HashSet::new();
    for (at, issuer) in issuers.iter().enumerate() {
        check_name(at, issuer, own, &mut faults);
        check_text(format!("issuers[{at}].audience"), &issuer.audience, LONGEST_TEXT, &mut faults);
        if !seen.insert((&issuer.issuer, &issuer.audience)) {
            faults.push(Fault::of(at, "audience", "not_available"));
        }
        if let KeySource::Inline(json) = &issuer.keys
            && json.len() > LONGEST_KEY_SET
        {
            faults.push(too_long(format!("issuers[{at}].jwks"), LONGEST_KEY_SET));
        }
        if issuer.max_token_age.is_some_and(|age| !TOKEN_AGES.contains(&age.as_secs())) {
            faults.push(Fault::of(at, "maxTokenAgeSeconds", "out_of_range"));
        }
        check_mappings(at, &issuer.mappings, &mut faults);
    }
    faults
}

fn check_name(at: usize, issuer: &Issuer, own: &str, faults: &mut Vec<Fault>) {
    let field = format!("issuers[{at}].issuer");
    let before = faults.len();
    check_text(field.clone(), &issuer.issuer, LONGEST_TEXT, faults);
    if faults.len() > before {
        return;
    }
    // RFC 8414 § 2: an https URL without query and fragment. Plain http is
    // for development; nothing is fetched from here.
    let is_url = Url::parse(&issuer.issuer).is_ok_and(|url| {
        matches!(url.scheme(), "https" | "http")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
    });
    if !is_url {
        faults.push(Fault::new(field, "invalid_url"));
    } else if is_own(&issuer.issuer, own) {
        faults.push(Fault::new(field, "reserved"));
    }
}

/// Whether an issuer is this server, or one of the names it issues under.
#[must_use]
pub fn is_own(issuer: &str, own: &str) -> bool {
    issuer.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn check_mappings(at: usize, mappings: &[Mapping], faults: &mut Vec<Fault>) {
    if mappings.is_empty() {
        faults.push(Fault::of(at, "mappings", "empty"));
    }
    if mappings.len() > MOST_MAPPINGS {
        faults.push(too_long(format!("issuers[{at}].mappings"), MOST_MAPPINGS));
    }
    let mut seen = HashSet::new();
    for (nth, mapping) in mappings.iter().enumerate() {
        let field = |name: &str| format!("issuers[{at}].mappings[{nth}].{name}");
        check_text(field("claim"), &mapping.claim, LONGEST_CLAIM, faults);
        check_text(field("value"), &mapping.value, LONGEST_TEXT, faults);
        if !seen.insert((&mapping.claim, &mapping.value)) {
            faults.push(Fault::new(field("value"), "not_available"));
        }
    }
}

fn check_text(field: String, text: &str, longest: usize, faults: &mut Vec<Fault>) {
    if text.is_empty() {
        faults.push(Fault::new(field, "empty"));
    } else if text.chars().count() > longest {
        faults.push(too_long(field, longest));
    } else if text.chars().any(char::is_control) {
        faults.push(Fault::new(field, "invalid_characters"));
    }
}

fn too_long(field: String, most: usize) -> Fault {
    Fault { field, code: "too_long", bound: Some(("maximumLength", most.to_string())) }
}

#[cfg(test)]
mod tests;
