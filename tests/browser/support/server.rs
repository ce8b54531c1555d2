//! The real binary in its development profile: with a demo user, and a mailbox
//! that can be read.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rekey::app::{App, World};
use rekey::config::Settings;
use rekey::domain::access::Scope;
use rekey::domain::email_address::EmailAddress;
use rekey::domain::secret::Secret;
use rekey::store::applications;
use rekey::workflows::resets::Client;
use serde_json::{Value, json};

/// The demo user.
pub const ADA: &str = "ada@example.com";
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server; killed when dropped.
pub struct Server {
    /// Its address, which is also its public one.
    pub url: String,
    key: String,
    http: reqwest::Client,
    env: Vec<(String, String)>,
    child: Child,
    folder: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts one with these settings beside the usual ones, and waits until it
    /// has said what there is to open.
    pub fn start(settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let url = format!("http://127.0.0.1:{port}");
        let own = |name: &str| folder.path().join(name).display().to_string();
        let mut env = vec![
            ("REKEY__SERVER__BIND".to_owned(), format!("127.0.0.1:{port}")),
            ("REKEY__SERVER__PUBLIC_URL".to_owned(), url.clone()),
            ("REKEY__DATABASE__URL".to_owned(), format!("sqlite://{}", own("rekey.db"))),
            ("REKEY__SECRETS__KEYS_FILE".to_owned(), own("keys.json")),
            ("REKEY__LIMITS__ENABLED".to_owned(), "false".to_owned()),
        ];
        env.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let mut child = Command::new(env!("CARGO_BIN_EXE_rekey"))
            .arg("serve")
            .env_clear()
            .current_dir(folder.path())
            .env("RUST_LOG", "warn")
            .envs(env.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let key = lines.find_map(|line| {
            let line = line.unwrap();
            let (_, after) = line.split_once("Bearer ")?;
            Some(after.split('\'').next().unwrap().to_owned())
        });
        // What it prints later is read and forgotten, so that it never waits for us.
        std::thread::spawn(move || lines.for_each(drop));
        Self { url, key: key.expect("a server that starts"), http: reqwest::Client::new(), env, child, folder }
    }

    /// One more application, made beside the running server.
    pub fn bootstrap(&self, name: &str) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rekey"));
        let command = command.args(["bootstrap", "--application", name, "--json"]).env_clear();
        let made = command.current_dir(self.folder.path()).envs(self.env.iter().cloned()).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }

    /// A link into the console, as the command line prints it.
    pub fn invitation(&self) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rekey"));
        let command = command.args(["console", "invite", "--name", "Olga"]).env_clear();
        let made = command.current_dir(self.folder.path()).envs(self.env.iter().cloned()).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        String::from_utf8(made.stdout).unwrap().lines().next().unwrap().to_owned()
    }

    /// A call with the demo key.
    pub async fn call(&self, method: reqwest::Method, path: &str, body: Option<&Value>) -> Value {
        let mut request = self.http.request(method, format!("{}{path}", self.url)).bearer_auth(&self.key);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// The id of the demo user.
    pub async fn ada(&self) -> String {
        let found = self.call(reqwest::Method::GET, &format!("/user_management/users?email={ADA}"), None).await;
        found["data"][0]["id"].as_str().expect("the demo user").to_owned()
    }

    /// A call of the workflow API.
    pub async fn workflow(&self, call: &str, body: &Value) -> Value {
        self.call(reqwest::Method::POST, &format!("/api/v1/password-reset/{call}"), Some(body)).await
    }

    /// A link that is handed over.
    pub async fn handed_over(&self) -> String {
        let made = self.workflow("create-password-reset-link", &json!({ "userId": self.ada().await })).await;
        made["passwordResetUrl"].as_str().unwrap().to_owned()
    }

    /// A link that is mailed, newer than those before.
    pub async fn mailed_link(&self) -> String {
        let before = self.mails("PASSWORD_RESET_LINK").await.len();
        self.workflow("send-password-reset-email", &json!({ "userId": self.ada().await, "strategy": "LINK" })).await;
        self.link_in_mail(before).await
    }

    /// The link in the mail that comes after so many others.
    pub async fn link_in_mail(&self, before: usize) -> String {
        let text = self.mail("PASSWORD_RESET_LINK", before).await;
        let link = text.split_whitespace().find(|word| word.starts_with(&self.url)).unwrap();
        link.to_owned()
    }

    /// The code in the mail that comes after so many others.
    pub async fn code_in_mail(&self, before: usize) -> String {
        let text = self.mail("PASSWORD_RESET_CODE", before).await;
        let is_code = |word: &&str| word.len() == 8 && word.bytes().all(|byte| byte.is_ascii_digit());
        let joined = text.replace(['\u{a0}', '-'], " ");
        let words: Vec<&str> = joined.split_whitespace().collect();
        let halves = words.windows(2).map(<[&str]>::concat);
        words
            .iter()
            .copied()
            .find(is_code)
            .map(str::to_owned)
            .or_else(|| halves.into_iter().find(|word| is_code(&word.as_str())))
            .unwrap()
    }

    /// The texts of the mails of a kind, the oldest first.
    pub async fn mails(&self, kind: &str) -> Vec<String> {
        let url = format!("{}/dev/mailbox.json", self.url);
        let mails: Vec<Value> = self.http.get(url).send().await.unwrap().json().await.unwrap();
        let of_kind = mails.iter().rev().filter(|mail| mail["kind"] == kind);
        of_kind.map(|mail| mail["text"].as_str().unwrap().to_owned()).collect()
    }

    async fn mail(&self, kind: &str, before: usize) -> String {
        let begun = Instant::now();
        loop {
            if let Some(text) = self.mails(kind).await.into_iter().nth(before) {
                return text;
            }
            assert!(begun.elapsed() < PATIENCE, "no mail {kind}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Whether the demo user can sign in with a password: asked of the same
    /// parts in this process, on the same database.
    pub async fn signs_in(&self, password: &str) -> bool {
        let settings = Settings::load(self.env.clone()).unwrap();
        let app = App::build(settings, World::default(), false, false).await.unwrap();
        let demo = applications::find_public(app.engine.database.read(), None).await.unwrap().expect("the demo");
        let (scope, email) = (Scope::of_record(demo.id), EmailAddress::parse(ADA).unwrap());
        app.engine.sign_in(&scope, None, &email, &Secret::new(password), &Client::default()).await.is_ok()
    }
}
