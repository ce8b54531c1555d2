//! Running: the sockets, the background work, and the orderly end.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::web;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::http::server::{ServerSettings, http_server_on};

use super::{App, StartError};

/// Starts work that lives as long as the process. The one place that spawns:
/// whatever runs beside the requests is started through here.
#[expect(clippy::disallowed_methods, reason = "this is the one place that starts background work")]
pub fn background(work: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
    tokio::spawn(work)
}

/// A server that answers.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    handle: ServerHandle,
    serving: JoinHandle<()>,
    worker: Option<Worker>,
}

/// Serves what `configure` registers, and does the background work if the
/// process is to.
pub fn listen<C>(app: &App, listener: TcpListener, configure: C) -> Result<Running, StartError>
where
    C: Fn(&mut web::ServiceConfig) + Clone + Send + 'static,
{
    let address = app.settings.server.bind;
    let cannot = |cause| StartError::Listen { address: address.to_string(), cause };
    let address = listener.local_addr().map_err(cannot)?;
    let settings = ServerSettings {
        workers: (app.settings.server.workers > 0).then_some(app.settings.server.workers),
        shutdown_timeout: Duration::from_secs(app.settings.server.shutdown_seconds),
        ..ServerSettings::on(address)
    };
    let server: Server = http_server_on(listener, &settings, &app.kit, configure).map_err(cannot)?;
    let handle = server.handle();
    let serving = background(async move {
        if let Err(error) = server.await {
            tracing::error!(error = %error, "the server ended");
        }
    });
    let worker = app.works.then(|| start_worker(app));
    Ok(Running { address, handle, serving, worker })
}

/// The worker, and what tells it to stop.
#[derive(Debug)]
struct Worker {
    stop: watch::Sender<bool>,
    done: JoinHandle<()>,
    /// How long it may take over what is under way.
    patience: Duration,
}

/// Runs the background work beside the requests.
fn start_worker(app: &App) -> Worker {
    let (stop, stopped) = watch::channel(false);
    let runner = app.runner.clone();
    let done = background(async move { Box::pin(runner.run(stopped)).await });
    Worker { stop, done, patience: Duration::from_secs(app.settings.server.shutdown_seconds) }
}

impl Worker {
    async fn stop(mut self) {
        let _ = self.stop.send(true);
        if timeout(self.patience, &mut self.done).await.is_err() {
            self.done.abort();
            tracing::warn!("background work did not end in time; its leases run out by themselves");
        }
    }
}

impl Running {
    /// Stops accepting, finishes what is under way and gives leases back: the
    /// requests and the background work at the same time, within one deadline.
    pub async fn stop(self) {
        let requests = async {
            self.handle.stop(true).await;
            let _ = self.serving.await;
        };
        let work = async {
            if let Some(worker) = self.worker {
                worker.stop().await;
            }
        };
        tokio::join!(requests, work);
    }

    /// Runs until the process is told to stop, then stops in order.
    pub async fn until_told(self) {
        until_stopped().await;
        tracing::info!("stopping");
        self.stop().await;
    }
}

/// Waits for SIGTERM or Ctrl-C.
pub async fn until_stopped() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupt = tokio::signal::ctrl_c();
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => {
            let _ = interrupt.await;
        }
    }
}
