//! A transport that writes one `.eml` file per message into a folder, for
//! development and tests. A file appears whole or not at all, and a retry of
//! the same message replaces it.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::fs;
use tokio::io::AsyncWriteExt as _;

use super::message::OutgoingMessage;
use super::transport::{Accepted, FailureKind, SendError, Stage};

/// Writes messages into one folder.
#[derive(Debug)]
pub struct FileTransport {
    folder: PathBuf,
    written: AtomicU64,
}

impl FileTransport {
    /// Into this folder; it is made when it is missing.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), written: AtomicU64::new(0) }
    }

    /// Writes `<message id>.eml`.
    pub async fn write(&self, message: &OutgoingMessage) -> Result<Accepted, SendError> {
        let name = message.message_id().as_str().trim_matches(['<', '>']);
        let path = self.folder.join(format!("{name}.eml"));
        self.put(&path, message.raw()).await.map_err(|error| self.failed(Stage::Content, &error))?;
        Ok(Accepted::new(&format!("written to {}", path.display())))
    }

    /// Writes an empty file and removes it.
    pub async fn check(&self) -> Result<Accepted, SendError> {
        let probe = self.folder.join(format!(".check-{}", std::process::id()));
        self.put(&probe, b"").await.map_err(|error| self.failed(Stage::Connect, &error))?;
        fs::remove_file(&probe).await.map_err(|error| self.failed(Stage::Connect, &error))?;
        Ok(Accepted::new(&format!("{} is writable", self.folder.display())))
    }

    async fn put(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        fs::create_dir_all(&self.folder).await?;
        let number = self.written.fetch_add(1, Ordering::Relaxed);
        let temporary = self.folder.join(format!(".{}-{number}.tmp", std::process::id()));
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        // Mails hold links and codes: for the owner's eyes only.
        #[cfg(unix)]
        options.mode(0o600);
        let mut file = options.open(&temporary).await?;
        file.write_all(bytes).await?;
        file.sync_all().await?;
        fs::rename(&temporary, path).await
    }

    fn failed(&self, stage: Stage, error: &io::Error) -> SendError {
        SendError::new(FailureKind::Temporary, stage, &format!("{}: {error}", self.folder.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::message::sample_message;

    #[tokio::test]
    async fn one_message_is_one_file_and_a_retry_replaces_it() {
        let folder = tempfile::tempdir().unwrap();
        let transport = FileTransport::new(folder.path().join("new"));
        transport.check().await.unwrap();
        for _ in 0..2 {
            transport.write(&sample_message("one")).await.unwrap();
        }
        transport.write(&sample_message("two")).await.unwrap();
        let mut names: Vec<_> = std::fs::read_dir(folder.path().join("new"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, ["one@example.com.eml", "two@example.com.eml"]);
        let bytes = std::fs::read(folder.path().join("new/one@example.com.eml")).unwrap();
        assert_eq!(bytes, sample_message("one").raw());
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_written_is_a_failure_for_now() {
        let folder = tempfile::tempdir().unwrap();
        let in_the_way = folder.path().join("file");
        std::fs::write(&in_the_way, "").unwrap();
        let transport = FileTransport::new(in_the_way);
        let error = transport.write(&sample_message("one")).await.unwrap_err();
        assert_eq!((error.kind, error.stage), (FailureKind::Temporary, Stage::Content));
        assert_eq!(transport.check().await.unwrap_err().stage, Stage::Connect);
    }
}
