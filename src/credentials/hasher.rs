//! The handle to the hash threads.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use thiserror::Error;
use tokio::sync::oneshot;

use crate::domain::secret::{Secret, SecretBytes};

use super::phc::{Computation, Pepper, Recipe};
use super::queue::{Job, NotTaken, Queue};
use super::settings::HashSettings;
use super::stats::{Counters, HasherStats};
use super::worker;

/// What a hash is guessed to take before one was measured.
const FIRST_GUESS: Duration = Duration::from_millis(25);

/// Why the pool did not start.
#[derive(Debug, Error)]
pub enum HasherError {
    /// No thread, no room in the queue, or parameters that Argon2 or the
    /// bounds do not allow.
    #[error("the settings for password hashing are out of range")]
    Settings,
    /// The operating system gave no thread.
    #[error("a hash thread could not be started")]
    Thread(#[from] std::io::Error),
}

/// Why there is no hash.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HashError {
    /// Too many are waiting; nothing was done.
    #[error("too many password hashes are waiting")]
    Busy {
        /// When the queue should have emptied.
        retry_after: Duration,
    },
    /// The pool has stopped, or the computation failed.
    #[error("the hash threads have stopped")]
    Stopped,
    /// The stored hash is none of ours, asks for absurd work or needs another
    /// pepper.
    #[error("the stored password hash cannot be read")]
    Unreadable,
}

/// What a check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Whether the password is the right one.
    pub matches: bool,
    /// Whether a new hash would be made otherwise (other parameters, another
    /// variant, no pepper), so that this one should be replaced.
    pub outdated: bool,
}

/// The pool of hash threads. Cheap to clone; with the last clone the threads
/// end.
#[derive(Clone)]
pub struct Hasher {
    pool: Arc<Pool>,
}

/// What the handles share; dropping it stops the threads.
struct Pool {
    shared: Arc<Shared>,
    threads: usize,
}

/// What the handles share with the threads.
pub(super) struct Shared {
    pub(super) recipe: Recipe,
    pub(super) queue: Queue,
    pub(super) counters: Counters,
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.queue.stop();
    }
}

impl Hasher {
    /// Starts the threads. With a pepper, every new hash needs it, and older
    /// hashes without one count as outdated.
    ///
    /// # Errors
    /// When the settings are out of range or a thread does not start.
    pub fn start(settings: HashSettings, pepper: Option<SecretBytes>) -> Result<Self, HasherError> {
        if settings.threads == 0 || settings.queue == 0 {
            return Err(HasherError::Settings);
        }
        let shared = Arc::new(Shared {
            recipe: Recipe::new(&settings, pepper.map(Pepper::new).transpose()?)?,
            queue: Queue::new(settings.queue),
            counters: Counters::default(),
        });
        // Made first, so that a thread that does not start stops those that did.
        let pool = Arc::new(Pool { shared: Arc::clone(&shared), threads: settings.threads });
        for n in 0..settings.threads {
            let shared = Arc::clone(&shared);
            thread::Builder::new().name(format!("hash-{n}")).spawn(move || worker::run(&shared))?;
        }
        Ok(Self { pool })
    }

    /// Hashes a password (normalised by its policy) with a random salt;
    /// answers the PHC string.
    ///
    /// # Errors
    /// `Busy` at once when the queue is full; `Stopped`.
    pub async fn hash(&self, password: Secret, salt: [u8; 16]) -> Result<String, HashError> {
        self.compute(password, self.pool.shared.recipe.fresh(&salt)?).await.map(|(_, text)| text)
    }

    /// Checks a password (normalised by its policy) against a PHC string of
    /// Argon2id, Argon2i or Argon2d.
    ///
    /// # Errors
    /// `Unreadable` at once for anything else; `Busy` at once when the queue
    /// is full; `Stopped`.
    pub async fn verify(&self, password: Secret, phc: String) -> Result<Verdict, HashError> {
        let work = self.pool.shared.recipe.stored(&phc)?;
        let outdated = work.outdated;
        self.compute(password, work).await.map(|(matches, _)| Verdict { matches, outdated })
    }

    /// The same work as [`Hasher::verify`] for a user who does not exist or
    /// has no password, so that the answer takes as long. Never matches.
    ///
    /// # Errors
    /// `Busy` at once when the queue is full; `Stopped`.
    pub async fn verify_nothing(&self, password: Secret) -> Result<Verdict, HashError> {
        let work = self.pool.shared.recipe.fresh(&[0; 16])?;
        self.compute(password, work).await.map(|_| Verdict { matches: false, outdated: false })
    }

    /// What the pool has done and is doing.
    #[must_use]
    pub fn stats(&self) -> HasherStats {
        self.pool.shared.counters.read(self.pool.threads)
    }

    /// Dropping the future drops the receiver, by which the threads know to
    /// skip the job.
    async fn compute(&self, password: Secret, work: Computation) -> super::queue::Answer {
        let (reply, answer) = oneshot::channel();
        let job = Job { password, work, reply, since: Instant::now() };
        self.pool.shared.queue.push(job, &self.pool.shared.counters).map_err(|why| match why {
            NotTaken::Full(depth) => HashError::Busy { retry_after: self.time_for(depth) },
            NotTaken::Stopped => HashError::Stopped,
        })?;
        answer.await.unwrap_or(Err(HashError::Stopped))
    }

    /// How long the threads need for this many hashes.
    fn time_for(&self, depth: usize) -> Duration {
        let each = self.pool.shared.counters.recent(FIRST_GUESS);
        let rounds = depth.div_ceil(self.pool.threads).max(1);
        each.saturating_mul(u32::try_from(rounds).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
#[path = "hasher_tests.rs"]
mod tests;
