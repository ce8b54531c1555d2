//! How far an import has come, in a file beside the imported one, so that a
//! run that was killed goes on where its last batch ended. Should it be lost
//! or old, the lines that are done again change nothing.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::domain::secret::SecretDigest;

/// How much of the file says which one it is, in bytes.
const HEAD: u64 = 64 * 1024;

/// How far an import has come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Progress {
    /// Which file, for whom.
    pub subject: String,
    /// Where its next line begins.
    pub offset: u64,
    /// The number of the line before that.
    pub line: u64,
    /// How long the file of rejects was then.
    pub rejects: u64,
    /// Users made so far.
    pub created: u64,
    /// Users changed so far.
    pub updated: u64,
    /// Users who were like this already.
    pub unchanged: u64,
    /// Lines that were wrong.
    pub refused: u64,
}

/// Where the progress of an import is kept.
#[derive(Debug)]
pub struct Checkpoint(PathBuf);

impl Checkpoint {
    /// Beside the imported file.
    pub fn beside(file: &Path) -> Self {
        Self(with_ending(file, ".progress"))
    }

    /// What an earlier run left about this subject; nothing when it left
    /// nothing or was about another one.
    pub fn read(&self, subject: &str) -> Option<Progress> {
        let text = fs::read(&self.0).ok()?;
        serde_json::from_slice(&text).ok().filter(|progress: &Progress| progress.subject == subject)
    }

    /// Replaces what it says in one step.
    pub fn write(&self, progress: &Progress) -> io::Result<()> {
        let beside = with_ending(&self.0, ".new");
        let mut file = create_private(&beside)?;
        file.write_all(&serde_json::to_vec(progress)?)?;
        drop(file);
        fs::rename(&beside, &self.0)
    }

    /// Forgets it: the import is done.
    pub fn remove(&self) -> io::Result<()> {
        match fs::remove_file(&self.0) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            done => done,
        }
    }
}

/// The same path with more behind its name.
pub fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// A new file that only its owner may read: it names people.
pub fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Which file this is, for whom: its length and how it begins.
pub fn subject(path: &Path, place: &str) -> io::Result<String> {
    let mut head = Vec::new();
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    file.take(HEAD).read_to_end(&mut head)?;
    Ok(format!("{length}:{}:{place}", SecretDigest::of(&head).as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_kept_for_one_file_and_forgotten_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("users.csv");
        fs::write(&path, "email\n").unwrap();
        let name = subject(&path, "app tenant").unwrap();
        let checkpoint = Checkpoint::beside(&path);
        assert_eq!(checkpoint.read(&name), None);
        let progress = Progress { subject: name.clone(), offset: 6, line: 1, ..Progress::default() };
        checkpoint.write(&progress).unwrap();
        assert_eq!(checkpoint.read(&name), Some(progress));
        fs::write(&path, "email\na@b.test\n").unwrap();
        assert_eq!(checkpoint.read(&subject(&path, "app tenant").unwrap()), None);
        checkpoint.remove().unwrap();
        checkpoint.remove().unwrap();
    }
}
