//! The data of one rendering, wiped when dropped.

use std::time::Duration;

use handlebars::Context;
use serde_json::Value;
use zeroize::Zeroize;

use super::RenderError;
use crate::domain::clock::Timestamp;
use crate::domain::mail::{MailContext, MailKind};
use crate::domain::template::{LanguageTag, Mark, Part, Severity};

/// The longest text that a preview may be given, in characters.
const LONGEST: usize = 500;

/// The data of one rendering.
pub struct Data(Context);

impl Data {
    /// Of a context, with its secret.
    pub fn new(context: &MailContext) -> Result<Self, RenderError> {
        let data = serde_json::to_value(context).map_err(|error| RenderError::Failed {
            mark: Mark {
                part: Part::Subject,
                line: 1,
                column: 1,
                severity: Severity::Error,
                code: "data",
                message: error.to_string(),
            },
        })?;
        let mut data = Self(Context::from(data));
        if let Some((name, secret)) = context.secret() {
            data.insert(name, secret.expose().to_owned());
        }
        Ok(data)
    }

    /// What templates read.
    pub const fn context(&self) -> &Context {
        &self.0
    }

    /// Adds or replaces a text; the old one is wiped.
    pub fn insert(&mut self, name: &str, text: String) {
        if let Value::Object(map) = self.0.data_mut()
            && let Some(mut old) = map.insert(name.to_owned(), Value::String(text))
        {
            wipe(&mut old);
        }
    }

    /// Sets the language of what is written.
    pub fn speak(&mut self, locale: &LanguageTag) {
        self.insert("locale", locale.as_str().to_owned());
        self.insert("dir", if locale.is_right_to_left() { "rtl" } else { "ltr" }.to_owned());
    }

    /// Whether there is a value at a path.
    pub fn has(&self, path: &str) -> bool {
        self.0.data().pointer(&pointer(path)).is_some_and(|value| !value.is_null())
    }

    /// Changes the value at a path into another of its form, to see what
    /// becomes of it.
    pub fn change(&mut self, path: &str) {
        if let Some(place) = self.0.data_mut().pointer_mut(&pointer(path)) {
            let other = another(place);
            wipe(place);
            *place = other;
        }
    }

    /// Replaces values that are there by given ones: texts, numbers, switches
    /// or nothing. The secret stays.
    pub fn replace(&mut self, kind: MailKind, given: &Value) -> Result<(), RenderError> {
        if kind.secret_name().is_some_and(|secret| given.get(secret).is_some()) {
            let name = kind.secret_name().unwrap_or_default();
            return Err(RenderError::UnknownData(format!("{name} of its own in a preview")));
        }
        replace(self.0.data_mut(), given, "")
    }
}

fn pointer(path: &str) -> String {
    format!("/{}", path.replace('.', "/"))
}

/// Another value of the same form.
fn another(value: &Value) -> Value {
    const LATER: Duration = Duration::from_secs(400 * 86_400 + 17 * 60);
    match value {
        Value::String(text) => match Timestamp::parse(text) {
            Some(at) => serde_json::to_value(at + LATER).unwrap_or_default(),
            None => Value::String(format!("{text}7")),
        },
        Value::Number(number) => Value::from(number.as_u64().unwrap_or_default() + 17),
        other => other.clone(),
    }
}

fn replace(data: &mut Value, given: &Value, path: &str) -> Result<(), RenderError> {
    let Value::Object(members) = given else {
        return Err(RenderError::UnknownData(format!("such value at {path}")));
    };
    for (name, value) in members {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let shown: String = path.chars().take(60).collect();
        let unknown = || RenderError::UnknownData(format!("{shown} of this form"));
        let place = data.get_mut(name.as_str()).ok_or_else(unknown)?;
        match (&*place, value) {
            (Value::Object(_), Value::Object(_)) => replace(place, value, &path)?,
            (_, Value::String(text)) if text.chars().count() > LONGEST => return Err(unknown()),
            // What is absent in the sample is a text that may be missing.
            (Value::Number(_), Value::Number(_))
            | (Value::Bool(_), Value::Bool(_))
            | (Value::String(_) | Value::Null, Value::String(_) | Value::Null) => *place = value.clone(),
            _ => return Err(unknown()),
        }
    }
    Ok(())
}

impl Drop for Data {
    fn drop(&mut self) {
        wipe(self.0.data_mut());
    }
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(list) => list.iter_mut().for_each(wipe),
        Value::Object(map) => map.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
