//! Password hashes that other systems made, taken over as they are: they
//! verify at the next sign-in and give way to our own then.
//!
//! The text of such a hash says how much work its check is, so each format
//! has bounds, about a second and 128 MiB: a text beyond them is refused when
//! it comes in, not when somebody signs in.
//!
//! None of these formats but Argon2 tells a password from the same one with
//! NULs behind it (HMAC pads its key with them, bcrypt ends at one), so a
//! password with a NUL matches none.

mod argon2;
mod bcrypt;
mod firebase;
mod pbkdf2;
mod salted_sha;
mod scrypt;
mod text;

#[cfg(test)]
mod tests;

use subtle::ConstantTimeEq;
use thiserror::Error;

use crate::domain::secret::Secret;

/// The longest text of a hash, in bytes.
const LONGEST: usize = 1024;
/// Bytes of a hash at least: with less, guesses would match by chance.
const SHORTEST_HASH: usize = 16;
/// Bytes of a hash at most.
const LONGEST_HASH: usize = 128;
/// The longest salt, in bytes.
const LONGEST_SALT: usize = 128;

/// Why a hash is not taken over, for whoever sends it. Holds nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct InvalidHash(pub &'static str);

/// The formats, named as on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HashFormat {
    /// `$2b$10$…`, also `2a` and `2y`.
    Bcrypt,
    /// `$scrypt$v=1$n=16384,r=8,p=1,kl=64$salt$hash`; `n` is the cost itself.
    Scrypt,
    /// `$firebase-scrypt$hash=…$salt=…$sk=…$ss=…$r=8$m=14`.
    FirebaseScrypt,
    /// `{SSHA}` and base64 of SHA-1 and salt.
    Ssha,
    /// `{SSHA256}` and base64 of SHA-256 and salt.
    Ssha256,
    /// `$pbkdf2$i=600000,d=sha256$salt$hash`, also `sha512`.
    Pbkdf2,
    /// `$argon2id$v=19$m=…,t=…,p=…$salt$hash`, also `argon2i` and `argon2d`.
    Argon2,
}

impl HashFormat {
    /// Every format.
    pub const ALL: [Self; 7] =
        [Self::Bcrypt, Self::Scrypt, Self::FirebaseScrypt, Self::Ssha, Self::Ssha256, Self::Pbkdf2, Self::Argon2];

    /// The name on the wire and in rows.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bcrypt => "bcrypt",
            Self::Scrypt => "scrypt",
            Self::FirebaseScrypt => "firebase-scrypt",
            Self::Ssha => "ssha",
            Self::Ssha256 => "ssha256",
            Self::Pbkdf2 => "pbkdf2",
            Self::Argon2 => "argon2",
        }
    }

    /// Reads what [`as_str`](Self::as_str) wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == text)
    }
}

/// Where a plainly salted hash had its salt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaltPosition {
    /// Before the password.
    Prefix,
    /// After the password, as LDAP has it.
    Suffix,
}

impl SaltPosition {
    /// Reads the name on the wire.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "prefix" => Some(Self::Prefix),
            "suffix" => Some(Self::Suffix),
            _ => None,
        }
    }
}

/// A hash that may be stored: its text can be read, and its check is bearable.
#[derive(Debug, Clone)]
pub struct ImportedHash(Secret);

impl ImportedHash {
    /// Reads a hash as another system wrote it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(format: HashFormat, text: &str, position: Option<SaltPosition>) -> Result<Self, InvalidHash> {
        if text.len() > LONGEST {
            return Err(InvalidHash("The password hash is longer than 1024 bytes."));
        }
        let salted = matches!(format, HashFormat::Ssha | HashFormat::Ssha256);
        if position.is_some() && !salted {
            return Err(InvalidHash("A password salt position goes with ssha and ssha256 only."));
        }
        if format == HashFormat::Argon2 {
            argon2::check(text)?;
            return Ok(Self(Secret::new(text)));
        }
        let position = position.unwrap_or(SaltPosition::Suffix);
        Scheme::parse(format, text, position)?;
        let mark = if position == SaltPosition::Prefix { PREFIXED } else { "" };
        Ok(Self(Secret::new(format!("{}{mark}:{text}", format.as_str()))))
    }

    /// As it is stored: behind its format, and Argon2 just as it is, like our
    /// own.
    #[must_use]
    pub fn stored(&self) -> &str {
        self.0.expose()
    }
}

