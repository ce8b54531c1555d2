//! Reading and writing the key file: only its owner may read it, and a crash
//! leaves the old file or the new one, never half of one.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::{Exposure, KeysFile, KeysFileError, format};
use crate::domain::clock::Timestamp;
use crate::domain::entropy::Entropy;
use crate::domain::secret::hex;

impl KeysFile {
    /// Reads the file.
    ///
    /// # Errors
    /// When it is missing, unreadable, damaged, or readable by others and
    /// `exposure` says to refuse that.
    pub fn load(path: &Path, exposure: Exposure) -> Result<Self, KeysFileError> {
        let text = match fs::read_to_string(path) {
            Ok(text) => Zeroizing::new(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(KeysFileError::Missing(show(path))),
            Err(error) => return Err(io_error("read", path)(error)),
        };
        check_permissions(path, exposure)?;
        format::read(&text).map_err(|reason| KeysFileError::Unreadable { path: show(path), reason })
    }

    /// The same, for production: keys that a start made by itself have been
    /// where anybody tries things out.
    ///
    /// # Errors
    /// As [`KeysFile::load`] with [`Exposure::Refuse`], and when the file was
    /// made by itself.
    pub fn load_for_production(path: &Path) -> Result<Self, KeysFileError> {
        let keys = Self::load(path, Exposure::Refuse)?;
        if keys.generated { Err(KeysFileError::Generated(show(path))) } else { Ok(keys) }
    }

    /// Reads the file, or makes it when there is none. Several processes may
    /// do so at once: they end up with the same keys. True when it was made.
    ///
    /// # Errors
    /// As [`KeysFile::load`], and when it cannot be written.
    pub fn load_or_generate(
        path: &Path,
        exposure: Exposure,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<(Self, bool), KeysFileError> {
        match Self::load(path, exposure) {
            Err(KeysFileError::Missing(_)) => {}
            other => return other.map(|keys| (keys, false)),
        }
        let keys = Self { generated: true, ..Self::generate(false, now, entropy) };
        match keys.save_new(path, entropy) {
            Ok(()) => Ok((keys, true)),
            Err(KeysFileError::Exists(_)) => Self::load(path, exposure).map(|keys| (keys, false)),
            Err(error) => Err(error),
        }
    }

    /// Writes a file that must not exist yet.
    ///
    /// # Errors
    /// When it exists, or cannot be written.
    pub fn save_new(&self, path: &Path, entropy: &dyn Entropy) -> Result<(), KeysFileError> {
        let draft = self.write_draft(path, entropy)?;
        // A link fails where a rename would replace.
        let linked = fs::hard_link(&draft, path);
        let removed = fs::remove_file(&draft);
        match linked {
            Ok(()) => removed.map_err(io_error("remove", &draft)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(KeysFileError::Exists(show(path))),
            Err(error) => Err(io_error("write", path)(error)),
        }?;
        sync_folder(path)
    }

    /// Replaces the file.
    ///
    /// # Errors
    /// When it cannot be written; the old one is left then.
    pub fn save(&self, path: &Path, entropy: &dyn Entropy) -> Result<(), KeysFileError> {
        let draft = self.write_draft(path, entropy)?;
        if let Err(error) = fs::rename(&draft, path) {
            // The draft holds keys; the error that matters is the one above.
            let _ = fs::remove_file(&draft);
            return Err(io_error("replace", path)(error));
        }
        sync_folder(path)
    }

    /// The keys in a file of their own beside the real one, safely on disk.
    fn write_draft(&self, path: &Path, entropy: &dyn Entropy) -> Result<PathBuf, KeysFileError> {
        let folder = folder_of(path);
        create_folder(folder).map_err(io_error("create", folder))?;
        let mut draft = path.as_os_str().to_owned();
        draft.push(format!(".{}.new", hex(&entropy.u128().to_be_bytes())));
        let draft = PathBuf::from(draft);
        let text = format::write(self)
            .map_err(|error| KeysFileError::Unreadable { path: show(path), reason: error.to_string() })?;
        let written = create_private(&draft).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        });
        match written {
            Ok(()) => Ok(draft),
            Err(error) => {
                let _ = fs::remove_file(&draft);
                Err(io_error("write", &draft)(error))
            }
        }
    }
}

fn show(path: &Path) -> String {
    path.display().to_string()
}

fn io_error(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> KeysFileError {
    move |source| KeysFileError::Io { doing, path: show(path), source }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}

fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn create_private(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Makes the new name survive a power cut.
fn sync_folder(path: &Path) -> Result<(), KeysFileError> {
    let folder = folder_of(path);
    fs::File::open(folder).and_then(|file| file.sync_all()).map_err(io_error("write", folder))
}

#[cfg(unix)]
fn check_permissions(path: &Path, exposure: Exposure) -> Result<(), KeysFileError> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path).map_err(io_error("read", path))?.permissions().mode() & 0o777;
    let (for_group, for_others) = (mode & 0o070, mode & 0o007);
    if for_group == 0 && for_others == 0 {
        return Ok(());
    }
    let error = KeysFileError::Exposed { path: show(path), mode };
    match exposure {
        Exposure::Refuse => Err(error),
        Exposure::Warn => {
            tracing::warn!("{error}");
            Ok(())
        }
    }
}

#[cfg(not(unix))]
fn check_permissions(_: &Path, _: Exposure) -> Result<(), KeysFileError> {
    Ok(())
}
