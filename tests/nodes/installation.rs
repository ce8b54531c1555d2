//! One installation: a database, a keys file, an SMTP server, and as many
//! processes as a test starts.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use rekey::app::{App, World};
use rekey::config::Settings;
use rekey::domain::access::{Authority, Origin, Scope};
use rekey::domain::email_address::EmailAddress;
use rekey::domain::ids::UserId;
use rekey::domain::secret::Secret;
use rekey::workflows::resets::Client;
use rekey::workflows::sessions::SignedIn;
use rekey::workflows::users::NewUser;
use serde_json::{Value, json};

use crate::database::TestDatabase;
use crate::http::Answer;
use crate::smtp::SmtpServer;

/// A password that every policy accepts.
pub const PASSWORD: &str = "Sunny-Meadow-Walk-0042";
const BINARY: &str = env!("CARGO_BIN_EXE_rekey");

/// What the processes of one installation share.
pub struct Installation {
    /// The database.
    pub database: TestDatabase,
    /// Where the mails arrive.
    pub smtp: SmtpServer,
    /// What `rekey bootstrap` printed.
    pub made: Value,
    env: Vec<(String, String)>,
    folder: tempfile::TempDir,
    http: reqwest::Client,
}

/// A process; killed when dropped.
pub struct Node {
    /// Its address.
    pub url: String,
    /// The socket address of it.
    pub address: String,
    child: Child,
    log: PathBuf,
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Node {
    /// Ends it as a power cut would.
    pub fn kill(self) {
        drop(self);
    }

    /// Its process id.
    pub fn id(&self) -> String {
        self.child.id().to_string()
    }

    /// Lets it write files up to this many bytes and no further, which to
    /// SQLite is a disk that fails; `None` takes the limit away. For processes
    /// that outlive it.
    pub fn limit_files(&self, bytes: Option<u64>) {
        let soft = bytes.map_or("unlimited".to_owned(), |bytes| bytes.to_string());
        let set = Command::new("prlimit").args(["--pid", &self.id(), &format!("--fsize={soft}:unlimited")]).status();
        assert!(set.expect("prlimit, which comes with util-linux").success());
    }

    /// Everything it has printed.
    pub fn said(&self) -> String {
        std::fs::read_to_string(self.log.with_extension("said")).unwrap()
    }

    /// Waits until it ends by itself, and answers why.
    pub fn refuses(mut self) -> String {
        let begun = Instant::now();
        while self.child.try_wait().unwrap().is_none() {
            assert!(begun.elapsed() < Duration::from_secs(20), "it runs");
            std::thread::sleep(Duration::from_millis(30));
        }
        assert!(!self.child.wait().unwrap().success());
        self.log()
    }

    /// Everything it has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// Asks it to stop and waits until it has.
    pub fn stop(mut self) -> bool {
        let id = self.id();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        self.child.wait().unwrap().success()
    }
}

/// Runs a test with an installation on a database of its own.
pub fn with(database: impl AsyncFnOnce() -> TestDatabase, test: impl AsyncFnOnce(&mut Installation)) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let mut installation = Installation::new(database().await).await;
        test(&mut installation).await;
        installation.database.drop().await;
    });
}

