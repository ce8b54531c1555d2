//! The description of the API.

use serde_json::Value;

use super::{TABLES, ops};
use crate::http::ops::openapi::{clashes, document};
use crate::http::problem::Dialect;

#[test]
fn the_document_lists_every_route_with_its_permission_and_schemas() {
    let document = document("https://rekey.example", TABLES);
    for spec in TABLES.iter().copied().flatten() {
        let method = spec.method.as_str().to_lowercase();
        let operation = &document["paths"][spec.path][&method];
        assert_eq!(operation["summary"], spec.summary, "{} {}", spec.method, spec.path);
        assert_eq!(operation["x-permission"].as_str(), spec.permission);
        for status in spec.errors {
            assert!(operation["responses"][status.to_string()].is_object());
        }
        let json = Dialect::of(spec.path).is_json();
        for (status, listed) in [(405, json), (406, json), (413, json && spec.body.is_some())] {
            let response = &operation["responses"][status.to_string()];
            assert_eq!(response.is_object(), listed, "{status} of {}", spec.path);
        }
    }
    let probe = &document["paths"]["/api/v1/probe"]["post"];
    let body = &probe["requestBody"]["content"]["application/json"]["schema"]["$ref"];
    assert_eq!(body, "#/components/schemas/Probe");
    assert!(document["components"]["schemas"]["Probe"]["properties"]["email"].is_object());
    assert_eq!(document["paths"]["/api/v1/probe/{id}"]["get"]["parameters"][0]["in"], "path");
    assert!(clashes(TABLES).is_empty());
}

#[test]
fn every_reference_in_the_document_leads_somewhere() {
    fn walk(document: &Value, value: &Value) {
        if let Some(target) = value.get("$ref").and_then(Value::as_str) {
            assert!(document.pointer(target.trim_start_matches('#')).is_some(), "{target}");
        }
        for inner in value.as_object().into_iter().flat_map(|map| map.values()) {
            walk(document, inner);
        }
        for inner in value.as_array().into_iter().flatten() {
            walk(document, inner);
        }
    }
    let document: Value = serde_json::from_slice(&ops(true).docs.json()).unwrap();
    walk(&document, &document);
}

#[test]
fn the_page_shows_each_call_and_needs_nothing_from_elsewhere() {
    let html = String::from_utf8(ops(true).docs.html().unwrap().to_vec()).unwrap();
    for spec in TABLES.iter().copied().flatten() {
        assert!(html.contains(&format!("<code>{}</code>", spec.path)), "{}", spec.path);
    }
    assert!(html.contains("ada@example.com"));
    for foreign in ["<script", "style=\"", "src=\"http", "@import"] {
        assert!(!html.contains(foreign), "{foreign}");
    }
}
