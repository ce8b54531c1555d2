//! Puts the layers on top of each other: embedded default, profile, the file
//! named by `REKEY_CONFIG`, environment.

use std::collections::BTreeMap;
use std::path::Path;

use config::{Config, Value, ValueKind};
use serde::de::DeserializeOwned;

use super::problem::{Problems, env_name};
use super::profile::Profile;
use super::schema::{Flat, Schema, parse};

const DEFAULT: &str = include_str!("../../config/default.toml");
const PREFIX: &str = "REKEY__";

/// The environment, as given to the process.
pub type Environment = BTreeMap<String, String>;

/// The merged layers.
pub struct Merged {
    config: Config,
}

impl Merged {
    /// Merges all layers; whatever is wrong becomes a problem.
    pub fn read(profile: Profile, env: &Environment, problems: &mut Problems) -> Option<Self> {
        let schema = Schema::parse(DEFAULT).map_err(|error| problems.add("", error)).ok()?;
        let mut layers = vec![schema.defaults().clone()];
        let embedded = parse(profile.settings()).map_err(|error| problems.add("", error)).ok()?;
        layers.push(schema.accept_file(profile.as_str(), embedded, problems));
        if let Some(path) = env.get("REKEY_CONFIG").filter(|path| !path.is_empty()) {
            match read_file(Path::new(path)) {
                Ok(file) => layers.push(schema.accept_file(path, file, problems)),
                Err(error) => problems.add("", format!("REKEY_CONFIG: {path}: {error}")),
            }
        }
        layers.push(from_environment(&schema, env, problems));
        if let Some(filter) = env.get("RUST_LOG").filter(|filter| !filter.is_empty()) {
            let filter = Value::new(None, ValueKind::String(filter.clone()));
            layers.push(Flat::from([("telemetry.log_filter".into(), filter)]));
        }
        let named = schema.complete(layers.iter().flat_map(Flat::keys));
        layers.insert(0, named);
        let config = merge(layers).map_err(|error| problems.add("", error.to_string())).ok()?;
        Some(Self { config })
    }

    /// One section, as its type.
    pub fn section<T: DeserializeOwned>(&self, name: &str, problems: &mut Problems) -> Option<T> {
        let table = self.config.get_table(name).unwrap_or_default();
        Value::new(None, ValueKind::Table(table))
            .try_deserialize()
            .map_err(|error| {
                let (key, text) = explain(&error);
                problems.add(format!("{name}.{key}"), text);
            })
            .ok()
    }
}

fn merge(layers: Vec<Flat>) -> Result<Config, config::ConfigError> {
    let mut builder = Config::builder();
    for (key, value) in layers.into_iter().flatten() {
        builder = builder.set_override(key, value)?;
    }
    builder.build()
}

fn read_file(path: &Path) -> Result<Flat, String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    parse(&text)
}

/// The settings that the environment names, each checked against the schema.
fn from_environment(schema: &Schema, env: &Environment, problems: &mut Problems) -> Flat {
    let mut layer = Flat::new();
    for (name, text) in env {
        let Some(rest) = name.strip_prefix(PREFIX) else { continue };
        let key = rest.to_lowercase().replace("__", ".");
        // A setting's own name wins: `secrets.keys_file` is not the file variant of `secrets.keys`.
        let (key, text) = if schema.knows(&key) {
            (key, Ok(text.clone()))
        } else if let Some(stem) = key.strip_suffix("_file").filter(|stem| schema.knows(stem)) {
            if env.contains_key(&env_name(stem)) {
                problems.add(stem, format!("is given twice, by {} and by {name}; keep one", env_name(stem)));
            }
            (stem.to_owned(), read_value_file(text))
        } else {
            let nearest = env_name(&schema.nearest(&key));
            problems.add("", format!("there is no setting {name}; did you mean {nearest}?"));
            continue;
        };
        match text.and_then(|text| schema.read_text(&key, &text)) {
            Ok(value) => {
                layer.insert(key, value);
            }
            Err(error) => problems.add(key, error),
        }
    }
    layer
}

/// The value in a file, without the line end that editors add.
fn read_value_file(path: &str) -> Result<String, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("cannot read {path}: {error}"))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

/// Which setting of the section an error is about, and what it says.
fn explain(error: &config::ConfigError) -> (String, String) {
    use config::ConfigError::{At, NotFound, Type};
    match error {
        At { error, key, .. } => {
            let (inner, text) = explain(error);
            let key = key.clone().unwrap_or_default();
            (if inner.is_empty() { key } else { format!("{key}.{inner}") }, text)
        }
        Type { expected, key, .. } => (key.clone().unwrap_or_default(), format!("has to be {expected}")),
        NotFound(key) => (key.clone(), "is missing".into()),
        other => (String::new(), other.to_string()),
    }
}
