//! The handle to the hash threads.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use thiserror::Error;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::domain::secret::{Secret, SecretBytes};

use super::imported::Scheme;
use super::phc::{Pepper, Recipe};
use super::queue::{Job, NotTaken, Queue, Work};
use super::room::Room;
use super::settings::HashSettings;
use super::stats::{Counters, HasherStats};
use super::worker::{self, Manner};

/// What a hash is guessed to take before one was measured.
pub(super) const FIRST_GUESS: Duration = Duration::from_millis(25);
/// When no thread ends a hash for so long, they get no core ...
const STARVED: Duration = Duration::from_secs(1);
/// ... unless hashes take long: so many times what one takes.
const STARVED_HASHES: u32 = 8;

/// Why the pool did not start.
#[derive(Debug, Error)]
pub enum HasherError {
    /// No thread, no room in the queue, or parameters that Argon2 or the
    /// bounds do not allow.
    #[error("the settings for password hashing are out of range")]
    Settings,
    /// Argon2 does not give on this processor what its specification says.
    #[error("password hashes come out wrong on this processor")]
    Wrong,
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
    /// How long they may end nothing before they count as starved.
    patience: Duration,
    /// Whether the idle threads have been replaced.
    insisted: AtomicBool,
    /// How many of those that replace them have started.
    nice: AtomicUsize,
}

/// What the handles share with the threads.
pub(super) struct Shared {
    pub(super) recipe: Recipe,
    pub(super) queue: Queue,
    pub(super) counters: Counters,
    pub(super) room: Room,
}

impl Pool {
    /// Starts the threads that have not `started` yet.
    fn spawn(&self, manner: Manner, started: &AtomicUsize) -> std::io::Result<()> {
        for n in started.load(Relaxed)..self.threads {
            let shared = Arc::clone(&self.shared);
            thread::Builder::new().name(format!("hash-{n}")).spawn(move || worker::run(&shared, manner))?;
            started.fetch_add(1, Relaxed);
        }
        Ok(())
    }

