//! `rekey templates`: email templates as files, for Git.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::{CliError, Environment, block_on, print};
use crate::app::{App, World, renderer};
use crate::config::Settings;
use crate::domain::access::{Authority, Origin, Scope};
use crate::domain::ids::TenantId;
use crate::domain::mail::MailKind;
use crate::domain::template::{LanguageTag, Mark, Part, Reach, TemplateKind, TemplateParts};
use crate::mail::files::{TemplateFile, read_folder, write_folder};
use crate::mail::lint::{Origins, read};
use crate::mail::render::Renderer;
use crate::mail::templates;
use crate::store::applications;
use crate::workflows::email_templates::TransferredTemplate;

/// What to do with email templates.
#[derive(Debug, Clone, Args)]
pub struct TemplatesArgs {
    /// What to do with them.
    #[command(subcommand)]
    pub action: Action,
}

/// Whose templates.
#[derive(Debug, Clone, Args)]
pub struct Whose {
    /// Name or id of the application
    #[arg(long, value_name = "NAME")]
    pub application: String,
    /// Name or id of a tenant of it; the application's own templates when absent
    #[arg(long, value_name = "NAME")]
    pub tenant: Option<String>,
}

/// What to do with email templates.
#[derive(Debug, Clone, Subcommand)]
pub enum Action {
    /// Say what is wrong with the templates of a folder, with line and column
    Lint {
        /// The folder
        folder: PathBuf,
        /// Another origin that links may lead to, besides the public URL
        #[arg(long = "origin", value_name = "URL")]
        origins: Vec<String>,
    },
    /// Show a mail as it would be sent, from its sample
    Render {
        /// The kind, for example `PASSWORD_RESET_LINK`
        #[arg(long, value_name = "KIND")]
        kind: String,
        /// The language
        #[arg(long, value_name = "TAG", default_value = "en")]
        locale: String,
        /// A folder with templates; only the built-in ones when absent
        #[arg(long)]
        folder: Option<PathBuf>,
        /// subject, preheader, text or html; subject and text when absent
        #[arg(long)]
        part: Option<String>,
    },
    /// Write templates to a folder: those of an application or a tenant, or the built-in ones
    Export {
        /// The folder
        folder: PathBuf,
        /// Name or id of the application; the built-in templates when absent
        #[arg(long, value_name = "NAME")]
        application: Option<String>,
        /// Name or id of a tenant of it
        #[arg(long, value_name = "NAME", requires = "application")]
        tenant: Option<String>,
    },
    /// Publish the templates of a folder, all of them or none
    Import {
        /// The folder
        folder: PathBuf,
        /// Whose templates they become
        #[command(flatten)]
        whose: Whose,
        /// What there is to say about the change
        #[arg(long)]
        note: Option<String>,
    },
}

/// Runs the command.
///
/// # Errors
/// When the settings cannot be used, or something is wrong with the templates.
pub fn run(args: &TemplatesArgs, env: Environment) -> Result<(), CliError> {
    let settings = Settings::load(env)?;
    match &args.action {
        Action::Lint { folder, origins } => lint(&settings, folder, origins),
        Action::Render { kind, locale, folder, part } => {
            render(&settings, (kind, locale), folder.as_deref(), part.as_deref())
        }
        Action::Export { folder, application: None, .. } => export_built_in(&settings, folder),
        Action::Export { folder, application: Some(application), tenant } => {
            let whose = Whose { application: application.clone(), tenant: tenant.clone() };
            block_on(export(settings, folder, &whose))
        }
        Action::Import { folder, whose, note } => block_on(import(settings, folder, whose, note.as_deref())),
    }
}

