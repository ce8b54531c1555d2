//! The OpenAPI 3.1 document, from the route tables.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;

use crate::http::problem::Dialect;
use crate::http::routes::{RouteSpec, Schemas};

/// Builds the document. `tables` in the order of the chapters.
#[must_use]
pub fn document(public_url: &str, tables: &[&[RouteSpec]]) -> Value {
    let mut schemas = Schemas::new();
    let mut paths = BTreeMap::<String, Map<String, Value>>::new();
    let mut tags = Vec::<&str>::new();
    for spec in tables.iter().copied().flatten() {
        let operation = operation(spec, &mut schemas);
        let method = spec.method.as_str().to_ascii_lowercase();
        paths.entry(plain_path(spec.path)).or_default().insert(method, operation);
        if !tags.contains(&spec.tag) {
            tags.push(spec.tag);
        }
    }
    let tags: Vec<_> = tags.into_iter().map(|name| json!({ "name": name })).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "rekey",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "A self-hosted password-reset service.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": public_url }],
        "tags": tags,
        "paths": paths,
        "components": components(&schemas),
    })
}

/// Names that two different types claim in the document; a test wants none.
#[must_use]
pub fn clashes(tables: &[&[RouteSpec]]) -> Vec<String> {
    let mut schemas = Schemas::new();
    for spec in tables.iter().copied().flatten() {
        let _ = operation(spec, &mut schemas);
    }
    let mut known = BTreeMap::<String, Value>::new();
    let mut clashes = Vec::new();
    for (name, schema) in schemas {
        let schema = value(&schema);
        if known.get(&name).is_some_and(|other| *other != schema) {
            clashes.push(name.clone());
        }
        known.insert(name, schema);
    }
    clashes
}

const JSON: &str = "application/json";
/// A JSON text per line.
const LINES: &str = "application/x-ndjson";

/// A body or an answer. OpenAPI 3.1 has no words for a stream of lines, so
/// that of one line stands in an extension, named as in OpenAPI 3.2.
fn media(media_type: &str, schema: &Value) -> Value {
    if media_type == LINES {
        json!({ "schema": { "description": "A JSON object per line." }, "x-itemSchema": schema })
    } else {
        json!({ "schema": schema })
    }
}

fn value(schema: &RefOr<Schema>) -> Value {
    serde_json::to_value(schema).unwrap_or(Value::Null)
}

/// `{id:\d+}` is written `{id}`.
fn plain_path(path: &str) -> String {
    let mut plain = String::with_capacity(path.len());
    let mut inside_pattern = false;
    for c in path.chars() {
        match c {
            ':' if plain.rfind('{') > plain.rfind('}') => inside_pattern = true,
            '}' => {
                inside_pattern = false;
                plain.push('}');
            }
            _ if inside_pattern => {}
            _ => plain.push(c),
        }
    }
    plain
}

fn operation(spec: &RouteSpec, schemas: &mut Schemas) -> Value {
    let mut operation = Map::new();
    operation.insert("tags".into(), json!([spec.tag]));
    operation.insert("summary".into(), json!(spec.summary));
    operation.insert("operationId".into(), json!(operation_id(spec)));
    let parameters = parameters(spec);
    if !parameters.is_empty() {
        operation.insert("parameters".into(), parameters.into());
    }
    if let Some(body) = spec.body {
        let schema = value(&(body.schema)(schemas));
        let required = Dialect::of(spec.path) != Dialect::WorkOs || has_required_fields(&schema, schemas);
        let content = json!({ body.media_type: media(body.media_type, &schema) });
        operation.insert("requestBody".into(), json!({ "required": required, "content": content }));
    }
    if spec.operator {
        operation.insert("security".into(), json!([{ "bearer": [] }]));
        operation.insert("description".into(), json!("Needs an operator's API key."));
        operation.insert("x-operator".into(), json!(true));
    }
    if let Some(permission) = spec.permission {
        let otherwise = spec.identified_by_body.then(|| json!({}));
        let security: Vec<_> = std::iter::once(json!({ "bearer": [] })).chain(otherwise).collect();
        operation.insert("security".into(), security.into());
        operation.insert("description".into(), json!(format!("Needs the permission `{permission}`.")));
        operation.insert("x-permission".into(), json!(permission));
    }
    operation.insert("responses".into(), responses(spec, schemas));
    Value::Object(operation)
}