    /// Replaces threads that the machine starves by ones that get a share of
    /// their own, for good: a thread may not take back what it has given up,
    /// and where the cores were full once they will be again.
    fn insist(&self) {
        if self.insisted.swap(true, Relaxed) {
            return;
        }
        match self.spawn(Manner::Nice, &self.nice) {
            Ok(()) => {
                self.shared.queue.relieve();
                tracing::info!("the cores are busy: password hashing takes a share of its own from now on");
            }
            Err(error) => {
                tracing::error!(%error, "a hash thread could not be started");
                // Whoever waits too long next goes on from here.
                self.insisted.store(false, Relaxed);
            }
        }
    }
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
        Self::with_patience(settings, pepper, STARVED)
    }

    fn with_patience(
        settings: HashSettings,
        pepper: Option<SecretBytes>,
        patience: Duration,
    ) -> Result<Self, HasherError> {
        if settings.threads == 0 || settings.queue == 0 {
            return Err(HasherError::Settings);
        }
        let shared = Arc::new(Shared {
            recipe: Recipe::new(&settings, pepper.map(Pepper::new).transpose()?)?,
            queue: Queue::new(settings.queue),
            counters: Counters::default(),
            room: Room::new(),
        });
        // Made first, so that a thread that does not start stops those that did.
        let pool = Arc::new(Pool {
            shared: Arc::clone(&shared),
            threads: settings.threads,
            patience,
            insisted: AtomicBool::new(false),
            nice: AtomicUsize::new(0),
        });
        pool.spawn(Manner::Idle, &AtomicUsize::new(0))?;
        Ok(Self { pool })
    }

    /// Hashes a password (normalised by its policy) with a random salt;
    /// answers the PHC string.
    ///
    /// # Errors
    /// `Busy` at once when the queue is full; `Stopped`.
    pub async fn hash(&self, password: Secret, salt: [u8; 16]) -> Result<String, HashError> {
        self.compute(password, Work::Argon2(self.pool.shared.recipe.fresh(&salt)?)).await.map(|(_, text)| text)
    }

    /// Checks a password (normalised by its policy) against a PHC string of
    /// Argon2id, Argon2i or Argon2d, or against a stored
    /// [`ImportedHash`](super::imported::ImportedHash), which is always
    /// outdated.
    ///
    /// # Errors
    /// `Unreadable` at once for anything else; `Busy` at once when the queue
    /// is full; `Stopped`.
    pub async fn verify(&self, password: Secret, phc: String) -> Result<Verdict, HashError> {
        self.verify_typed(&password.clone(), password, phc).await
    }

    /// The same, with the password as it was typed too: what another system
    /// hashed may be that. Where both differ, both are always tried.
    ///
    /// # Errors
    /// As [`Hasher::verify`].
    pub async fn verify_typed(&self, typed: &Secret, password: Secret, phc: String) -> Result<Verdict, HashError> {
        if let Some(scheme) = Scheme::from_stored(&phc) {
            let work = Work::Imported(scheme.map_err(|_| HashError::Unreadable)?, typed.clone());
            let (matches, _) = self.compute(password, work).await?;
            return Ok(Verdict { matches, outdated: true });
        }
        let differs = typed.expose() != password.expose();
        let verdict = self.verify_argon2(password, &phc).await?;
        if !differs {
            return Ok(verdict);
        }
        let as_typed = self.verify_argon2(typed.clone(), &phc).await?;
        Ok(if verdict.matches { verdict } else { Verdict { outdated: true, ..as_typed } })
    }

    async fn verify_argon2(&self, password: Secret, phc: &str) -> Result<Verdict, HashError> {
        let work = self.pool.shared.recipe.stored(phc)?;
        let outdated = work.outdated;
        let (matches, _) = self.compute(password, Work::Argon2(work)).await?;
        Ok(Verdict { matches, outdated })
    }

    /// The same work as [`Hasher::verify_typed`] for a user who does not exist
    /// or has no password, so that the answer takes as long. Never matches.
    ///
    /// # Errors
    /// `Busy` at once when the queue is full; `Stopped`.
    pub async fn verify_nothing(&self, typed: &Secret, password: Secret) -> Result<Verdict, HashError> {
        let differs = typed.expose() != password.expose();
        for password in std::iter::once(password).chain(differs.then(|| typed.clone())) {
            let work = Work::Argon2(self.pool.shared.recipe.fresh(&[0; 16])?);
            self.compute(password, work).await?;
        }
        Ok(Verdict { matches: false, outdated: false })
    }

    /// What the pool has done and is doing.
    #[must_use]
    pub fn stats(&self) -> HasherStats {
        self.pool.shared.counters.read(self.pool.threads)
    }

    /// Dropping the future drops the receiver, by which the threads know to
    /// skip the job.
    async fn compute(&self, password: Secret, work: Work) -> super::queue::Answer {
        let (reply, mut answer) = oneshot::channel();
        let job = Job { password, work, reply, since: Instant::now() };
        self.pool.shared.queue.push(job, &self.pool.shared.counters).map_err(|why| match why {
            NotTaken::Full(depth) => HashError::Busy { retry_after: self.time_for(depth) },
            NotTaken::Stopped => HashError::Stopped,
        })?;
        let counters = &self.pool.shared.counters;
        loop {
            let done = counters.done();
            match timeout(self.patience(), &mut answer).await {
                Ok(answer) => return answer.unwrap_or(Err(HashError::Stopped)),
                Err(_) if self.starved_since(done) => self.pool.insist(),
                Err(_) => {}
            }
        }
    }

    /// Whether no hash has ended since so many were done, and none is under
    /// way that would take long on an idle machine too.
    fn starved_since(&self, done: u64) -> bool {
        let counters = &self.pool.shared.counters;
        counters.done() == done && counters.dear.load(Relaxed) == 0
    }

    /// How long it may take until any thread has ended a hash.
    fn patience(&self) -> Duration {
        self.pool.patience.max(self.pool.shared.counters.recent(Duration::ZERO) * STARVED_HASHES)
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
