//! Shows the effective settings, in the notation in which they are set.

use serde_json::{Map, Value};

use super::Settings;
use super::value::MASK;

impl Settings {
    /// The effective settings as TOML, with every secret masked.
    ///
    /// # Errors
    /// When a path is not Unicode.
    pub fn masked(&self) -> Result<String, serde_json::Error> {
        let Value::Object(sections) = serde_json::to_value(self)? else { return Ok(String::new()) };
        let mut text = format!("# profile: {}; secrets show as {MASK}\n", self.profile.as_str());
        for (name, section) in &sections {
            if let Value::Object(section) = section {
                print_section(name, section, &mut text);
            }
        }
        Ok(text)
    }
}

/// Values first, sections inside it after them, as TOML wants it. What JSON
/// calls texts, numbers, truths and lists are spelled the same in TOML.
fn print_section(name: &str, section: &Map<String, Value>, text: &mut String) {
    text.push_str(&format_args!("\n[{name}]\n").to_string());
    for (key, value) in section.iter().filter(|(_, value)| !value.is_object() && !value.is_null()) {
        text.push_str(&format_args!("{key} = {value}\n").to_string());
    }
    for (key, value) in section {
        if let Value::Object(inner) = value {
            print_section(&format!("{name}.{key}"), inner, text);
        }
    }
}