/// Whether an absent body, which the WorkOS dialect takes for an empty object,
/// lacks a field.
fn has_required_fields(schema: &Value, schemas: &Schemas) -> bool {
    let name = schema["$ref"].as_str().and_then(|target| target.rsplit('/').next());
    let named = schemas.iter().find(|(known, _)| Some(known.as_str()) == name).map(|(_, schema)| value(schema));
    named.as_ref().unwrap_or(schema)["required"].as_array().is_some_and(|fields| !fields.is_empty())
}

fn operation_id(spec: &RouteSpec) -> String {
    let words = spec.path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut id = spec.method.as_str().to_ascii_lowercase();
    for word in words {
        id.push('_');
        id.push_str(word);
    }
    id
}

fn parameters(spec: &RouteSpec) -> Vec<Value> {
    let path = plain_path(spec.path);
    let named = path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    let in_path =
        named.map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }));
    let in_query = spec.query.map(|query| query()).unwrap_or_default();
    let in_query = in_query.iter().filter_map(|parameter| serde_json::to_value(parameter).ok());
    in_path.chain(in_query).collect()
}

fn responses(spec: &RouteSpec, schemas: &mut Schemas) -> Value {
    let mut responses = Map::new();
    let mut success = json!({ "description": reason(spec.ok), "headers": headers() });
    if let (Some(answer), Some(success)) = (spec.answer, success.as_object_mut()) {
        let schema = value(&answer(schemas));
        // Lines are answered by lines.
        let media_type = spec.body.map_or(JSON, |body| body.media_type);
        let media_type = if media_type == LINES { LINES } else { JSON };
        success.insert("content".into(), json!({ media_type: media(media_type, &schema) }));
    }
    if let (300..400, Some(success)) = (spec.ok, success.as_object_mut()) {
        let target = json!({ "description": "Where to go.", "schema": { "type": "string", "format": "uri" } });
        let headers = json!({ "X-Request-ID": { "$ref": "#/components/headers/RequestId" }, "Location": target });
        success.insert("headers".into(), headers);
    }
    responses.insert(spec.ok.to_string(), success);
    if let Some(status) = spec.page {
        let content = json!({ "text/html": { "schema": { "type": "string" } } });
        let page = json!({ "description": "A page for people.", "headers": headers(), "content": content });
        responses.insert(status.to_string(), page);
    }
    for status in spec.errors.iter().chain(everywhere(spec)) {
        responses.entry(status.to_string()).or_insert_with(|| failure(spec, *status));
    }
    Value::Object(responses)
}

/// What no call is asked about: its method, what the caller accepts, and
/// whether its body is one that can be read.
fn everywhere(spec: &RouteSpec) -> &'static [u16] {
    match (Dialect::of(spec.path).is_json(), spec.body) {
        (false, _) => &[],
        (true, None) => &[405, 406],
        (true, Some(_)) => &[405, 406, 413, 415],
    }
}

