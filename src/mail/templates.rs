//! Where template text comes from: compiled into the binary, and file by file
//! from a folder that overrides it. One layout per format, and four parts per
//! kind: `<kind>/{subject,preheader,text,html}.hbs`.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};
use thiserror::Error;

use crate::domain::mail::MailKind;

static BUILT_IN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates/email");

/// The largest template, in bytes.
pub const MAX_TEMPLATE_BYTES: u64 = 128 * 1024;

/// The parts of a mail that have a template of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// One line.
    Subject,
    /// What an inbox shows beside the subject.
    Preheader,
    /// The body as plain text.
    Text,
    /// The body as HTML.
    Html,
}

impl Part {
    /// Every part.
    pub const ALL: [Self; 4] = [Self::Subject, Self::Preheader, Self::Text, Self::Html];

    /// Its name, for example `subject`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Preheader => "preheader",
            Self::Text => "text",
            Self::Html => "html",
        }
    }
}

/// The layout around text bodies.
pub const TEXT_LAYOUT: &str = "layout.text.hbs";
/// The layout around HTML bodies.
pub const HTML_LAYOUT: &str = "layout.html.hbs";

/// The path of a part inside the template folder, for example
/// `password-reset-link/subject.hbs`.
#[must_use]
pub fn path_of(kind: MailKind, part: Part) -> String {
    format!("{}/{}.hbs", kind.as_str().to_ascii_lowercase().replace('_', "-"), part.as_str())
}

/// Every path there is.
pub fn paths() -> impl Iterator<Item = String> {
    let parts = MailKind::ALL.into_iter().flat_map(|kind| Part::ALL.map(|part| path_of(kind, part)));
    [TEXT_LAYOUT.to_owned(), HTML_LAYOUT.to_owned()].into_iter().chain(parts)
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

/// Loads every template by path, taking a file from `overrides` where there is one.
pub fn load(overrides: Option<&Path>) -> Result<HashMap<String, String>, LoadError> {
    let mut sources = HashMap::new();
    for path in paths() {
        let file = BUILT_IN.get_file(&path).and_then(|file| file.contents_utf8());
        let text = file.ok_or_else(|| LoadError::Missing(path.clone()))?;
        sources.insert(path, text.to_owned());
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

/// The files of a folder and of the folders in it, without hidden ones.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>, LoadError> {
    let mut files = Vec::new();
    for path in entries(folder)? {
        if path.is_dir() {
            files.extend(entries(&path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, LoadError> {
    let unreadable = |source| LoadError::Unreadable { path: folder.to_owned(), source };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        if !entry.file_name().to_string_lossy().starts_with('.') {
            paths.push(entry.path());
        }
    }
    Ok(paths)
}

fn read(file: &Path) -> Result<String, LoadError> {
    let unreadable = |source| LoadError::Unreadable { path: file.to_owned(), source };
    if std::fs::metadata(file).map_err(unreadable)?.len() > MAX_TEMPLATE_BYTES {
        return Err(LoadError::TooLarge(file.to_owned()));
    }
    std::fs::read_to_string(file).map_err(unreadable)
}
