//! Outcomes of mails are written back together: whoever is next to write takes
//! along what has come in meanwhile, so that one commit serves many mails and
//! none waits for a commit that has nothing to do with it. Nothing is held back
//! to make a group larger: what a provider has taken and no row says would be
//! sent again after a crash.

use std::sync::{Arc, PoisonError};

use tokio::sync::{Mutex, oneshot};

use crate::workflows::settle::{Delivered, SentMail};
use crate::workflows::{Engine, Outcome};

/// Writes outcomes back for one worker.
pub struct Settling<'a> {
    engine: &'a Engine,
    worker: &'a str,
    waiting: std::sync::Mutex<Vec<Waiting>>,
    turn: Mutex<()>,
}

struct Waiting {
    sent: Arc<SentMail>,
    tell: oneshot::Sender<Delivered>,
}

impl<'a> Settling<'a> {
    /// Nothing waits yet.
    pub fn new(engine: &'a Engine, worker: &'a str) -> Self {
        Self { engine, worker, waiting: std::sync::Mutex::default(), turn: Mutex::default() }
    }

    /// Writes an outcome back; returns when that is committed.
    ///
    /// # Errors
    /// When the database is gone; the message is then sent again.
    pub async fn settle(&self, sent: SentMail) -> Outcome<Delivered> {
        let sent = Arc::new(sent);
        let (tell, mut told) = oneshot::channel();
        self.waiting().push(Waiting { sent: Arc::clone(&sent), tell });
        let _turn = self.turn.lock().await;
        if let Ok(delivered) = told.try_recv() {
            return Ok(delivered);
        }
        let group = std::mem::take(&mut *self.waiting());
        let all: Vec<&SentMail> = group.iter().map(|waiting| &*waiting.sent).collect();
        if let Ok(delivered) = self.engine.settle_deliveries(self.worker, &all).await {
            for (waiting, delivered) in group.into_iter().zip(delivered) {
                // Whoever does not wait any more need not know.
                let _ = waiting.tell.send(delivered);
            }
        }
        match told.try_recv() {
            Ok(delivered) => Ok(delivered),
            // One of the group may be at fault: each of them tries alone.
            Err(_) => {
                Ok(self.engine.settle_deliveries(self.worker, &[&sent]).await?.pop().unwrap_or(Delivered::Deferred))
            }
        }
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Vec<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
