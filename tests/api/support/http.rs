//! An answer, read whole.

use std::collections::BTreeMap;

use serde_json::Value;

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its headers, names in lower case; several of one name joined by `, `.
    pub headers: BTreeMap<String, String>,
    /// Its body as text.
    pub text: String,
    /// Its body as JSON; null when it is none.
    pub body: Value,
}

impl Answer {
    /// Reads an answer.
    pub async fn read(response: reqwest::Response) -> Self {
        let status = response.status().as_u16();
        let mut headers = BTreeMap::<String, String>::new();
        for (name, value) in response.headers() {
            let value = String::from_utf8_lossy(value.as_bytes());
            let line = headers.entry(name.to_string()).or_default();
            if !line.is_empty() {
                line.push_str(", ");
            }
            line.push_str(&value);
        }
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or_default();
        Self { status, headers, text, body }
    }

    /// A text inside the body, by JSON pointer.
    pub fn text_at(&self, pointer: &str) -> String {
        let value = self.body.pointer(pointer).and_then(Value::as_str);
        value.unwrap_or_else(|| panic!("no text at {pointer} in {}", self.text)).to_owned()
    }

    /// The codes of a field's violations.
    pub fn violations(&self, field: &str) -> Vec<String> {
        let list = self.body.pointer(&format!("/violations/{field}")).and_then(Value::as_array);
        let codes = list.into_iter().flatten().filter_map(|violation| violation["code"].as_str());
        codes.map(str::to_owned).collect()
    }

    /// Everything a caller could tell two answers apart by, but for request
    /// ids, dates and opaque handles of fixed length.
    pub fn shape(&self) -> String {
        let mut headers = self.headers.clone();
        // Whether a body that nobody reads had arrived by then.
        headers.remove("connection");
        for (name, length) in [("date", None), ("x-request-id", Some(30))] {
            if let Some(value) = headers.remove(name) {
                assert!(length.is_none_or(|length| value.len() == length), "{name}: {value}");
            }
        }
        let mut body = self.body.clone();
        if let Some(object) = body.as_object_mut() {
            for handle in ["ticket", "requestCode"] {
                if let Some(value) = object.get_mut(handle) {
                    *value = Value::from(value.as_str().unwrap_or_default().len());
                }
            }
        }
        format!("{} {headers:?} {} {body}", self.status, self.text.len())
    }
}