fn lint(settings: &Settings, folder: &Path, origins: &[String]) -> Result<(), CliError> {
    let renderer = renderer(settings)?;
    let named = origins.iter().map(String::as_str).chain([settings.server.public_url.as_str()]);
    let origins = Origins::of(named);
    let files = read_folder(folder)?;
    let (mut report, mut errors) = (String::new(), 0);
    for file in &files {
        let reading = read(file.kind, &file.parts, &origins, &renderer);
        errors += reading.marks.iter().filter(|mark| mark.is_error()).count();
        report.push_str(&lines(file, &reading.marks));
    }
    let _ = writeln!(report, "{} templates, {errors} errors", files.len());
    print(&report)?;
    if errors == 0 { Ok(()) } else { Err(CliError::new(format!("{errors} errors"))) }
}

/// Remarks in the form that editors follow: `path:line:column: …`.
fn lines(file: &TemplateFile, marks: &[Mark]) -> String {
    let line = |mark: &Mark| {
        let (path, severity) = (file.path_of(mark.part), if mark.is_error() { "error" } else { "warning" });
        let (line, column, code, message) = (mark.line, mark.column, mark.code, &mark.message);
        format!("{}:{line}:{column}: {severity}: {message} [{code}]\n", path.display())
    };
    marks.iter().map(line).collect()
}

fn render(
    settings: &Settings,
    (kind, locale): (&str, &str),
    folder: Option<&Path>,
    part: Option<&str>,
) -> Result<(), CliError> {
    let kinds = || MailKind::ALL.map(MailKind::as_str).join(", ");
    let kind = MailKind::parse(kind).ok_or_else(|| CliError::new(format!("there is no kind {kind}: {}", kinds())))?;
    let locale = LanguageTag::parse(locale).ok_or_else(|| CliError::new(format!("{locale} is no language tag")))?;
    let renderer = renderer(settings)?;
    let mut set = renderer.built_in_set(kind, locale.clone())?;
    if let Some(folder) = folder {
        for (part, compiled) in of_folder(&renderer, folder, kind, &locale)? {
            if let Some(place) = Part::ALL.iter().position(|one| *one == part).and_then(|at| set.parts.get_mut(at)) {
                *place = std::sync::Arc::new(compiled);
            }
        }
    }
    let mail = renderer.preview(kind, &[], &set)?;
    match part {
        None => print(&format!("Subject: {}\n\n{}\n", mail.subject, mail.text)),
        Some("subject") => print(&format!("{}\n", mail.subject)),
        Some("preheader") => print(&format!("{}\n", mail.preheader)),
        Some("text") => print(&mail.text),
        Some("html") => print(&mail.html),
        Some(other) => Err(CliError::new(format!("there is no part {other}: subject, preheader, text or html"))),
    }
}

/// The templates of a folder for a mail: those of its language before those
/// for any.
fn of_folder(
    renderer: &Renderer,
    folder: &Path,
    kind: MailKind,
    locale: &LanguageTag,
) -> Result<Vec<(Part, crate::mail::language::Compiled)>, CliError> {
    let mut compiled = Vec::new();
    let files = read_folder(folder)?;
    for reach in [Reach::Any].into_iter().chain(Some(Reach::In(locale.clone()))) {
        for file in files.iter().filter(|file| file.reach == reach) {
            if !matches!(file.kind, TemplateKind::Layout) && file.kind != TemplateKind::Mail(kind) {
                continue;
            }
            let reading = read(file.kind, &file.parts, &Origins::default(), renderer);
            let parts = file.parts.sources().count();
            if reading.compiled.len() < parts {
                return Err(CliError::new(lines(file, &reading.marks)));
            }
            compiled.extend(reading.compiled);
        }
    }
    Ok(compiled)
}

fn export_built_in(settings: &Settings, folder: &Path) -> Result<(), CliError> {
    let renderer = renderer(settings)?;
    let mut files: Vec<TemplateFile> = Vec::new();
    for kind in TemplateKind::all() {
        let mut parts = TemplateParts::default();
        for (_, part) in templates::parts().filter(|(one, _)| *one == kind) {
            parts.set(part, renderer.source(kind, part).unwrap_or_default().to_owned());
        }
        files.push(TemplateFile { kind, reach: Reach::Any, parts });
    }
    written(folder, &files)
}

