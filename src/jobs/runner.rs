//! The loops that look for work, and how they end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

use crate::domain::ids::JobId;
use crate::store::{StoreError, jobs, messages, webhook_deliveries};
use crate::workflows::{Engine, Outcome};

use super::pace::Pace;
use super::{housekeeping, mail, queue, webhooks};

/// How often the loops look for work.
const TICK: Duration = Duration::from_millis(200);
const TIDY: Duration = Duration::from_secs(60);
const GAUGE: Duration = Duration::from_secs(5);
/// A worker that has not looked for this long is stuck.
const SILENCE: Duration = Duration::from_secs(30);

/// Shows whether the worker of this process is alive.
#[derive(Debug)]
pub struct Heartbeat {
    latest: std::sync::Mutex<Instant>,
    stopped: AtomicBool,
}

impl Default for Heartbeat {
    fn default() -> Self {
        Self { latest: std::sync::Mutex::new(Instant::now()), stopped: AtomicBool::new(false) }
    }
}

impl Heartbeat {
    fn beat(&self) {
        *self.latest.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Instant::now();
    }

    /// Whether the worker has looked for work lately.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        let latest = *self.latest.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        !self.stopped.load(Ordering::Relaxed) && latest.elapsed() < SILENCE
    }
}

/// The worker of one process.
#[derive(Debug, Clone)]
pub struct Runner {
    engine: Arc<Engine>,
    name: Arc<str>,
    pace: Arc<Pace>,
    heartbeat: Arc<Heartbeat>,
}

impl Runner {
    /// A worker with a name that no other one has.
    #[must_use]
    pub fn new(engine: Arc<Engine>) -> Self {
        let name = JobId::generate(crate::domain::clock::Timestamp::default(), &*engine.entropy).to_string();
        Self { engine, name: name.into(), pace: Arc::default(), heartbeat: Arc::default() }
    }

    /// Its sign of life.
    #[must_use]
    pub fn heartbeat(&self) -> Arc<Heartbeat> {
        Arc::clone(&self.heartbeat)
    }

    /// Works until `stop` turns true, begins nothing more, finishes what is
    /// under way and gives back what it has leased. May be dropped at any time:
    /// what is then under way is taken over when its lease is over.
    pub async fn run(&self, stop: watch::Receiver<bool>) {
        let database = self.engine.database.write();
        tokio::join!(
            async {
                self.every(TICK, Chore::Jobs, stop.clone()).await;
                warn_of(jobs::release(database, &self.name).await);
            },
            async {
                self.every(TICK, Chore::Mail, stop.clone()).await;
                warn_of(messages::release(database, &self.name).await);
            },
            async {
                self.every(TICK, Chore::Webhooks, stop.clone()).await;
                warn_of(webhook_deliveries::release(database, &self.name).await);
            },
            self.every(TIDY, Chore::Tidy, stop.clone()),
            self.every(GAUGE, Chore::Gauge, stop.clone()),
        );
        self.heartbeat.stopped.store(true, Ordering::Relaxed);
    }

    async fn every(&self, period: Duration, chore: Chore, mut stop: watch::Receiver<bool>) {
        let mut ticks = interval(period);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => return,
                _ = ticks.tick() => {}
            }
            if let Err(failure) = self.attend(chore, &stop).await {
                tracing::error!(error = %failure, "background work failed; it is tried again at the next tick");
            }
        }
    }

    /// Does a chore until nothing is left of it.
    async fn attend(&self, chore: Chore, stop: &watch::Receiver<bool>) -> Outcome<()> {
        match chore {
            Chore::Jobs => {
                self.heartbeat.beat();
                while !is_told(stop) && queue::work(&self.engine, &self.pace, &self.name, || is_told(stop)).await? > 0 {
                    self.heartbeat.beat();
                }
            }
            Chore::Mail => {
                mail::work(&self.engine, &self.pace, &self.name, || is_told(stop)).await?;
            }
            Chore::Webhooks => {
                webhooks::work(&self.engine, &self.pace, &self.name, || is_told(stop)).await?;
            }
            Chore::Tidy => housekeeping::tidy(&self.engine, &self.pace, || is_told(stop)).await?,
            Chore::Gauge => housekeeping::gauge(&self.engine).await?,
        }
        Ok(())
    }

    /// Reads what the metrics show of the outbox and the transports.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn gauge(&self) -> Outcome<()> {
        housekeeping::gauge(&self.engine).await
    }

    /// Does everything that is due now, and returns when nothing is left.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn drain(&self) -> Outcome<usize> {
        let mut done = 0;
        loop {
            let some = queue::work(&self.engine, &self.pace, &self.name, || false).await?
                + mail::work(&self.engine, &self.pace, &self.name, || false).await?
                + webhooks::work(&self.engine, &self.pace, &self.name, || false).await?;
            if some == 0 {
                return Ok(done);
            }
            done += some;
        }
    }
}

/// What a loop looks after.
#[derive(Debug, Clone, Copy)]
enum Chore {
    Jobs,
    Mail,
    Webhooks,
    Tidy,
    Gauge,
}

fn warn_of(released: Result<(), StoreError>) {
    if let Err(error) = released {
        tracing::warn!(error = %error, "leases could not be given back; they run out by themselves");
    }
}

/// Whether the worker was told to stop; the lock is not held over an await.
fn is_told(stop: &watch::Receiver<bool>) -> bool {
    *stop.borrow()
}
