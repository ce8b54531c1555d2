//! The server: the application every worker runs, and the sockets around it.
//!
//! HTTP/1.1 only; TLS and HTTP/2 belong to the proxy in front. Every wait for
//! a client is bounded: for the head and the next request, for a body (see
//! `extract`), and for reading our answer (see `socket`).

mod refusal;
mod socket;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use actix_http::HttpService;
use actix_server::{Server, ServerBuilder};
use actix_service::{IntoServiceFactory, ServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::body::BoxBody;
use actix_web::dev::{AppConfig, ServiceRequest, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::rt::net::TcpStream;
use actix_web::{App, Error, HttpResponse, web};

use super::HttpKit;
use super::extract::BODY_LIMIT;
use super::middleware::shell;
use super::problem::{Missing, Problem};
use socket::Guarded;

/// How the server listens and how patient it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerSettings {
    /// Where to listen. Not used with a listener of one's own.
    pub bind: SocketAddr,
    /// Worker threads; as many as there are cores when `None`.
    pub workers: Option<usize>,
    /// Connections that may wait to be accepted.
    pub backlog: u32,
    /// Connections that one worker holds at a time.
    pub connections_per_worker: usize,
    /// For a request's head, and for a client that takes nothing of an answer.
    pub header_timeout: Duration,
    /// How long an idle connection is kept.
    pub keep_alive: Duration,
    /// How long a closing connection may linger.
    pub disconnect_timeout: Duration,
    /// How long running requests may take to finish at shutdown.
    pub shutdown_timeout: Duration,
}

impl ServerSettings {
    /// The defaults on an address.
    #[must_use]
    pub const fn on(bind: SocketAddr) -> Self {
        Self {
            bind,
            workers: None,
            backlog: 1024,
            connections_per_worker: 8192,
            header_timeout: Duration::from_secs(10),
            keep_alive: Duration::from_secs(15),
            disconnect_timeout: Duration::from_secs(3),
            shutdown_timeout: Duration::from_secs(20),
        }
    }
}

/// Listens on `settings.bind`. Signals are the caller's: stop it through
/// [`Server::handle`].
pub fn http_server<C>(settings: &ServerSettings, kit: &web::Data<HttpKit>, configure: C) -> io::Result<Server>
where
    C: Fn(&mut web::ServiceConfig) + Clone + Send + 'static,
{
    let builder = builder(settings);
    let factory = connections(settings, kit.clone(), configure, &builder);
    Ok(builder.bind("http", settings.bind, factory)?.run())
}

/// Serves a listener of one's own, for example on port 0.
pub fn http_server_on<C>(
    listener: TcpListener,
    settings: &ServerSettings,
    kit: &web::Data<HttpKit>,
    configure: C,
) -> io::Result<Server>
where
    C: Fn(&mut web::ServiceConfig) + Clone + Send + 'static,
{
    let builder = builder(settings);
    let factory = connections(settings, kit.clone(), configure, &builder);
    Ok(builder.listen("http", listener, factory)?.run())
}

fn builder(settings: &ServerSettings) -> ServerBuilder {
    let builder = Server::build()
        .backlog(settings.backlog)
        .max_concurrent_connections(settings.connections_per_worker)
        .shutdown_timeout(settings.shutdown_timeout.as_secs())
        .disable_signals();
    match settings.workers {
        Some(workers) => builder.workers(workers.max(1)),
        None => builder,
    }
}

/// What each worker does with a connection.
fn connections<C>(
    settings: &ServerSettings,
    kit: web::Data<HttpKit>,
    configure: C,
    builder: &ServerBuilder,
) -> impl Fn() -> Connections + Clone + Send + 'static
where
    C: Fn(&mut web::ServiceConfig) + Clone + Send + 'static,
{
    let shutdown = builder.graceful_shutdown_signal();
    let settings = settings.clone();
    move || {
        let shutdown = shutdown.clone();
        let app = map_config(shell_app(kit.clone(), configure.clone()).into_factory(), |()| AppConfig::default());
        let http = HttpService::build()
            .keep_alive(settings.keep_alive)
            .client_request_timeout(settings.header_timeout)
            .client_disconnect_timeout(settings.disconnect_timeout)
            .graceful_shutdown_signal(move || {
                let shutdown = shutdown.clone();
                async move { shutdown.notified().await }
            })
            .on_connect_ext(|socket: &Guarded<TcpStream>, data| {
                data.insert(socket.activity());
            })
            .h1(app);
        let patience = settings.header_timeout;
        let kit = kit.clone();
        let guard = fn_service(move |stream: TcpStream| {
            let guarded = (stream.peer_addr().ok(), Guarded::new(stream, patience, kit.clone()));
            async move { Ok((guarded.1, guarded.0)) }
        });
        actix_service::boxed::factory(guard.and_then(http))
    }
}

type Connections = actix_service::boxed::BoxServiceFactory<(), TcpStream, (), actix_web::error::DispatchError, ()>;

/// The application: the shell around what `configure` registers. Tests may
/// serve it without a socket.
pub fn shell_app<C>(
    kit: web::Data<HttpKit>,
    configure: C,
) -> App<
    impl ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse<BoxBody>, Error = Error, InitError = ()>,
>
where
    C: FnOnce(&mut web::ServiceConfig),
{
    let shell_kit = kit.clone();
    App::new()
        .app_data(kit)
        .app_data(web::PayloadConfig::new(BODY_LIMIT))
        .app_data(web::JsonConfig::default().limit(BODY_LIMIT))
        .app_data(web::FormConfig::default().limit(BODY_LIMIT))
        .configure(configure)
        .default_service(web::to(nothing_here))
        .wrap(from_fn(move |request, next| shell(shell_kit.clone(), request, next)))
}

async fn nothing_here() -> Result<HttpResponse, Problem> {
    Err(Problem::not_found(Missing::Route))
}