/// A stored hash as it can be taken over again.
#[derive(Clone, Copy)]
pub struct StoredForm<'a> {
    /// Its format.
    pub format: HashFormat,
    /// Its text, as the other system wrote it.
    pub text: &'a str,
    /// Whether its salt goes before the password.
    pub prefixed: bool,
}

/// Reads a stored hash, ours or another system's; `None` when it is neither.
#[must_use]
pub fn stored_form(stored: &str) -> Option<StoredForm<'_>> {
    if stored.starts_with("$argon2") {
        return Some(StoredForm { format: HashFormat::Argon2, text: stored, prefixed: false });
    }
    let (name, text) = stored.split_once(':')?;
    let prefixed = name.ends_with(PREFIXED);
    let format = HashFormat::parse(name.strip_suffix(PREFIXED).unwrap_or(name))?;
    Some(StoredForm { format, text, prefixed })
}

/// Marks a stored hash whose salt goes first.
const PREFIXED: &str = "+prefix";

/// What the check of a stored hash needs.
pub(super) enum Scheme {
    Bcrypt(bcrypt::Bcrypt),
    Scrypt(scrypt::Scrypt),
    FirebaseScrypt(firebase::FirebaseScrypt),
    SaltedSha(salted_sha::SaltedSha),
    Pbkdf2(pbkdf2::Pbkdf2),
}

impl Scheme {
    fn parse(format: HashFormat, text: &str, position: SaltPosition) -> Result<Self, InvalidHash> {
        Ok(match format {
            HashFormat::Bcrypt => Self::Bcrypt(bcrypt::Bcrypt::parse(text)?),
            HashFormat::Scrypt => Self::Scrypt(scrypt::Scrypt::parse(text)?),
            HashFormat::FirebaseScrypt => Self::FirebaseScrypt(firebase::FirebaseScrypt::parse(text)?),
            HashFormat::Ssha => {
                Self::SaltedSha(salted_sha::SaltedSha::parse(text, salted_sha::Digest::Sha1, position)?)
            }
            HashFormat::Ssha256 => {
                Self::SaltedSha(salted_sha::SaltedSha::parse(text, salted_sha::Digest::Sha256, position)?)
            }
            HashFormat::Pbkdf2 => Self::Pbkdf2(pbkdf2::Pbkdf2::parse(text)?),
            HashFormat::Argon2 => return Err(InvalidHash("Argon2 is stored as it is.")),
        })
    }

    /// Reads a stored hash; `None` when it is an Argon2 one.
    pub(super) fn from_stored(stored: &str) -> Option<Result<Self, InvalidHash>> {
        let (name, text) = stored.split_once(':').filter(|(name, _)| !name.starts_with('$'))?;
        let (name, position) = match name.strip_suffix(PREFIXED) {
            Some(name) => (name, SaltPosition::Prefix),
            None => (name, SaltPosition::Suffix),
        };
        let format = HashFormat::parse(name).ok_or(InvalidHash("The format is not known."));
        Some(format.and_then(|format| Self::parse(format, text, position)))
    }

    /// Memory that the check takes, in KiB.
    pub(super) const fn memory_kib(&self) -> usize {
        match self {
            Self::Scrypt(hash) => hash.memory_kib(),
            Self::FirebaseScrypt(hash) => hash.memory_kib(),
            Self::Bcrypt(_) | Self::SaltedSha(_) | Self::Pbkdf2(_) => 0,
        }
    }

    /// Whether a password is the right one. All the work is done either way.
    pub(super) fn matches(&self, password: &Secret) -> bool {
        let password = password.expose().as_bytes();
        let right = match self {
            Self::Bcrypt(hash) => hash.matches(password),
            Self::Scrypt(hash) => hash.matches(password),
            Self::FirebaseScrypt(hash) => hash.matches(password),
            Self::SaltedSha(hash) => hash.matches(password),
            Self::Pbkdf2(hash) => hash.matches(password),
        };
        right & !password.contains(&0)
    }
}

/// Compares in constant time.
fn equal(computed: &[u8], expected: &[u8]) -> bool {
    bool::from(computed.ct_eq(expected))
}
