//! Where texts come from: compiled into the binary, or a folder.

use std::path::{Path, PathBuf};

use fluent_bundle::FluentResource;
use include_dir::{Dir, include_dir};

use super::LocalesError;
use crate::domain::locale::Locale;

static BUILT_IN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates/locales");

/// The largest file, in bytes.
const MAX_FILE_BYTES: u64 = 256 * 1024;

/// A file of texts of one language.
pub(super) struct File {
    /// The language.
    pub locale: Locale,
    /// Its name for people, for example `de/pages.ftl`.
    pub name: String,
    /// What stands in it.
    pub content: String,
}

impl File {
    /// Reads it as Fluent.
    pub fn parse(&self) -> Result<FluentResource, LocalesError> {
        FluentResource::try_new(self.content.clone()).map_err(|(_, problems)| {
            let said = problems.first().map(|problem| {
                let entry = problem.slice.as_ref().map_or(problem.pos.start, |entry| entry.start);
                let before = self.content.get(..entry).unwrap_or(&self.content);
                format!("line {}: {}", before.matches('\n').count() + 1, problem.kind)
            });
            LocalesError::Invalid { file: self.name.clone(), reason: said.unwrap_or_default() }
        })
    }
}

/// The files that were compiled in.
pub(super) fn built_in() -> Vec<File> {
    let files_of = |locale: Locale| {
        let folder = BUILT_IN.get_dir(locale.as_str());
        folder.into_iter().flat_map(Dir::files).filter_map(move |file| {
            let name = file.path().to_string_lossy().replace('\\', "/");
            Some(File { locale, name, content: file.contents_utf8()?.to_owned() })
        })
    };
    Locale::ALL.into_iter().flat_map(files_of).collect()
}

/// The files of a folder: `<tag>/<any name>.ftl`. Anything else in it, beside
/// hidden files, is refused, for a misspelt one would go unnoticed.
pub(super) fn in_folder(folder: &Path) -> Result<Vec<File>, LocalesError> {
    let mut files = Vec::new();
    for inner in entries(folder)? {
        let tag = inner.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let locale = Locale::parse(&tag).filter(|_| inner.is_dir());
        let locale = locale.ok_or_else(|| unfit(&inner, "not a folder named after one of the languages"))?;
        for path in entries(&inner)? {
            if path.extension().is_none_or(|extension| extension != "ftl") {
                return Err(unfit(&path, "not a file of texts (.ftl)"));
            }
            files.push(File { locale, name: path.display().to_string(), content: read(&path)? });
        }
    }
    Ok(files)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, LocalesError> {
    let unreadable = |source| LocalesError::Unreadable { path: folder.to_owned(), source };
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

fn read(path: &Path) -> Result<String, LocalesError> {
    let unreadable = |source| LocalesError::Unreadable { path: path.to_owned(), source };
    if std::fs::metadata(path).map_err(unreadable)?.len() > MAX_FILE_BYTES {
        return Err(unfit(path, "over 256 KiB"));
    }
    std::fs::read_to_string(path).map_err(unreadable)
}

fn unfit(path: &Path, reason: &'static str) -> LocalesError {
    LocalesError::Unfit { path: path.to_owned(), reason }
}
