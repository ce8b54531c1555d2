//! Access tokens for signing in (XOAUTH2): from a file that something else
//! renews, or from an endpoint that is asked when the last one runs out.

use std::fmt;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::domain::secret::Secret;
use crate::mail::transport::{FailureKind, SendError, Stage};

/// The longest token that is read from a file, in bytes.
const LONGEST: u64 = 64 * 1024;
/// A token that lives shorter than this is not used any more.
const MARGIN: Duration = Duration::from_secs(60);
/// How long a token is used whose endpoint does not say how long it lives.
const UNKNOWN: Duration = Duration::from_secs(5 * 60);

/// A token and how long it lives.
#[derive(Debug, Clone)]
pub struct AccessToken {
    /// The token.
    pub secret: Secret,
    /// How long it may be used from now on, if that is known.
    pub lives: Option<Duration>,
}

/// What an endpoint answers, some time later.
pub type Fetching<'a> = Pin<Box<dyn Future<Output = Result<AccessToken, String>> + Send + 'a>>;

/// The outside world that gives tokens.
pub trait TokenEndpoint: Send + Sync {
    /// Asks for one. The error is one line without any secret.
    fn fetch(&self) -> Fetching<'_>;
}

/// Where tokens come from.
pub struct TokenSource {
    origin: Origin,
    /// The last one from an endpoint, and until when it is used.
    kept: Mutex<Option<(Secret, Instant)>>,
}

enum Origin {
    File(PathBuf),
    Endpoint(Box<dyn TokenEndpoint>),
}

impl TokenSource {
    /// A file, read for every connection.
    #[must_use]
    pub fn file(path: PathBuf) -> Self {
        Self { origin: Origin::File(path), kept: Mutex::default() }
    }

    /// An endpoint, asked when the last token runs out.
    #[must_use]
    pub fn endpoint(endpoint: impl TokenEndpoint + 'static) -> Self {
        Self { origin: Origin::Endpoint(Box::new(endpoint)), kept: Mutex::default() }
    }

    /// A token to sign in with.
    pub(super) async fn get(&self) -> Result<Secret, SendError> {
        let failed =
            |why: &str| SendError::new(FailureKind::Temporary, Stage::Auth, &format!("no access token: {why}"));
        let endpoint = match &self.origin {
            Origin::File(path) => return read(path).await.map_err(|error| failed(&error.to_string())),
            Origin::Endpoint(endpoint) => endpoint,
        };
        let kept = self.kept().clone();
        if let Some((token, _)) = kept.filter(|(_, until)| Instant::now() < *until) {
            return Ok(token);
        }
        let token = endpoint.fetch().await.map_err(|why| failed(&why))?;
        let lives = token.lives.map_or(UNKNOWN, |lives| lives.saturating_sub(MARGIN));
        *self.kept() = Instant::now().checked_add(lives).map(|until| (token.secret.clone(), until));
        Ok(token.secret)
    }

    /// The provider did not take the last one. Says whether another one may be
    /// had at once: whether that one had been kept.
    pub(super) fn forget(&self) -> bool {
        self.kept().take().is_some()
    }

    fn kept(&self) -> MutexGuard<'_, Option<(Secret, Instant)>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn read(path: &Path) -> std::io::Result<Secret> {
    let length = tokio::fs::metadata(path).await?.len();
    if length > LONGEST {
        return Err(std::io::Error::other("the file is too long for a token"));
    }
    let token = tokio::fs::read_to_string(path).await?;
    let token = token.trim();
    if token.is_empty() || token.contains(char::is_whitespace) {
        return Err(std::io::Error::other("the file does not hold one token"));
    }
    Ok(Secret::new(token))
}

impl fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.origin {
            Origin::File(path) => write!(f, "TokenSource({})", path.display()),
            Origin::Endpoint(_) => f.write_str("TokenSource(endpoint)"),
        }
    }
}