impl Installation {
    async fn new(database: TestDatabase) -> Self {
        let smtp = SmtpServer::start().await;
        let folder = tempfile::tempdir().unwrap();
        let keys = folder.path().join("keys.json");
        let env = [
            ("REKEY_PROFILE", "test"),
            ("REKEY__DATABASE__URL", database.url()),
            ("REKEY__MAIL__TRANSPORT", "smtp"),
            ("REKEY__MAIL__SMTP__URL", &smtp.url()),
            ("REKEY__MAIL__FROM", "no-reply@rekey.test"),
            ("REKEY__SECRETS__KEYS_FILE", keys.to_str().unwrap()),
            ("REKEY__SERVER__PUBLIC_URL", "https://rekey.test"),
            ("REKEY__SERVER__WORKERS", "2"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        Self { database, smtp, made: Value::Null, env, folder, http: reqwest::Client::new() }
    }

    /// The program with these arguments, not yet started.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(BINARY);
        command.env_clear().args(arguments).stdin(Stdio::null()).current_dir(self.folder.path());
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command
    }

    /// One more setting for the processes that are started from now on.
    pub fn set(&mut self, name: &str, value: &str) {
        self.env.push((name.to_owned(), value.to_owned()));
    }

    /// Makes the application `shop`.
    pub fn bootstrap(&mut self) {
        let output = self.command(&["bootstrap", "--application", "shop", "--json"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        self.made = serde_json::from_slice(&output.stdout).unwrap();
    }

    /// Starts a process, without waiting for it.
    pub fn start(&self) -> Node {
        self.spawn(self.command(&["serve"]))
    }

    /// Starts a process that runs only some parts, without waiting for it.
    pub fn start_role(&self, role: &str) -> Node {
        self.spawn(self.command(&["serve", "--role", role]))
    }

    /// Runs another command of rekey, and answers what it printed.
    pub fn run(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs another command of rekey that fails, and answers what it printed.
    pub fn fails(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Where its keys are.
    pub fn keys_file(&self) -> PathBuf {
        self.folder.path().join("keys.json")
    }

    /// A GET without credentials: its status and text.
    pub async fn get(&self, node: &Node, path: &str) -> (u16, String) {
        let answer = self.http.get(format!("{}{path}", node.url)).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// The same, and a file that may not grow is an error to it and not its
    /// end.
    pub fn start_outliving_limits(&self) -> Node {
        let mut shell = Command::new("bash");
        shell.env_clear().args(["-c", "trap '' XFSZ; exec \"$0\" serve", BINARY]);
        shell.stdin(Stdio::null()).current_dir(self.folder.path());
        shell.envs(self.env.iter().map(|(name, value)| (name, value)));
        self.spawn(shell)
    }

    fn spawn(&self, mut command: Command) -> Node {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let log = self.folder.path().join(format!("log-{port}-{:?}", Instant::now()));
        let child = command
            .env("REKEY__SERVER__BIND", format!("127.0.0.1:{port}"))
            .stdout(std::fs::File::create(log.with_extension("said")).unwrap())
            .stderr(std::fs::File::create(&log).unwrap())
            .spawn()
            .unwrap();
        Node { url: format!("http://127.0.0.1:{port}"), address: format!("127.0.0.1:{port}"), child, log }
    }

    /// Waits until a process answers.
    pub async fn ready(&self, node: &Node) {
        let begun = Instant::now();
        loop {
            match self.http.get(format!("{}/health/ready", node.url)).send().await {
                Ok(answer) if answer.status() == 200 => return,
                _ if begun.elapsed() > Duration::from_secs(20) => panic!("it does not come up: {}", node.log()),
                _ => tokio::time::sleep(Duration::from_millis(30)).await,
            }
        }
    }

    /// What `/health/ready` says: its status and the checks that fail.
    pub async fn readiness(&self, node: &Node) -> (u16, String) {
        let answer = Answer::read(self.http.get(format!("{}/health/ready", node.url)).send().await.unwrap()).await;
        let failing = answer.body["failing"].as_array().into_iter().flatten().filter_map(Value::as_str);
        (answer.status, failing.collect::<Vec<_>>().join(" "))
    }

    /// Starts a process and waits until it answers.
    pub async fn node(&self) -> Node {
        let node = self.start();
        self.ready(&node).await;
        node
    }

    /// The parts of this installation, inside this process: for what no door
    /// offers.
    pub async fn inside(&self) -> App {
        let settings = Settings::load(self.env.clone()).unwrap();
        App::build(settings, World::default(), false, false).await.unwrap()
    }

    /// The application.
    pub fn scope(&self) -> Scope {
        Scope::of_record(self.made["applicationId"].as_str().unwrap().parse().unwrap())
    }

    /// Somebody who may do everything in it.
    pub fn authority(&self) -> Authority {
        Authority::new(self.scope(), Origin::command_line())
    }

    /// Makes a user with [`PASSWORD`].
    pub async fn user(&self, app: &App, email: &str) -> UserId {
        let new = NewUser { password: Some(Secret::new(PASSWORD)), ..NewUser::default() };
        app.engine.create_user(&self.authority(), &EmailAddress::parse(email).unwrap(), new).await.unwrap().id
    }

    /// Signs in with a password.
    pub async fn session(&self, app: &App, email: &str, password: &str) -> Option<SignedIn> {
        let email = EmailAddress::parse(email).unwrap();
        app.engine.sign_in(&self.scope(), None, &email, &Secret::new(password), &Client::default()).await.ok()
    }

    /// A call of the workflow API on one process; `None` when it does not
    /// answer.
    pub async fn try_call(&self, url: &str, call: &str, body: &Value) -> Option<Answer> {
        let request = self.http.post(format!("{url}/api/v1/password-reset/{call}"));
        let request = request.bearer_auth(self.made["apiKey"].as_str().unwrap()).json(body);
        match request.timeout(Duration::from_secs(20)).send().await {
            Ok(answer) => Some(Answer::read(answer).await),
            Err(_) => None,
        }
    }

    /// A call of the workflow API on one process.
    pub async fn call(&self, url: &str, call: &str, body: &Value) -> Answer {
        self.try_call(url, call, body).await.expect("it answers")
    }

    /// One call with many bodies at once, spread over several processes.
    pub async fn crowd(&self, nodes: &[&Node], call: &str, bodies: &[Value]) -> Vec<Option<Answer>> {
        let calls = bodies.iter().zip(nodes.iter().cycle());
        join_all(calls.map(|(body, node)| self.try_call(&node.url, call, body))).await
    }

    /// A live handed-over link for a user.
    pub async fn handed_over(&self, node: &Node, user: UserId) -> String {
        let answer = self.call(&node.url, "create-password-reset-link", &json!({"userId": user.to_string()})).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.text_at("/passwordResetCode")
    }

    /// Waits until a query answers a number.
    pub async fn until(&mut self, sql: &str, number: i64, limit: Duration) {
        let begun = Instant::now();
        loop {
            let now = self.database.number(sql).await;
            if now == number {
                return;
            }
            assert!(begun.elapsed() < limit, "after {limit:?} it is still {now}, not {number}: {sql}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}