fn written(folder: &Path, files: &[TemplateFile]) -> Result<(), CliError> {
    let count = write_folder(folder, files).map_err(|error| CliError::new(format!("{}: {error}", folder.display())))?;
    print(&format!("{count} files in {}\n", folder.display()))
}

async fn export(settings: Settings, folder: &Path, whose: &Whose) -> Result<(), CliError> {
    let app = App::build(settings, World::default(), false, false).await?;
    let (authority, tenant) = find(&app, whose).await?;
    let exported = app.engine.export_templates(authority.scope(), tenant).await?;
    let file = |template: TransferredTemplate| TemplateFile {
        kind: template.kind,
        reach: template.reach,
        parts: template.parts,
    };
    written(folder, &exported.into_iter().map(file).collect::<Vec<_>>())
}

async fn import(settings: Settings, folder: &Path, whose: &Whose, note: Option<&str>) -> Result<(), CliError> {
    let app = App::build(settings, World::default(), false, false).await?;
    let (authority, tenant) = find(&app, whose).await?;
    let files = read_folder(folder)?;
    let template = |file: &TemplateFile| TransferredTemplate {
        kind: file.kind,
        reach: file.reach.clone(),
        parts: file.parts.clone(),
    };
    let wanted: Vec<TransferredTemplate> = files.iter().map(template).collect();
    // Everything that is wrong is said, not only the first of it.
    let marks = app.engine.lint_templates(authority.scope(), tenant, &wanted).await?;
    let report: String = files.iter().zip(&marks).map(|(file, marks)| lines(file, marks)).collect();
    print(&report)?;
    if marks.iter().flatten().any(Mark::is_error) {
        return Err(CliError::new("nothing was imported"));
    }
    let done = app.engine.import_templates(&authority, tenant, wanted, note).await?;
    print(&format!("{} published, {} unchanged\n", done.published, done.unchanged))
}

/// The application and tenant that are named.
async fn find(app: &App, whose: &Whose) -> Result<(Authority, Option<TenantId>), CliError> {
    let database = app.engine.database.read();
    let found = applications::find_public(database, Some(&whose.application)).await?;
    let application = found.ok_or_else(|| CliError::new(format!("there is no application {}", whose.application)))?;
    let scope = Scope::of_record(application.id);
    let tenant = match &whose.tenant {
        None => None,
        Some(name) => {
            let found = applications::find_tenant_by_name(database, &scope, name).await?;
            Some(found.ok_or_else(|| CliError::new(format!("there is no tenant {name}")))?.id)
        }
    };
    Ok((Authority::new(scope, Origin::command_line()), tenant))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        let env = [("REKEY_PROFILE", "test"), ("REKEY__SERVER__PUBLIC_URL", "https://rekey.test")];
        Settings::load(env.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()).unwrap()
    }

    #[test]
    fn what_is_built_in_can_be_exported_and_has_no_faults() {
        let (folder, settings) = (tempfile::tempdir().unwrap(), settings());
        export_built_in(&settings, folder.path()).unwrap();
        lint(&settings, folder.path(), &[]).unwrap();
        assert!(folder.path().join("password-reset-link/html.hbs").is_file());
        render(&settings, ("PASSWORD_RESET_LINK", "de"), Some(folder.path()), Some("html")).unwrap();
    }

    #[test]
    fn a_fault_is_told_in_the_form_that_editors_follow() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("test/de")).unwrap();
        std::fs::write(folder.path().join("test/de/subject.hbs"), "a {{nonsense}}").unwrap();
        let files = read_folder(folder.path()).unwrap();
        let marks = read(files[0].kind, &files[0].parts, &Origins::default(), &renderer(&settings()).unwrap()).marks;
        let told = lines(&files[0], &marks);
        assert!(told.starts_with("test/de/subject.hbs:1:3: error: There is no variable"), "{told}");
        let settings = settings();
        assert!(lint(&settings, folder.path(), &[]).is_err());
        assert!(render(&settings, ("TEST", "de"), Some(folder.path()), None).is_err());
        assert!(render(&settings, ("NOTHING", "de"), None, None).is_err());
    }
}
