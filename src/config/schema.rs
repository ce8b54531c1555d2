//! Which settings exist and of which kind they are: what the embedded
//! `default.toml` says, so that no second list can disagree with it.

use std::collections::BTreeMap;

use config::{File, FileFormat, Map, Source, Value, ValueKind};

use super::problem::Problems;

/// Settings by their dotted name.
pub type Flat = BTreeMap<String, Value>;

/// Sections that operators name themselves, and the section whose settings each
/// of them has.
const NAMED: [(&str, &str); 1] = [("mail.transports.", "mail.smtp.")];

/// The longest name of such a section.
const LONGEST_NAME: usize = 40;

/// A setting of a named section: which section, and the setting of the model
/// section that it is like.
struct Named<'a> {
    section: &'a str,
    model: String,
}

impl<'a> Named<'a> {
    fn read(key: &'a str) -> Option<Self> {
        NAMED.iter().find_map(|(sections, model)| {
            let (name, setting) = key.strip_prefix(sections)?.split_once('.')?;
            let plain =
                name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte));
            let section = key.get(..sections.len() + name.len() + 1)?;
            let fits = plain && (1..=LONGEST_NAME).contains(&name.len());
            fits.then(|| Self { section, model: format!("{model}{setting}") })
        })
    }
}

/// Every setting with its default.
#[derive(Debug)]
pub struct Schema {
    defaults: Flat,
}

impl Schema {
    /// From the text of `default.toml`.
    ///
    /// # Errors
    /// The parser's message; a test keeps the embedded text readable.
    pub fn parse(text: &str) -> Result<Self, String> {
        Ok(Self { defaults: parse(text)? })
    }

    /// The defaults.
    #[must_use]
    pub const fn defaults(&self) -> &Flat {
        &self.defaults
    }

    /// Whether there is such a setting.
    #[must_use]
    pub fn knows(&self, key: &str) -> bool {
        self.default(key).is_some()
    }

    /// The default of a setting, also of one in a named section.
    fn default(&self, key: &str) -> Option<&Value> {
        self.defaults.get(key).or_else(|| self.defaults.get(&Named::read(key)?.model))
    }

    /// The defaults of the named sections that some settings are in, without
    /// their URLs: each has to name its own server.
    #[must_use]
    pub fn complete<'a>(&self, keys: impl Iterator<Item = &'a String>) -> Flat {
        let mut all = Flat::new();
        for named in keys.filter_map(|key| Named::read(key)) {
            let model =
                NAMED.iter().find(|(sections, _)| named.section.starts_with(sections)).map_or("", |(_, model)| *model);
            for (key, value) in self.defaults.iter().filter_map(|(key, value)| Some((key.strip_prefix(model)?, value)))
            {
                let value =
                    if key == "url" { Value::new(None, ValueKind::String(String::new())) } else { value.clone() };
                all.insert(format!("{}{key}", named.section), value);
            }
        }
        all
    }

    /// The setting whose name is the most similar.
    #[must_use]
    pub fn nearest(&self, key: &str) -> String {
        if let Some(named) = Named::read(key) {
            let model = self.nearest_known(&named.model);
            let setting = NAMED.iter().find_map(|(_, prefix)| model.strip_prefix(prefix));
            return setting.map_or_else(|| model.to_owned(), |setting| format!("{}{setting}", named.section));
        }
        self.nearest_known(key).to_owned()
    }

    fn nearest_known(&self, key: &str) -> &str {
        let distance = |known: &str| {
            // The right name in the wrong section is nearer than another name in the right one.
            let same_name = known.rsplit('.').next() == key.rsplit('.').next();
            (!same_name, strsim::damerau_levenshtein(known, key))
        };
        self.defaults.keys().min_by_key(|known| distance(known)).map_or("", String::as_str)
    }

    /// The settings of a file, without those that do not exist or are of the
    /// wrong kind, which become problems.
    pub fn accept_file(&self, name: &str, layer: Flat, problems: &mut Problems) -> Flat {
        let mut accepted = Flat::new();
        for (key, value) in layer {
            let Some(default) = self.default(&key) else {
                problems.add("", format!("{name}: there is no setting {key}; did you mean {}?", self.nearest(&key)));
                continue;
            };
            if same_kind(&default.kind, &value.kind) {
                accepted.insert(key, value);
            } else {
                problems.add(key, format!("has to be {} (in {name})", kind_name(&default.kind)));
            }
        }
        accepted
    }

    /// A text from the environment as the kind that the setting has.
    ///
    /// # Errors
    /// Which kind it has to be.
    pub fn read_text(&self, key: &str, text: &str) -> Result<Value, String> {
        let Some(default) = self.default(key) else { return Err("is no setting".into()) };
        let wrong = || format!("has to be {}", kind_name(&default.kind));
        let kind = match &default.kind {
            ValueKind::Boolean(_) => ValueKind::Boolean(text.trim().parse().map_err(|_| wrong())?),
            ValueKind::I64(_) => ValueKind::I64(text.trim().parse().map_err(|_| wrong())?),
            ValueKind::Array(items) => {
                let numbers = items.first().is_some_and(|item| matches!(item.kind, ValueKind::I64(_)));
                ValueKind::Array(read_list(text, numbers).ok_or_else(wrong)?)
            }
            _ => ValueKind::String(text.to_owned()),
        };
        Ok(Value::new(None, kind))
    }
}

/// Reads TOML into settings by dotted name.
///
/// # Errors
/// Where the text is wrong, without quoting the line: it may hold a secret.
pub fn parse(text: &str) -> Result<Flat, String> {
    let tree = File::from_str(text, FileFormat::Toml).collect().map_err(|error| {
        let message = error.to_string();
        let lines: Vec<&str> = message.lines().filter(|line| !line.contains('|')).collect();
        lines.join(": ")
    })?;
    let mut flat = Flat::new();
    flatten("", tree, &mut flat);
    Ok(flat)
}

fn flatten(prefix: &str, tree: Map<String, Value>, flat: &mut Flat) {
    for (name, value) in tree {
        let key = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
        match value.kind {
            ValueKind::Table(inner) => flatten(&key, inner, flat),
            _ => {
                flat.insert(key, value);
            }
        }
    }
}

fn read_list(text: &str, numbers: bool) -> Option<Vec<Value>> {
    let item = |item: &str| {
        let kind = if numbers { ValueKind::I64(item.parse().ok()?) } else { ValueKind::String(item.to_owned()) };
        Some(Value::new(None, kind))
    };
    text.split(',').map(str::trim).filter(|text| !text.is_empty()).map(item).collect()
}

fn same_kind(default: &ValueKind, given: &ValueKind) -> bool {
    match (default, given) {
        (ValueKind::Array(known), ValueKind::Array(items)) => {
            let text = ValueKind::String(String::new());
            let expected = known.first().map_or(&text, |item| &item.kind);
            items.iter().all(|item| same_kind(expected, &item.kind))
        }
        _ => std::mem::discriminant(default) == std::mem::discriminant(given),
    }
}

fn kind_name(kind: &ValueKind) -> &'static str {
    match kind {
        ValueKind::Boolean(_) => "true or false",
        ValueKind::I64(_) => "a whole number",
        ValueKind::Array(items) if items.is_empty() => "a list of texts",
        ValueKind::Array(_) => "a list of whole numbers",
        _ => "a text",
    }
}
