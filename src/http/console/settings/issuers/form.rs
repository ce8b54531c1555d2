//! From what was typed to an issuer, and what is wrong with it in words.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::domain::issuer::{Fault, Issuer, KeySource, Mapping};

/// The fields of a form.
pub(super) type Typed = BTreeMap<String, String>;
/// What is wrong, by field.
pub(super) type Wrong = BTreeMap<String, String>;
/// Where it stands what is wrong with no single field.
pub(super) const WHOLE: &str = "whole";

/// The fields of an issuer itself, beside its mappings.
const OWN: [&str; 5] = ["issuer", "audience", "jwks_url", "jwks", "age"];
/// The fields of a mapping.
const MAPPING: [&str; 3] = ["claim", "value", "account"];

fn text<'a>(typed: &'a Typed, name: &str) -> &'a str {
    typed.get(name).map(|text| text.trim()).unwrap_or_default()
}

/// Reads an issuer; it has the mappings that it is given.
pub(super) fn issuer(typed: &Typed, mappings: Vec<Mapping>) -> Result<Issuer, Wrong> {
    let mut wrong = Wrong::new();
    let keys = match (text(typed, "jwks_url"), text(typed, "jwks")) {
        ("", "") => {
            wrong.insert("jwks_url".to_owned(), "Say where its keys are, or paste them below.".to_owned());
            KeySource::Url(String::new())
        }
        (url, "") => KeySource::Url(url.to_owned()),
        ("", json) => KeySource::Inline(json.to_owned()),
        (_, _) => {
            wrong.insert("jwks".to_owned(), "Either the address or the keys themselves, not both.".to_owned());
            KeySource::Url(String::new())
        }
    };
    let age = Some(text(typed, "age")).filter(|text| !text.is_empty()).map(str::parse::<u64>).transpose();
    if age.is_err() {
        wrong.insert("age".to_owned(), "Write a whole number of seconds, or leave it empty.".to_owned());
    }
    let issuer = Issuer {
        issuer: text(typed, "issuer").to_owned(),
        audience: text(typed, "audience").to_owned(),
        keys,
        max_token_age: age.unwrap_or_default().map(Duration::from_secs),
        mappings,
    };
    if wrong.is_empty() { Ok(issuer) } else { Err(wrong) }
}

/// Reads a mapping.
pub(super) fn mapping(typed: &Typed) -> Result<Mapping, Wrong> {
    let (claim, value) = (text(typed, "claim").to_owned(), text(typed, "value").to_owned());
    let account = text(typed, "account").parse();
    let wrong = || [("account".to_owned(), "Choose the account that such a token acts as.".to_owned())].into();
    account.map(|service_account| Mapping { claim, value, service_account }).map_err(|_| wrong())
}

/// An issuer as it would be typed.
pub(super) fn typed(issuer: &Issuer) -> Typed {
    let (url, json) = match &issuer.keys {
        KeySource::Url(url) => (url.clone(), String::new()),
        KeySource::Inline(json) => (String::new(), json.clone()),
    };
    let age = issuer.max_token_age.map(|age| age.as_secs().to_string()).unwrap_or_default();
    let values = [issuer.issuer.clone(), issuer.audience.clone(), url, json, age];
    OWN.iter().zip(values).map(|(name, value)| ((*name).to_owned(), value)).collect()
}

/// What was typed and what is wrong with it, for the template; what is wrong
/// with fields that the page does not have is said above.
pub(super) fn view(typed: &Typed, wrong: &Wrong, with_mapping: bool) -> Value {
    let names: Vec<_> = OWN.iter().chain(&MAPPING).copied().collect();
    let cut = |name: &str| text(typed, name).chars().take(9000).collect::<String>();
    let shown = |name: &str| with_mapping || OWN.contains(&name);
    let form: BTreeMap<_, _> = names.iter().map(|name| (*name, cut(name))).collect();
    let marks: BTreeMap<_, _> = names.iter().map(|name| (*name, wrong.get(*name).filter(|_| shown(name)))).collect();
    json!({"form": form, "wrong": marks, "any": wrong.keys().any(|name| names.contains(&name.as_str()) && shown(name))})
}

/// What is wrong beside the fields of the page.
pub(super) fn beside(wrong: &Wrong, with_mapping: bool) -> Option<String> {
    let here = |name: &str| OWN.contains(&name) || (with_mapping && MAPPING.contains(&name));
    let said: Vec<_> = wrong.iter().filter(|(name, _)| !here(name)).map(|(_, said)| said.as_str()).collect();
    Some(said.join(" ")).filter(|said| !said.is_empty())
}

/// What breaks a rule, by the name of the field here, in words.
pub(super) fn said(fault: &Fault) -> (String, String) {
    let name = match fault.field.rsplit('.').next().unwrap_or_default() {
        "issuer" => "issuer",
        "audience" => "audience",
        "jwksUrl" => "jwks_url",
        "jwks" => "jwks",
        "maxTokenAgeSeconds" => "age",
        "claim" => "claim",
        "value" => "value",
        "serviceAccountId" => "account",
        _ => WHOLE,
    };
    let said = match (fault.code, name) {
        ("empty", WHOLE) => "It has to lead to at least one account. Remove the issuer instead.",
        ("empty", _) => "Fill this in.",
        ("too_long", WHOLE) => "There are as many of these as there may be.",
        ("too_long", _) => "This is too long.",
        ("invalid_characters", _) => "It holds a character that cannot stand there, such as a tab.",
        ("reserved", _) => "This server issues tokens under that name itself.",
        ("not_available", "audience") => "This issuer and audience are registered already, here or elsewhere.",
        ("not_available", "value") => "This claim and value lead to an account already.",
        ("not_available", _) => "This is registered already.",
        ("out_of_range", _) => "Choose from 60 to 86400 seconds.",
        ("secret_key", _) => "This holds a secret key. Only public keys belong here.",
        ("invalid_key_set", _) => "This is no JSON Web Key Set with a key that can be used.",
        ("unknown_service_account", _) => "The account is not there any more. Take its line away first.",
        ("invalid_url", "issuer") => "Write a whole address such as https://id.example.com, without a query.",
        (_, _) => "This address cannot be used. Write one that begins with https:// and is public.",
    };
    (name.to_owned(), said.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(fields: &[(&str, &str)]) -> Typed {
        fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn an_issuer_reads_back_as_it_was_typed() {
        let fields = filled(&[
            ("issuer", " https://id.example.test "),
            ("audience", "shop"),
            ("jwks_url", "https://id.example.test/keys"),
            ("jwks", ""),
            ("age", "3600"),
        ]);
        let read = issuer(&fields, Vec::new()).unwrap();
        assert_eq!(
            (read.issuer.as_str(), read.max_token_age),
            ("https://id.example.test", Some(Duration::from_secs(3600)))
        );
        assert_eq!(issuer(&typed(&read), Vec::new()).unwrap(), read);
        assert!(
            issuer(&filled(&[("jwks_url", "x"), ("jwks", "{}"), ("age", "soon")]), Vec::new()).unwrap_err().len() == 2
        );
    }

    #[test]
    fn what_a_page_has_no_field_for_is_said_above() {
        let wrong: Wrong = [said(&Fault::of(0, "mappings[1].serviceAccountId", "unknown_service_account"))].into();
        assert!(beside(&wrong, false).is_some() && beside(&wrong, true).is_none());
    }
}
