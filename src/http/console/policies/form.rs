//! From what was typed to what a level sets, and back.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::fields::{Field, Kind};

/// Fields and what is wrong with them.
pub(super) type Flaws = Vec<(String, String)>;

/// What a level sets: only what was filled in.
pub(super) fn read(fields: &[Field], typed: &BTreeMap<String, String>) -> Result<Map<String, Value>, Flaws> {
    let (mut object, mut flaws) = (Map::new(), Flaws::new());
    for field in fields {
        let text = typed.get(field.name).map(|text| text.trim()).unwrap_or_default();
        if text.is_empty() {
            continue;
        }
        match value(field, text) {
            Some(value) => {
                object.insert(field.name.to_owned(), value);
            }
            None => flaws.push((field.name.to_owned(), "Enter whole numbers.".to_owned())),
        }
    }
    if flaws.is_empty() { Ok(object) } else { Err(flaws) }
}

fn value(field: &Field, text: &str) -> Option<Value> {
    Some(match field.kind {
        Kind::Switch => json!(text == "true"),
        Kind::Number(_) => json!(text.parse::<u64>().ok()?),
        // The choices of a score are numbers.
        Kind::Choice(_) => text.parse::<u64>().map_or_else(|_| json!(text), |number| json!(number)),
        Kind::Text => json!(text),
        Kind::Lines => json!(text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>()),
        Kind::Numbers => {
            let numbers = text.split([' ', ',']).filter(|part| !part.is_empty()).map(str::parse::<u64>);
            json!(numbers.collect::<Result<Vec<_>, _>>().ok()?)
        }
    })
}

/// A value as it would be typed.
pub(super) fn typed(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(all) if all.iter().all(Value::is_u64) => {
            all.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        }
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n"),
        other => other.to_string(),
    }
}

/// A value as one would say it.
pub(super) fn said(field: &Field, value: &Value) -> String {
    let text = typed(value);
    match field.kind {
        Kind::Switch => if *value == json!(true) { "yes" } else { "no" }.to_owned(),
        Kind::Choice(choices) => {
            choices.iter().find(|(name, _)| *name == text).map_or(text, |(_, meaning)| (*meaning).to_owned())
        }
        Kind::Number(unit) if !text.is_empty() => format!("{text} {unit}"),
        Kind::Lines => text.replace('\n', ", "),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fields::{EMAIL, PASSWORD, WORKFLOW};
    use super::*;
    use crate::domain::email_policy::EmailFields;
    use crate::domain::password::PasswordOverrides;
    use crate::domain::policy::WorkflowOverrides;

    /// Every field of a policy has a place on the page, and no other has.
    fn all_there(fields: &[Field], overrides: &Value) {
        let mut on_page: Vec<_> = fields.iter().map(|field| field.name).collect();
        let mut in_policy: Vec<_> = overrides.as_object().unwrap().keys().map(String::as_str).collect();
        on_page.sort_unstable();
        in_policy.sort_unstable();
        assert_eq!(on_page, in_policy);
    }

    #[test]
    fn the_pages_know_every_field() {
        all_there(WORKFLOW, &serde_json::to_value(WorkflowOverrides::default()).unwrap());
        all_there(PASSWORD, &serde_json::to_value(PasswordOverrides::default()).unwrap());
        let every = EmailFields {
            action_link_url: Some(String::new()),
            lifetime_minutes: Some(1),
            from_name: Some(String::new()),
            from_address: Some(String::new()),
            reply_to: Some(String::new()),
            transports: Some(Vec::new()),
        };
        all_there(EMAIL, &serde_json::to_value(every).unwrap());
    }

    #[test]
    fn what_is_typed_becomes_what_a_level_sets() {
        let typed = [
            ("strategy", "OTP"),
            ("emailOtpMinutes", "5"),
            ("resendSeconds", "60, 120 240"),
            ("immediateLogin", "false"),
            ("redirectUrls", "https://a.test/x\r\n\r\n https://b.test/ "),
            ("actionLinkUrl", " "),
        ];
        let typed = typed.map(|(name, text)| (name.to_owned(), text.to_owned())).into();
        let object = read(WORKFLOW, &typed).unwrap();
        assert_eq!(
            Value::Object(object.clone()),
            json!({
                "strategy": "OTP", "emailOtpMinutes": 5, "resendSeconds": [60, 120, 240], "immediateLogin": false,
                "redirectUrls": ["https://a.test/x", "https://b.test/"],
            })
        );
        assert!(serde_json::from_value::<WorkflowOverrides>(Value::Object(object)).is_ok());
        let wrong = [("emailOtpMinutes".to_owned(), "five".to_owned())].into();
        assert_eq!(read(WORKFLOW, &wrong).unwrap_err()[0].0, "emailOtpMinutes");
    }
}
