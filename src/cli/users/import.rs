//! `rekey users import`: batch by batch, going on where it was interrupted.

use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal as _, Seek as _, Write as _};
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::app::{App, World};
use crate::cli::{CliError, print};
use crate::config::Settings;
use crate::domain::access::{Authority, Origin};
use crate::workflows::import::{BATCH, Candidate, ImportAuthority, Imported, LineRefusal};

use super::checkpoint::{Checkpoint, Progress, subject, with_ending};
use super::lines::{Record, Records};
use super::place::Place;
use super::{Format, ImportArgs};

/// Imports a file.
pub async fn import(args: &ImportArgs, settings: Settings) -> Result<(), CliError> {
    let app = App::build(settings, World::default(), false, false).await?;
    let place = Place::find(&app.engine.database, &args.whose).await?;
    let scope = place.scope();
    let authority = ImportAuthority {
        authority: Authority::new(scope.clone(), Origin::command_line()),
        protected: Some(scope),
        tenant: place.tenant.unwrap_or(place.application.default_tenant),
    };
    let mut run = Run::begin(args, &authority)?;
    let outcome = run.all(&app, &authority).await;
    run.bar.finish_and_clear();
    outcome?;
    run.end(args)
}

/// An import under way.
struct Run {
    records: Records,
    checkpoint: Checkpoint,
    progress: Progress,
    rejects: Rejects,
    bar: ProgressBar,
}

impl Run {
    fn begin(args: &ImportArgs, authority: &ImportAuthority) -> Result<Self, CliError> {
        let wrong = |error: io::Error| CliError::new(format!("{}: {error}", args.file.display()));
        let place = format!("{} {}", authority.authority.scope().application(), authority.tenant);
        let name = subject(&args.file, &place).map_err(wrong)?;
        let checkpoint = Checkpoint::beside(&args.file);
        let mut records = Records::open(&args.file, Format::of(args.format, Some(&args.file)))?;
        let before = checkpoint.read(&name).filter(|_| !args.restart);
        if let Some(before) = &before {
            records.go_on((before.offset, before.line)).map_err(wrong)?;
            eprintln!("Going on behind line {}; --restart begins again.", before.line);
        }
        let progress = before.unwrap_or_else(|| Progress { subject: name, ..Progress::default() });
        let path = args.rejects.clone().unwrap_or_else(|| with_ending(&args.file, ".rejects"));
        let rejects = Rejects::open(&path, progress.rejects)
            .map_err(|error| CliError::new(format!("{}: {error}", path.display())))?;
        let length = std::fs::metadata(&args.file).map_err(wrong)?.len();
        Ok(Self { records, checkpoint, progress, rejects, bar: bar(length) })
    }

    async fn all(&mut self, app: &App, authority: &ImportAuthority) -> Result<(), CliError> {
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            while batch.len() < BATCH
                && let Some(record) = self.records.next()?
            {
                batch.push(record);
            }
            if batch.is_empty() {
                return Ok(());
            }
            self.batch(app, authority, std::mem::take(&mut batch)).await?;
        }
    }

    async fn batch(&mut self, app: &App, authority: &ImportAuthority, batch: Vec<Record>) -> Result<(), CliError> {
        let good: Vec<Candidate> = batch.iter().filter_map(|record| record.read.as_ref().ok().cloned()).collect();
        let mut results = app.engine.import_users(authority, &good).await?.into_iter();
        for record in batch {
            let refusal = match record.read {
                Ok(_) => match results.next() {
                    Some(result) => self.count(result),
                    None => Some(LineRefusal::line("not_imported")),
                },
                Err(refusal) => Some(refusal),
            };
            if let Some(refusal) = refusal {
                self.progress.refused += 1;
                self.rejects.add(record.line, &refusal, &record.text)?;
            }
        }
        (self.progress.offset, self.progress.line) = self.records.place();
        self.progress.rejects = self.rejects.length()?;
        self.checkpoint.write(&self.progress)?;
        self.bar.set_position(self.progress.offset);
        self.bar.set_message(format!("{} users", self.progress.created + self.progress.updated));
        Ok(())
    }

    fn count(&mut self, result: Imported) -> Option<LineRefusal> {
        match result {
            Imported::Created(_) => self.progress.created += 1,
            Imported::Updated(_) => self.progress.updated += 1,
            Imported::Unchanged(_) => self.progress.unchanged += 1,
            Imported::Refused(refusal) => return Some(refusal),
        }
        None
    }

    fn end(self, args: &ImportArgs) -> Result<(), CliError> {
        self.checkpoint.remove()?;
        let Progress { line, created, updated, unchanged, refused, .. } = self.progress;
        print(&format!(
            "{line} lines: {created} created, {updated} updated, {unchanged} unchanged, {refused} refused\n"
        ))?;
        if refused == 0 {
            return self.rejects.remove();
        }
        let path = &self.rejects.path;
        eprintln!("The lines of {} that were refused, and why, are in {}.", args.file.display(), path.display());
        Ok(())
    }
}

/// A bar for people; nothing when nobody looks.
fn bar(length: u64) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(length);
    let style = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes} {msg}, {eta} left");
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// The lines that were wrong, as NDJSON: number, reason, text.
struct Rejects {
    path: std::path::PathBuf,
    file: File,
}

impl Rejects {
    /// Opens it, and forgets what was written behind a length: it is found
    /// wrong once more.
    fn open(path: &Path, length: u64) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        file.set_len(length)?;
        file.seek(io::SeekFrom::End(0))?;
        Ok(Self { path: path.to_owned(), file })
    }

    fn add(&mut self, line: u64, refusal: &LineRefusal, text: &[u8]) -> Result<(), CliError> {
        let shown = String::from_utf8_lossy(text);
        let entry = json!({"line": line, "field": refusal.field, "code": refusal.code,
            "message": refusal.message, "text": shown});
        Ok(self.file.write_all(format!("{entry}\n").as_bytes())?)
    }

    fn length(&mut self) -> io::Result<u64> {
        self.file.stream_position()
    }

    fn remove(self) -> Result<(), CliError> {
        drop(self.file);
        Ok(std::fs::remove_file(&self.path)?)
    }
}
