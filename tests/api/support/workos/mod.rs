//! What the WorkOS-compatible API may answer, and nothing else: every answer
//! of it that a test receives is held against `answers.json`.
//!
//! The file names objects with their keys and kinds of values, which object
//! goes with which error code, and for each route the statuses with the object
//! of a success or the codes of a failure. A key is required unless it ends in
//! `?`, a kind takes `null` if it does, and a key that is not listed is wrong.

mod shape;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rekey::http::problem::Dialect;
use reqwest::Method;
use serde::Deserialize;
use serde_json::Value;

use super::http::Answer;
pub use shape::Objects;

/// The longest `Retry-After`, in seconds: some SDKs sleep as long as they are
/// told.
const LONGEST_WAIT: u64 = 5;

/// What a status stands for.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Body {
    /// A success with this object; with no body if it is empty, and with one
    /// for people if it is `page`.
    Object(String),
    /// A failure with one of these codes.
    Codes(Vec<String>),
}

/// `answers.json`.
#[derive(Debug, Deserialize)]
pub struct Answers {
    #[serde(flatten)]
    objects: Objects,
    /// Which object an error with a code is; a plain one if it is not listed.
    codes: BTreeMap<String, String>,
    /// Failures that every route may answer with.
    everywhere: BTreeMap<u16, Vec<String>>,
    /// Statuses by method and path.
    pub routes: BTreeMap<String, BTreeMap<u16, Body>>,
}

static ANSWERS: LazyLock<Answers> =
    LazyLock::new(|| serde_json::from_str(include_str!("answers.json")).expect("answers.json can be read"));

/// The file.
pub fn answers() -> &'static Answers {
    &ANSWERS
}

/// Fails the test when an answer of this dialect is not as it has to be.
#[track_caller]
pub fn check(method: &Method, path: &str, answer: &Answer) {
    let path = path.split('?').next().unwrap_or_default();
    if Dialect::of(path) != Dialect::WorkOs {
        return;
    }
    if let Err(fault) = ANSWERS.judge(method, path, answer) {
        panic!("{method} {path} answered {} {}: {fault}", answer.status, answer.text);
    }
}

impl Answers {
    /// Whether every route may answer with a status.
    pub fn is_everywhere(&self, status: u16) -> bool {
        self.everywhere.contains_key(&status)
    }

    /// What is wrong with an answer.
    pub fn judge(&self, method: &Method, path: &str, answer: &Answer) -> Result<(), String> {
        headers(answer)?;
        if *method == Method::HEAD {
            return if answer.text.is_empty() { Ok(()) } else { Err("HEAD is answered with a body".to_owned()) };
        }
        let verb = method.as_str();
        match self.route(verb, path).and_then(|statuses| statuses.get(&answer.status)) {
            Some(Body::Object(name)) if name.is_empty() && answer.text.is_empty() => return Ok(()),
            Some(Body::Object(name)) if name == "page" => return page(answer),
            Some(Body::Object(name)) => {
                json(answer)?;
                return self.objects.check(name, &answer.body, "");
            }
            Some(Body::Codes(_)) | None => {}
        }
        json(answer)?;
        let code = ["code", "error"].into_iter().find_map(|key| answer.body[key].as_str()).unwrap_or_default();
        if !self.expects(verb, path, answer.status, code) {
            return Err(format!("it must not answer {} with the code {code:?}", answer.status));
        }
        let object = self.codes.get(code).map_or("plain", String::as_str);
        self.objects.check(object, &answer.body, "")
    }

    fn expects(&self, verb: &str, path: &str, status: u16, code: &str) -> bool {
        let route = self.route(verb, path);
        let listed = match route.and_then(|statuses| statuses.get(&status)) {
            Some(Body::Codes(codes)) => codes.iter().any(|listed| listed == code),
            Some(Body::Object(_)) | None => false,
        };
        let everywhere = self.everywhere.get(&status).is_some_and(|codes| codes.iter().any(|listed| listed == code));
        listed || everywhere || (route.is_none() && (status, code) == (404, "not_found"))
    }

    /// The route that a path belongs to; among several the one that spells
    /// out most of it.
    fn route(&self, verb: &str, path: &str) -> Option<&BTreeMap<u16, Body>> {
        let fitting = self.routes.iter().filter_map(|(route, statuses)| {
            let (method, template) = route.split_once(' ')?;
            (method == verb).then_some(())?;
            Some((spelt_out(template, path)?, statuses))
        });
        fitting.max_by_key(|(literal, _)| *literal).map(|(_, statuses)| statuses)
    }
}

/// How many segments of a path stand in its template, if it fits. Doubled
/// slashes count as one.
fn spelt_out(template: &str, path: &str) -> Option<usize> {
    let segments = |text: &str| -> Vec<String> {
        text.split('/').filter(|segment| !segment.is_empty()).map(str::to_owned).collect()
    };
    let (template, path) = (segments(template), segments(path));
    let same = template.len() == path.len();
    let fits = same && template.iter().zip(&path).all(|(named, given)| named.starts_with('{') || named == given);
    fits.then(|| template.iter().filter(|segment| !segment.starts_with('{')).count())
}

fn page(answer: &Answer) -> Result<(), String> {
    let html = answer.headers.get("content-type").is_some_and(|kind| kind.starts_with("text/html"));
    if html { Ok(()) } else { Err("it is no page".to_owned()) }
}

fn json(answer: &Answer) -> Result<(), String> {
    let kind = answer.headers.get("content-type").map_or("", String::as_str);
    if kind != "application/json" || !answer.body.is_object() {
        return Err(format!("it is no JSON object of type application/json but {kind:?}"));
    }
    Ok(())
}

fn headers(answer: &Answer) -> Result<(), String> {
    let named = answer.headers.get("x-request-id").map_or("", String::as_str);
    if shape::is_id(named, "req") {
        let wait = answer.headers.get("retry-after").map(|value| value.parse::<u64>());
        return match (answer.status, wait) {
            (429 | 503, Some(Ok(1..=LONGEST_WAIT))) => Ok(()),
            (429 | 503, wait) => Err(format!("it does not say well when to retry: {wait:?}")),
            _ => Ok(()),
        };
    }
    Err(format!("it has no X-Request-ID but {named:?}"))
}

/// A JSON value as an answer, for the tests of the judgement itself.
pub fn answer(status: u16, body: &Value) -> Answer {
    let headers = [("content-type", "application/json"), ("x-request-id", "req_01JH0000000000000000000000")];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    Answer { status, headers, text: body.to_string(), body: body.clone() }
}
