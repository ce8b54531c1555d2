//! A sample value for a schema: the author's example where there is one.

use serde_json::{Map, Value, json};

/// Deeper than any of our types; ends types that contain themselves.
const MAX_DEPTH: usize = 8;

/// Follows a `$ref` into the document.
pub(super) fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let target = schema.get("$ref").and_then(Value::as_str).and_then(|path| path.strip_prefix('#'));
    target.and_then(|path| document.pointer(path)).unwrap_or(schema)
}

/// Whether a schema admits null.
pub(super) fn is_nullable(schema: &Value) -> bool {
    types(schema).contains(&"null") || variants(schema).iter().any(|variant| types(variant) == ["null"])
}

/// The alternatives of a schema, without null.
pub(super) fn variants(schema: &Value) -> Vec<&Value> {
    let list = ["oneOf", "anyOf"].iter().find_map(|key| schema.get(key)).and_then(Value::as_array);
    list.map(|list| list.iter().collect()).unwrap_or_default()
}

/// `type`, which is a word or a list of words.
pub(super) fn types(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(word)) => vec![word],
        Some(Value::Array(words)) => words.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// The sample.
pub(super) fn of(document: &Value, schema: &Value) -> Value {
    sample(document, schema, 0)
}

fn sample(document: &Value, schema: &Value, depth: usize) -> Value {
    let schema = resolve(document, schema);
    if let Some(given) = given(schema) {
        return given.clone();
    }
    if depth >= MAX_DEPTH {
        return Value::Null;
    }
    if let Some(variant) = variants(schema).into_iter().find(|variant| types(variant) != ["null"]) {
        return sample(document, variant, depth + 1);
    }
    if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
        let samples = parts.iter().map(|part| sample(document, part, depth + 1));
        let members = samples.filter_map(|part| part.as_object().cloned()).flatten();
        return Value::Object(members.collect());
    }
    match types(schema).into_iter().find(|word| *word != "null") {
        Some("object") => object(document, schema, depth),
        Some("array") => {
            schema.get("items").map_or_else(|| json!([]), |items| json!([sample(document, items, depth + 1)]))
        }
        Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or_else(|| json!(1)),
        Some("boolean") => json!(false),
        Some("string") => text(schema),
        _ => Value::Null,
    }
}

fn given(schema: &Value) -> Option<&Value> {
    let first = |key: &str| schema.get(key)?.as_array()?.first();
    schema.get("example").or_else(|| first("examples")).or_else(|| schema.get("const")).or_else(|| first("enum"))
}

fn object(document: &Value, schema: &Value, depth: usize) -> Value {
    let properties = schema.get("properties").and_then(Value::as_object);
    let members = properties.into_iter().flatten();
    Value::Object(
        members.map(|(name, inner)| (name.clone(), sample(document, inner, depth + 1))).collect::<Map<_, _>>(),
    )
}

fn text(schema: &Value) -> Value {
    match schema.get("format").and_then(Value::as_str) {
        Some("date-time") => json!("2026-01-31T12:00:00.000Z"),
        Some("email") => json!("ada@example.com"),
        Some("uri" | "url") => json!("https://app.example.com/"),
        _ => json!("…"),
    }
}
