//! Where the text of the built-in templates comes from: compiled into the
//! binary, and file by file from a folder that overrides it. One layout per
//! format, and four parts per kind: `<kind>/{subject,preheader,text,html}.hbs`.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};
use thiserror::Error;

use super::language::MAX_TEMPLATE_BYTES;
use crate::domain::template::{Part, TemplateKind};

static BUILT_IN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates/email");

/// The layout around text bodies.
pub const TEXT_LAYOUT: &str = "layout.text.hbs";
/// The layout around HTML bodies.
pub const HTML_LAYOUT: &str = "layout.html.hbs";

/// The folder of a kind, for example `password-reset-link`.
#[must_use]
pub fn folder_of(kind: TemplateKind) -> String {
    kind.as_str().to_ascii_lowercase().replace('_', "-")
}

/// The path of a part inside the template folder, for example
/// `password-reset-link/subject.hbs`.
#[must_use]
pub fn path_of(kind: TemplateKind, part: Part) -> String {
    match part {
        Part::Layout => HTML_LAYOUT.to_owned(),
        _ => format!("{}/{}.hbs", folder_of(kind), part.as_str()),
    }
}

/// Every kind with its parts, the text layout left out.
pub fn parts() -> impl Iterator<Item = (TemplateKind, Part)> {
    TemplateKind::all().flat_map(|kind| kind.parts().iter().map(move |part| (kind, *part)))
}

/// Every path there is.
pub fn paths() -> impl Iterator<Item = String> {
    std::iter::once(TEXT_LAYOUT.to_owned()).chain(parts().map(|(kind, part)| path_of(kind, part)))
}

/// Templates that could not be loaded.
#[derive(Debug, Error)]
pub enum LoadError {
    /// A file or folder could not be read.
    #[error("cannot read the email template {}: {source}", path.display())]
    Unreadable {
        /// What was read.
        path: PathBuf,
        /// Why it failed.
        source: std::io::Error,
    },
    /// Over [`MAX_TEMPLATE_BYTES`].
    #[error("the email template {} is over 128 KiB", .0.display())]
    TooLarge(PathBuf),
    /// A file whose name means nothing: a misspelt override would go unnoticed.
    #[error("{} is not the name of an email template", .0.display())]
    Unknown(PathBuf),
    /// A built-in template is missing from this build.
    #[error("the built-in email template {0} is missing")]
    Missing(String),
}

/// The text of a built-in template, by its path.
///
/// # Errors
/// When this build has none of that name.
pub fn built_in(path: &str) -> Result<&'static str, LoadError> {
    let text = BUILT_IN.get_file(path).and_then(|file| file.contents_utf8());
    text.ok_or_else(|| LoadError::Missing(path.to_owned()))
}

/// Loads every template by path, taking a file from `overrides` where there is one.
pub fn load(overrides: Option<&Path>) -> Result<HashMap<String, String>, LoadError> {
    let mut sources = HashMap::new();
    for path in paths() {
        let text = built_in(&path)?.to_owned();
        sources.insert(path, text);
    }
    if let Some(folder) = overrides {
        for file in files_below(folder)? {
            let name = file.strip_prefix(folder).unwrap_or(&file).to_string_lossy().replace('\\', "/");
            let source = sources.get_mut(&name).ok_or_else(|| LoadError::Unknown(file.clone()))?;
            *source = read(&file)?;
        }
    }
    Ok(sources)
}

/// What lies beside the email templates in the folder: the texts of `locales`.
const NOT_OURS: &str = "locales";

/// The files of a folder and of the folders in it, without hidden ones.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>, LoadError> {
    let mut files = Vec::new();
    for path in entries(folder)? {
        if path == folder.join(NOT_OURS) {
            continue;
        }
        if path.is_dir() {
            files.extend(entries(&path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}

/// What lies in a folder, without hidden files, in the order of the names.
///
/// # Errors
/// When it cannot be read.
pub fn entries(folder: &Path) -> Result<Vec<PathBuf>, LoadError> {
    let unreadable = |source| LoadError::Unreadable { path: folder.to_owned(), source };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        if !entry.file_name().to_string_lossy().starts_with('.') {
            paths.push(entry.path());
        }
    }
    paths.sort();
    Ok(paths)
}

/// Reads a template.
///
/// # Errors
/// When it cannot be read or is over [`MAX_TEMPLATE_BYTES`].
pub fn read(file: &Path) -> Result<String, LoadError> {
    let unreadable = |source| LoadError::Unreadable { path: file.to_owned(), source };
    if std::fs::metadata(file).map_err(unreadable)?.len() > MAX_TEMPLATE_BYTES as u64 {
        return Err(LoadError::TooLarge(file.to_owned()));
    }
    std::fs::read_to_string(file).map_err(unreadable)
}
