//! Policies level by level: where each value comes from.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

/// Who sets a policy. A later one counts for more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Level {
    /// The configuration of the server, or its default.
    Server,
    /// The application.
    Application,
    /// One tenant.
    Tenant,
}

/// A value, and the level that it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Sourced {
    /// The value in effect.
    pub value: Value,
    /// Who set it.
    pub level: Level,
}

/// The value of every field, and where it comes from. `levels` are objects
/// whose absent and null members inherit, the most general one first; the
/// first one names every field.
#[must_use]
pub fn explain(levels: &[(Level, Map<String, Value>)]) -> BTreeMap<String, Sourced> {
    let mut fields = BTreeMap::new();
    for (level, object) in levels {
        for (name, value) in object {
            if !value.is_null() || !fields.contains_key(name) {
                fields.insert(name.clone(), Sourced { value: value.clone(), level: *level });
            }
        }
    }
    fields
}

/// A level as [`explain`] reads it.
#[must_use]
pub fn object(level: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(level) {
        Ok(Value::Object(object)) => object,
        Ok(_) | Err(_) => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn level(level: Level, value: &Value) -> (Level, Map<String, Value>) {
        (level, value.as_object().unwrap().clone())
    }

    #[test]
    fn each_field_names_the_most_special_level_that_speaks() {
        let fields = explain(&[
            level(Level::Server, &json!({"a": 1, "b": 1, "c": 1, "d": null})),
            level(Level::Application, &json!({"a": 2, "b": 2, "c": null})),
            level(Level::Tenant, &json!({"a": 3, "b": null, "d": null})),
        ]);
        let told = |name: &str| (fields[name].value.clone(), fields[name].level);
        assert_eq!(told("a"), (json!(3), Level::Tenant));
        assert_eq!(told("b"), (json!(2), Level::Application));
        assert_eq!(told("c"), (json!(1), Level::Server));
        assert_eq!(told("d"), (Value::Null, Level::Server));
    }
}
