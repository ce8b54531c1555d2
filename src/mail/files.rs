//! Templates as files: `<kind>/{subject,preheader,text,html}.hbs`, or
//! `html.mjml`, and `layout.html.hbs`. Those of one language lie in a folder of
//! its tag: `<kind>/<locale>/…`, `<locale>/layout.html.hbs`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::templates::{HTML_LAYOUT, LoadError, TEXT_LAYOUT, entries, folder_of, read};
use crate::domain::template::{LanguageTag, Part, Reach, TemplateKind, TemplateParts};

/// A template of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateFile {
    /// Of what.
    pub kind: TemplateKind,
    /// For which language.
    pub reach: Reach,
    /// Its parts.
    pub parts: TemplateParts,
}

impl TemplateFile {
    /// The path of a part inside the folder.
    #[must_use]
    pub fn path_of(&self, part: Part) -> PathBuf {
        path_of(self.kind, &self.reach, file_of(&self.parts, part))
    }
}

/// The file of MJML.
const MJML: &str = "html.mjml";

fn file_of(parts: &TemplateParts, part: Part) -> &'static str {
    match part {
        Part::Subject => "subject.hbs",
        Part::Preheader => "preheader.hbs",
        Part::Text => "text.hbs",
        Part::Html if parts.mjml.is_some() => MJML,
        Part::Html => "html.hbs",
        Part::Layout => HTML_LAYOUT,
    }
}

fn path_of(kind: TemplateKind, reach: &Reach, file: &str) -> PathBuf {
    let folder = match kind {
        TemplateKind::Mail(_) => PathBuf::from(folder_of(kind)),
        TemplateKind::Layout => PathBuf::new(),
    };
    match reach {
        Reach::Any => folder.join(file),
        Reach::In(locale) => folder.join(locale.as_str()).join(file),
    }
}

/// Reads the templates of a folder. A file whose name means nothing is an
/// error: a misspelt one would go unnoticed.
///
/// # Errors
/// The first file that cannot be taken.
pub fn read_folder(folder: &Path) -> Result<Vec<TemplateFile>, LoadError> {
    let mut found: BTreeMap<(&'static str, Reach), TemplateFile> = BTreeMap::new();
    for file in files(folder, 2)? {
        let name = file.strip_prefix(folder).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        if name == TEXT_LAYOUT {
            continue;
        }
        let (kind, reach, part) = place_of(&name).ok_or_else(|| LoadError::Unknown(file.clone()))?;
        let source = read(&file)?;
        let template = found.entry((kind.as_str(), reach.clone())).or_insert_with(|| TemplateFile {
            kind,
            reach,
            parts: TemplateParts::default(),
        });
        let both = template.parts.source(Part::Html).is_some();
        match part {
            Some(Part::Html) | None if both => return Err(LoadError::Unknown(file)),
            Some(part) => template.parts.set(part, source),
            None => template.parts.mjml = Some(source),
        }
    }
    Ok(found.into_values().collect())
}

/// What a path is of; the part is none for MJML.
fn place_of(path: &str) -> Option<(TemplateKind, Reach, Option<Part>)> {
    let (folders, file) =
        path.rsplit_once('/').map_or((Vec::new(), path), |(folders, file)| (folders.split('/').collect(), file));
    let locale = |text: &str| LanguageTag::parse(text).filter(|tag| tag.as_str() == text).map(Reach::In);
    let kind = |text: &str| TemplateKind::all().find(|kind| *kind != TemplateKind::Layout && folder_of(*kind) == text);
    let (kind, reach) = match folders.as_slice() {
        [] => (TemplateKind::Layout, Reach::Any),
        [only] => match kind(only) {
            Some(kind) => (kind, Reach::Any),
            None => (TemplateKind::Layout, locale(only)?),
        },
        [first, second] => (kind(first)?, locale(second)?),
        _ => return None,
    };
    if file == MJML {
        return matches!(kind, TemplateKind::Mail(_)).then_some((kind, reach, None));
    }
    let parts = kind.parts().iter().copied();
    let part = parts.into_iter().find(|part| file_of(&TemplateParts::default(), *part) == file)?;
    Some((kind, reach, Some(part)))
}

fn files(folder: &Path, deeper: usize) -> Result<Vec<PathBuf>, LoadError> {
    let mut found = Vec::new();
    for path in entries(folder)? {
        match path.is_dir() {
            true if deeper > 0 => found.extend(files(&path, deeper - 1)?),
            true => return Err(LoadError::Unknown(path)),
            false => found.push(path),
        }
    }
    Ok(found)
}

/// Writes templates to a folder, which is made when missing.
///
/// # Errors
/// When a file cannot be written.
pub fn write_folder(folder: &Path, templates: &[TemplateFile]) -> std::io::Result<usize> {
    let mut written = 0;
    for template in templates {
        for (part, source) in template.parts.sources() {
            let path = folder.join(template.path_of(part));
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent)?;
            }
            std::fs::write(path, source)?;
            written += 1;
        }
    }
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::mail::MailKind;

    fn template(kind: TemplateKind, reach: &str, parts: &[(Part, &str)]) -> TemplateFile {
        let mut template = TemplateFile { kind, reach: Reach::parse(reach).unwrap(), parts: TemplateParts::default() };
        for (part, text) in parts {
            template.parts.set(*part, (*text).to_owned());
        }
        template
    }

    #[test]
    fn what_was_written_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let test = TemplateKind::Mail(MailKind::Test);
        let mut mjml = template(test, "pt-BR", &[(Part::Text, "t")]);
        mjml.parts.mjml = Some("<mjml/>".to_owned());
        let templates = vec![
            template(TemplateKind::Layout, "*", &[(Part::Layout, "{{{body}}}")]),
            template(TemplateKind::Layout, "de", &[(Part::Layout, "x{{{body}}}")]),
            template(test, "*", &[(Part::Subject, "a"), (Part::Html, "b")]),
            mjml,
        ];
        assert_eq!(write_folder(folder.path(), &templates).unwrap(), 6);
        assert!(folder.path().join("test/pt-BR/html.mjml").is_file());
        assert!(folder.path().join("de/layout.html.hbs").is_file());
        std::fs::write(folder.path().join(".gitkeep"), "").unwrap();
        assert_eq!(read_folder(folder.path()).unwrap(), templates);
    }

    #[test]
    fn a_file_that_means_nothing_is_refused() {
        for path in [
            "test/subjet.hbs",
            "tset/subject.hbs",
            "test/pt_br/text.hbs",
            "test/de/de/text.hbs",
            "x.hbs",
            "html.mjml",
            "de/html.hbs",
        ] {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(&file, "x").unwrap();
            assert!(matches!(read_folder(folder.path()), Err(LoadError::Unknown(_))), "{path}");
        }
    }

    #[test]
    fn html_is_written_in_one_language_or_the_other() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("test")).unwrap();
        for file in ["html.hbs", "html.mjml"] {
            std::fs::write(folder.path().join("test").join(file), "x").unwrap();
        }
        assert!(matches!(read_folder(folder.path()), Err(LoadError::Unknown(_))));
    }
}
