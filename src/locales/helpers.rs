//! What templates may call, in the language that their data names as `locale`
//! (a tag at the root; `en` when there is none):
//!
//! - `{{t "key" name=value}}`: a text with its arguments. A text that the code
//!   chose comes as an object, [`Said`], in place of the key.
//! - `{{moment expiresAt}}`: a time (RFC 3339) for people.
//! - `{{duration 90}}`: seconds for people.
//!
//! They return values, so a registry that escapes escapes them whole.

use std::sync::Arc;
use std::time::Duration;

use fluent_bundle::FluentValue;
use handlebars::{Context, Handlebars, Helper, HelperDef, RenderContext, RenderError, RenderErrorReason, ScopedJson};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{Arg, Locales, LocalesError};
use crate::domain::clock::Timestamp;
use crate::domain::locale::Locale;

/// What a template is about to be rendered to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// HTML: arguments keep the invisible marks that set them apart where the
    /// text runs from right to left.
    Html,
    /// A subject or a plain text, where such marks would break links and
    /// headers.
    Plain,
}

/// A text that the code chose, for the data of a template: `{{t said}}`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Said {
    key: &'static str,
    args: Map<String, Value>,
}

impl Said {
    /// A text without arguments.
    #[must_use]
    pub fn new(key: &'static str) -> Self {
        Self { key, args: Map::new() }
    }

    /// The same with an argument: a text or a number.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.args.insert(name.to_owned(), value.into());
        self
    }
}

/// Registers the helpers. `output` says what the registry's templates write.
pub fn register(registry: &mut Handlebars<'_>, locales: &Arc<Locales>, output: Output) {
    for (name, work) in [("t", text as Work), ("moment", moment), ("duration", duration)] {
        registry.register_helper(name, Box::new(InLanguage { locales: Arc::clone(locales), output, work }));
    }
}

type Work = fn(&Locales, Locale, &Helper<'_>) -> Result<String, Wrong>;

/// Why a helper cannot answer.
enum Wrong {
    Text(LocalesError),
    Argument(&'static str),
}

impl From<LocalesError> for Wrong {
    fn from(error: LocalesError) -> Self {
        Self::Text(error)
    }
}

struct InLanguage {
    locales: Arc<Locales>,
    output: Output,
    work: Work,
}

impl HelperDef for InLanguage {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        context: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        let tag = context.data().get("locale").and_then(Value::as_str);
        let locale = tag.and_then(Locale::nearest).unwrap_or_default();
        let text = (self.work)(&self.locales, locale, helper).map_err(|wrong| {
            RenderErrorReason::Other(match wrong {
                Wrong::Text(error) => error.to_string(),
                Wrong::Argument(wanted) => format!("{{{{{}}}}} needs {wanted}", helper.name()),
            })
        })?;
        let text = match self.output {
            Output::Html => text,
            Output::Plain => text.replace(['\u{2068}', '\u{2069}'], ""),
        };
        Ok(ScopedJson::Derived(Value::String(text)))
    }
}

fn text(locales: &Locales, locale: Locale, helper: &Helper<'_>) -> Result<String, Wrong> {
    let said = helper.param(0).map(handlebars::PathAndJson::value);
    let (key, given) = match said {
        Some(Value::String(key)) => (key.as_str(), None),
        Some(Value::Object(said)) => {
            let key = said.get("key").and_then(Value::as_str);
            (key.ok_or(Wrong::Argument("the name of a text"))?, said.get("args").and_then(Value::as_object))
        }
        _ => return Err(Wrong::Argument("the name of a text")),
    };
    let given = given.into_iter().flatten().map(|(name, value)| (name.as_str(), value));
    let named = helper.hash().iter().map(|(name, value)| (*name, value.value()));
    let args: Vec<Arg<'_>> = given.chain(named).filter_map(|(name, value)| Some((name, argument(value)?))).collect();
    Ok(locales.text(locale, key, &args)?)
}

/// A text or a number; whatever else stays missing, which the text then says.
fn argument(value: &Value) -> Option<FluentValue<'_>> {
    match value {
        Value::String(text) => Some(text.as_str().into()),
        Value::Number(number) => number.as_f64().map(Into::into),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn moment(locales: &Locales, locale: Locale, helper: &Helper<'_>) -> Result<String, Wrong> {
    let at = helper.param(0).and_then(|param| param.value().as_str()).and_then(Timestamp::parse);
    Ok(locales.moment(locale, at.ok_or(Wrong::Argument("a time"))?)?)
}

fn duration(locales: &Locales, locale: Locale, helper: &Helper<'_>) -> Result<String, Wrong> {
    let seconds = helper.param(0).and_then(|param| param.value().as_u64());
    Ok(locales.duration(locale, Duration::from_secs(seconds.ok_or(Wrong::Argument("a number of seconds"))?))?)
}