fn failure(spec: &RouteSpec, status: u16) -> Value {
    let schema = match Dialect::of(spec.path) {
        Dialect::Workflow if status == 400 => json!({ "oneOf": [
            { "$ref": "#/components/schemas/BaseError" },
            { "$ref": "#/components/schemas/ConstraintViolationsError" },
        ] }),
        Dialect::Workflow => json!({ "$ref": "#/components/schemas/BaseError" }),
        Dialect::WorkOs if status == 400 && spec.identified_by_body => json!({ "oneOf": [
            { "$ref": "#/components/schemas/WorkOsError" },
            { "$ref": "#/components/schemas/OAuthError" },
        ] }),
        Dialect::WorkOs => json!({ "$ref": "#/components/schemas/WorkOsError" }),
        Dialect::OAuth => json!({ "$ref": "#/components/schemas/OAuthError" }),
        Dialect::Page | Dialect::Console => return json!({ "description": reason(status), "headers": headers() }),
    };
    let mut headers = headers();
    if let (429 | 503, Some(headers)) = (status, headers.as_object_mut()) {
        headers.insert("Retry-After".into(), json!({ "$ref": "#/components/headers/RetryAfter" }));
    }
    if let (405, Some(headers)) = (status, headers.as_object_mut()) {
        let allow = json!({ "description": "The methods that there are.", "schema": { "type": "string" } });
        headers.insert("Allow".into(), allow);
    }
    let content = json!({ "application/json": { "schema": schema } });
    json!({ "description": reason(status), "headers": headers, "content": content })
}

fn headers() -> Value {
    json!({ "X-Request-ID": { "$ref": "#/components/headers/RequestId" } })
}

fn reason(status: u16) -> &'static str {
    actix_web::http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or("")
}

fn components(schemas: &Schemas) -> Value {
    let mut all: BTreeMap<String, Value> = schemas.iter().map(|(name, schema)| (name.clone(), value(schema))).collect();
    all.extend(error_schemas());
    json!({
        "schemas": all,
        "headers": {
            "RequestId": {
                "description": "Names this request in logs and errors.",
                "schema": { "type": "string", "examples": ["req_01ARZ3NDEKTSV4RRFFQ69G5FAV"] },
            },
            "RetryAfter": { "description": "Seconds to wait.", "schema": { "type": "integer", "minimum": 1 } },
        },
        "securitySchemes": {
            "bearer": {
                "type": "http",
                "scheme": "bearer",
                "description": "An API key (`sk_…`), an access token from `/api/v1/oauth2/token`, or an \
                    operator's API key (`op_…`), which names the application that a call is about in the header \
                    `Rekey-Application` unless there is only one.",
            },
        },
    })
}

fn error_schemas() -> [(String, Value); 4] {
    let text = || json!({ "type": "string" });
    let base = json!({
        "type": { "type": "string", "const": "base_error" },
        "code": text(),
        "message": text(),
        "ticket": { "type": "string", "description": "Equals `X-Request-ID`." },
    });
    let mut violating = base.clone();
    if let Some(properties) = violating.as_object_mut() {
        properties.insert("type".into(), json!({ "type": "string", "const": "constraint_violations_error" }));
        let attributes = json!({ "type": "object", "additionalProperties": text() });
        let violation = json!({
            "type": "object",
            "properties": { "code": text(), "constraintAttributes": attributes },
            "required": ["code"],
        });
        let list = json!({ "type": "array", "items": violation });
        properties.insert("violations".into(), json!({ "type": "object", "additionalProperties": list }));
    }
    let object = |properties: Value, required: Value| json!({ "type": "object", "properties": properties, "required": required });
    let item = object(json!({ "code": text(), "message": text(), "field": text() }), json!(["code"]));
    let workos = json!({
        "code": text(),
        "message": text(),
        "entity_id": text(),
        "errors": { "type": "array", "items": item },
    });
    let oauth = json!({ "error": text(), "error_description": text() });
    [
        ("BaseError".into(), object(base, json!(["type", "code", "message", "ticket"]))),
        (
            "ConstraintViolationsError".into(),
            object(violating, json!(["type", "code", "message", "ticket", "violations"])),
        ),
        ("WorkOsError".into(), object(workos, json!(["message"]))),
        ("OAuthError".into(), object(oauth, json!(["error"]))),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_pattern_is_not_part_of_the_documented_path() {
        assert_eq!(plain_path(r"/a/{id:\d+}/b/{x}"), "/a/{id}/b/{x}");
        assert_eq!(plain_path("/a:b"), "/a:b");
    }
}
