//! The document as the page's template wants it.

use serde::Serialize;
use serde_json::Value;

use super::example;

/// Members of members are shown down to this depth.
const MAX_DEPTH: usize = 3;

/// The whole page.
#[derive(Debug, Serialize)]
pub(super) struct Page {
    version: String,
    server: String,
    chapters: Vec<Chapter>,
}

#[derive(Debug, Serialize)]
struct Chapter {
    name: String,
    anchor: String,
    calls: Vec<Call>,
}

#[derive(Debug, Serialize)]
struct Call {
    id: String,
    method: String,
    tone: String,
    path: String,
    summary: String,
    permission: Option<String>,
    parameters: Vec<Field>,
    body: Option<Shape>,
    answers: Vec<Answer>,
    errors: Vec<Answer>,
}

#[derive(Debug, Serialize)]
struct Answer {
    status: String,
    reason: String,
    shape: Option<Shape>,
}

#[derive(Debug, Serialize)]
struct Shape {
    media_type: String,
    fields: Vec<Field>,
    example: String,
}

#[derive(Debug, Serialize)]
struct Field {
    name: String,
    kind: String,
    place: String,
    required: bool,
    description: String,
}

/// Chapters in the order of the document's tags, calls by path.
pub(super) fn of(document: &Value) -> Page {
    let tags = document.get("tags").and_then(Value::as_array).into_iter().flatten();
    let chapters = tags.map(|tag| chapter(document, &text(tag, "name"))).collect();
    Page {
        version: document.pointer("/info/version").and_then(Value::as_str).unwrap_or_default().to_owned(),
        server: document.pointer("/servers/0/url").and_then(Value::as_str).unwrap_or_default().to_owned(),
        chapters,
    }
}

fn chapter(document: &Value, name: &str) -> Chapter {
    let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    let operations =
        paths.flat_map(|(path, item)| item.as_object().into_iter().flatten().map(move |(m, o)| (path, m, o)));
    let calls = operations
        .filter(|(_, _, operation)| operation.pointer("/tags/0").and_then(Value::as_str) == Some(name))
        .map(|(path, method, operation)| call(document, path, method, operation))
        .collect();
    let anchor = name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    Chapter { name: name.to_owned(), anchor, calls }
}

fn text(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn call(document: &Value, path: &str, method: &str, operation: &Value) -> Call {
    let responses = operation.get("responses").and_then(Value::as_object).into_iter().flatten();
    let (answers, errors): (Vec<_>, Vec<_>) = responses
        .map(|(status, response)| Answer {
            status: status.clone(),
            reason: text(response, "description"),
            shape: shape(document, response),
        })
        .partition(|answer| answer.status.starts_with(['2', '3']));
    let parameters = operation.get("parameters").and_then(Value::as_array).into_iter().flatten();
    Call {
        id: text(operation, "operationId"),
        method: method.to_ascii_uppercase(),
        tone: method.to_owned(),
        path: path.to_owned(),
        summary: text(operation, "summary"),
        permission: operation.get("x-permission").and_then(Value::as_str).map(str::to_owned),
        parameters: parameters.map(|parameter| parameter_field(document, parameter)).collect(),
        body: operation.get("requestBody").and_then(|body| shape(document, body)),
        answers,
        errors,
    }
}

fn parameter_field(document: &Value, parameter: &Value) -> Field {
    let schema = parameter.get("schema").unwrap_or(&Value::Null);
    Field {
        name: text(parameter, "name"),
        kind: kind(document, schema),
        place: text(parameter, "in"),
        required: parameter.get("required").and_then(Value::as_bool).unwrap_or(false),
        description: text(parameter, "description"),
    }
}

fn shape(document: &Value, holder: &Value) -> Option<Shape> {
    let (media_type, content) = holder.get("content")?.as_object()?.iter().next()?;
    let schema = content.get("schema")?;
    let mut fields = Vec::new();
    collect(document, schema, "", 0, &mut fields);
    let example = format!("{:#}", example::of(document, schema));
    Some(Shape { media_type: media_type.clone(), fields, example })
}

/// Lists the members of an object, then theirs, as `outer.inner`.
fn collect(document: &Value, schema: &Value, prefix: &str, depth: usize, fields: &mut Vec<Field>) {
    let schema = example::resolve(document, schema);
    if depth >= MAX_DEPTH {
        return;
    }
    let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
    for part in parts.chain(example::variants(schema)) {
        collect(document, part, prefix, depth, fields);
    }
    if let Some(items) = schema.get("items") {
        collect(document, items, &format!("{prefix}[]"), depth, fields);
    }
    let required: Vec<_> =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    for (name, inner) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let full = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        if fields.iter().any(|field| field.name == full) {
            continue;
        }
        fields.push(Field {
            name: full.clone(),
            kind: kind(document, inner),
            place: String::new(),
            required: required.contains(&name.as_str()),
            description: description(document, inner),
        });
        collect(document, inner, &full, depth + 1, fields);
    }
}

fn description(document: &Value, schema: &Value) -> String {
    let own = text(schema, "description");
    if own.is_empty() { text(example::resolve(document, schema), "description") } else { own }
}

/// A type in words: `string`, `integer or null`, `list of string`.
fn kind(document: &Value, schema: &Value) -> String {
    let target = example::resolve(document, schema);
    let nullable = example::is_nullable(target);
    let word = if let Some(items) = target.get("items") {
        format!("list of {}", kind(document, items))
    } else if let Some(values) = target.get("enum").and_then(Value::as_array) {
        values.iter().map(Value::to_string).collect::<Vec<_>>().join(" | ")
    } else if let Some(word) = example::types(target).into_iter().find(|word| *word != "null") {
        target
            .get("format")
            .and_then(Value::as_str)
            .map_or_else(|| word.to_owned(), |format| format!("{word} ({format})"))
    } else {
        let variant = example::variants(target).into_iter().find(|variant| example::types(variant) != ["null"]);
        variant.map_or_else(|| "any".to_owned(), |variant| kind(document, variant))
    };
    if nullable { format!("{word} or null") } else { word }
}
