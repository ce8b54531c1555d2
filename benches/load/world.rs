//! What a scenario runs against: a server on an empty database, its API key and its users.

use std::{net::SocketAddr, path::Path, process::Command, sync::Arc};

use serde_json::{Value, json};

use super::{
    Outcome,
    args::Args,
    client::{Connection, Request},
    process::{self, Server},
    sink::{Inbox, Sink},
};

/// A user of the server under test.
#[derive(Debug, Clone)]
pub struct User {
    pub id: String,
    pub email: String,
}

/// Everything that is up during a run.
pub struct World {
    pub server: Server,
    pub api_key: Arc<str>,
    pub client_id: Arc<str>,
    pub users: Arc<[User]>,
    sink: Sink,
    folder: tempfile::TempDir,
}

impl World {
    /// Starts the sink and the server, makes an application and its users.
    pub async fn build(args: &Args) -> Outcome<Self> {
        if !args.binary.is_file() {
            let name = args.binary.display();
            return Err(format!("{name} does not exist; `cargo build --release` first, or --binary PATH").into());
        }
        let folder = tempfile::Builder::new().prefix("rekey-load.").tempdir()?;
        let sink = Sink::start(args.ack_delay).await?;
        let address = process::free_address()?;
        let command = configured(args, folder.path(), address, sink.address);
        let server = Server::start(command, address, "/health/ready", &folder.path().join("server.log")).await?;
        let printed = bootstrap(args, folder.path(), address, sink.address)?;
        let api_key: Arc<str> = member(&printed, "apiKey")?.into();
        let client_id = member(&printed, "clientId")?.into();
        let users = create_users(address, &api_key, args.users).await?.into();
        Ok(Self { server, api_key, client_id, users, sink, folder })
    }

    /// Ends the server and starts it again on the same database.
    pub async fn restart(self, args: &Args) -> Outcome<Self> {
        let Self { server, api_key, client_id, users, sink, folder } = self;
        server.stop();
        let address = process::free_address()?;
        let command = configured(args, folder.path(), address, sink.address);
        let server = Server::start(command, address, "/health/ready", &folder.path().join("server.log")).await?;
        Ok(Self { server, api_key, client_id, users, sink, folder })
    }

    pub fn inbox(&self) -> &Inbox {
        &self.sink.inbox
    }

    /// A call of the workflow API with the key of this run.
    pub fn workflow(&self, call: &str, body: &Value) -> Request {
        Request::post(&format!("/api/v1/password-reset/{call}"), Some(&self.api_key), body)
    }

    /// A call of the WorkOS-compatible API with a body.
    pub fn workos(&self, method: &str, path: &str, body: &Value) -> Request {
        Request::with_body(method, path, Some(&self.api_key), body)
    }

    /// A read with the key of this run.
    pub fn read(&self, path: &str) -> Request {
        Request::get_with(path, Some(&self.api_key))
    }
}

/// The program with the settings of a load test; scenarios differ in nothing but calls.
fn configured(args: &Args, folder: &Path, address: SocketAddr, sink: SocketAddr) -> Command {
    let embedded = || format!("sqlite://{}", folder.join("rekey.db").display());
    let mut command = Command::new(&args.binary);
    command
        .current_dir(folder)
        .env("REKEY_PROFILE", "test")
        .env("REKEY__SERVER__BIND", address.to_string())
        .env("REKEY__SERVER__PUBLIC_URL", format!("http://{address}"))
        .env("REKEY__DATABASE__URL", args.database.clone().unwrap_or_else(embedded))
        .env("REKEY__MAIL__TRANSPORT", "smtp")
        .env("REKEY__MAIL__SMTP__URL", format!("smtp://{sink}"))
        .env("REKEY__MAIL__FROM", "load@rekey.test")
        .env("REKEY__SECRETS__KEYS_FILE", folder.join("keys"))
        .env("REKEY__LIMITS__ENABLED", "false")
        .env("REKEY__OUTBOUND__ALLOWED_NETWORKS", "127.0.0.0/8")
        .env("REKEY__HASHING__THREADS", args.hashing.threads.to_string())
        .env("REKEY__HASHING__MEMORY_KIB", args.hashing.memory_kib.to_string())
        .env("REKEY__HASHING__ITERATIONS", args.hashing.iterations.to_string())
        .env("REKEY__HASHING__PARALLELISM", args.hashing.parallelism.to_string())
        .env("RUST_LOG", "warn");
    if let Some(connections) = args.smtp_pool {
        command.env("REKEY__MAIL__SMTP__POOL_SIZE", connections.to_string());
    }
    command
}

/// Makes an application beside the running server and answers what that printed.
fn bootstrap(args: &Args, folder: &Path, address: SocketAddr, sink: SocketAddr) -> Outcome<Value> {
    let output =
        configured(args, folder, address, sink).args(["bootstrap", "--application", "load", "--json"]).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let printed: Option<Value> = text.find('{').and_then(|start| serde_json::from_str(text.get(start..)?.trim()).ok());
    match printed {
        Some(printed) if output.status.success() => Ok(printed),
        _ => Err(format!("bootstrap failed ({}): {}", output.status, String::from_utf8_lossy(&output.stderr)).into()),
    }
}

/// A text of a JSON object.
pub fn member<'a>(object: &'a Value, name: &str) -> Outcome<&'a str> {
    object.get(name).and_then(Value::as_str).ok_or_else(|| format!("no {name} in the answer").into())
}

/// Users without a password, because setting one would cost a hash each.
async fn create_users(server: SocketAddr, api_key: &str, count: usize) -> Outcome<Vec<User>> {
    let mut connection = Connection::new(server);
    let mut users = Vec::with_capacity(count);
    for number in 0..count {
        let email = known_address(number);
        let body = json!({ "email": email, "email_verified": true });
        let request = Request::post("/user_management/users", Some(api_key), &body);
        let user = connection.call(&request).await?.json(201).map_err(|error| format!("creating a user: {error}"))?;
        let id = member(&user, "id")?.to_owned();
        users.push(User { id, email });
    }
    Ok(users)
}

/// The address of a user. As long as [`unknown_address`], so that the requests differ in nothing else.
pub fn known_address(number: usize) -> String {
    format!("load-a-{number:09}@example.test")
}

/// An address that nobody has.
pub fn unknown_address(number: u64) -> String {
    format!("load-b-{:09}@example.test", number % 1_000_000_000)
}
