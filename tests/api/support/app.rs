//! A real rekey for one test: a server on a real socket, its database, a real
//! SMTP server, a clock that stands still, and a worker that works when told.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use rekey::app::{App, Running, World};
use rekey::config::Settings;
use rekey::domain::access::{Authority, Grant, Origin, Scope};
use rekey::domain::clock::Timestamp;
use rekey::domain::email_address::EmailAddress;
use rekey::domain::entropy::SystemEntropy;
use rekey::domain::ids::{ApplicationId, ServiceAccountId, TenantId, UserId};
use rekey::domain::policy::WorkflowOverrides;
use rekey::domain::secret::Secret;
use rekey::store::applications::{self, Tenant};
use rekey::store::policies::{self, PolicyKind};
use rekey::store::time::Clock;
use rekey::workflows::bootstrap::bootstrap;
use rekey::workflows::service_accounts::{self, Manager, NewServiceAccount};
use rekey::workflows::users::NewUser;
use reqwest::Method;
use serde_json::Value;

use super::database::TestDatabase;
use super::http::Answer;
use super::smtp::{Received, SmtpServer};
use super::workos;

/// A password that every policy accepts.
pub const PASSWORD: &str = "Sunny-Meadow-Walk-0042";
/// Another one.
pub const NEW_PASSWORD: &str = "Quiet-Harbour-Lamp-7319";
/// When every test begins: 2026-01-01T00:00:00Z.
const BEGIN: i64 = 1_767_225_600_000;

/// One rekey with one application, `shop`.
pub struct TestApp {
    /// Its address, `http://127.0.0.1:port`.
    pub url: String,
    /// An API key that may do everything in the application.
    pub key: String,
    /// The client id and secret of the same account.
    pub client: (String, String),
    /// The application.
    pub application: ApplicationId,
    /// Its default tenant.
    pub tenant: TenantId,
    /// Where its mails arrive.
    pub smtp: SmtpServer,
    /// Its parts, for what no door offers.
    pub app: App,
    /// The database, for looking at rows.
    pub database: TestDatabase,
    client_http: reqwest::Client,
    clock: Arc<AtomicI64>,
    running: Option<Running>,
    _folder: tempfile::TempDir,
}

/// Runs a test on SQLite and on PostgreSQL, each with a rekey of its own, and
/// fails it when it leaves work behind.
pub fn on_both_databases(test: impl AsyncFn(&mut TestApp)) {
    on_both_with(&[], test);
}

/// The same with settings, as environment variables.
#[expect(clippy::needless_pass_by_value, reason = "a test hands its closure over")]
pub fn on_both_with(settings: &[(&str, &str)], test: impl AsyncFn(&mut TestApp)) {
    on(&[true, false], settings, &test);
}

/// Runs a test on PostgreSQL alone: where several write at the same time.
#[expect(clippy::needless_pass_by_value, reason = "a test hands its closure over")]
pub fn on_postgres(test: impl AsyncFn(&mut TestApp)) {
    on(&[false], &[], &test);
}

/// Runs a test on SQLite alone.
#[expect(clippy::needless_pass_by_value, reason = "a test hands its closure over")]
pub fn on_sqlite(test: impl AsyncFn(&mut TestApp)) {
    on(&[true], &[], &test);
}

fn on(embedded: &[bool], settings: &[(&str, &str)], test: &impl AsyncFn(&mut TestApp)) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    for embedded in embedded.iter().copied() {
        runtime.block_on(async {
            let database = if embedded { TestDatabase::sqlite().await } else { TestDatabase::postgres().await };
            println!("on {}", database.kind());
            let mut app = TestApp::start(database, settings).await;
            test(&mut app).await;
            app.finish().await;
        });
    }
}

impl TestApp {
    async fn start(database: TestDatabase, settings: &[(&str, &str)]) -> Self {
        let smtp = SmtpServer::start().await;
        let folder = tempfile::tempdir().unwrap();
        let keys = folder.path().join("keys.json");
        let mut env: Vec<(String, String)> = [
            ("REKEY_PROFILE", "test"),
            ("REKEY__DATABASE__URL", database.url()),
            ("REKEY__MAIL__TRANSPORT", "smtp"),
            ("REKEY__MAIL__SMTP__URL", &smtp.url()),
            ("REKEY__MAIL__FROM", "no-reply@rekey.test"),
            ("REKEY__SECRETS__KEYS_FILE", keys.to_str().unwrap()),
            ("REKEY__SERVER__PUBLIC_URL", "https://rekey.test"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        env.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let (clock, hand) = Clock::stopped(Timestamp::from_millis(BEGIN));
        let world = World { clock, ..World::default() };
        let app = App::build(Settings::load(env).unwrap(), world, true, false).await.unwrap();
        let made = bootstrap(&app.engine.database, &SystemEntropy, "shop", None).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let running = app.listen(listener).unwrap();
        Self {
            url: format!("http://{}", running.address),
            key: made.api_key.expose().to_owned(),
            client: (made.client_id, made.client_secret.expose().to_owned()),
            application: made.application,
            tenant: made.tenant,
            smtp,
            app,
            database,
            client_http: reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap(),
            clock: hand,
            running: Some(running),
            _folder: folder,
        }
    }

    async fn finish(mut self) {
        let left = self.database.count("jobs").await;
        assert_eq!(left, 0, "the test left {left} jobs behind; drain() them");
        self.running.take().unwrap().stop().await;
        self.app.engine.database.clone().close().await.unwrap();
        self.database.drop().await;
    }

    /// Stops, and starts again with the same settings.
    pub async fn restart(&mut self) {
        self.running.take().unwrap().stop().await;
        self.app.engine.database.clone().close().await.unwrap();
        let (url, app, running) = self.another_instance().await;
        (self.url, self.app, self.running) = (url, app, Some(running));
    }

    /// Another instance on the same database, with the same keys, settings and
    /// clock: its address, its parts, and what stops it.
    pub async fn another_instance(&self) -> (String, App, Running) {
        let clock = Clock::Stopped(Arc::clone(&self.clock));
        let world = World { clock, ..World::default() };
        let app = App::build(Settings::clone(&self.app.settings), world, true, false).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let running = app.listen(listener).unwrap();
        (format!("http://{}", running.address), app, running)
    }

    /// Moves the clock on.
    pub fn advance(&self, by: Duration) {
        self.clock.fetch_add(i64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.clock.load(Ordering::SeqCst))
    }

    /// Does all background work that is due, mails included.
    pub async fn drain(&self) {
        self.app.runner.drain().await.unwrap();
    }

    /// A request with headers and a body as given, without credentials. What
    /// the WorkOS-compatible API answers must be as its description says.
    pub async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Option<Vec<u8>>) -> Answer {
        let mut request = self.client_http.request(method.clone(), format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        let answer = Answer::read(request.send().await.unwrap()).await;
        workos::check(&method, path, &answer);
        answer
    }

    /// A JSON call with an API key.
    pub async fn call_as(&self, key: &str, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let bearer = format!("Bearer {key}");
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        self.send(method, path, &headers, body.map(|body| body.to_string().into_bytes())).await
    }

    /// A JSON POST with the application's key.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.call_as(&self.key, Method::POST, path, Some(body)).await
    }

    /// A call of the workflow API, by the last part of its path.
    pub async fn workflow(&self, call: &str, body: &Value) -> Answer {
        self.post(&format!("/api/v1/password-reset/{call}"), body).await
    }

    /// A GET with the application's key.
    pub async fn get(&self, path: &str) -> Answer {
        self.call_as(&self.key, Method::GET, path, None).await
    }

    /// Makes a user of the default tenant with [`PASSWORD`].
    pub async fn user(&self, email: &str) -> UserId {
        self.user_in(self.tenant, email).await
    }

    /// Makes a user of a tenant with [`PASSWORD`].
    pub async fn user_in(&self, tenant: TenantId, email: &str) -> UserId {
        let new = NewUser {
            tenant: Some(tenant),
            password: Some(Secret::new(PASSWORD)),
            first_name: Some("Ann".to_owned()),
            ..NewUser::default()
        };
        let email = EmailAddress::parse(email).unwrap();
        self.app.engine.create_user(&self.authority(), &email, new).await.unwrap().id
    }

    /// Somebody who may do everything in the application.
    pub fn authority(&self) -> Authority {
        Authority::new(self.scope(), Origin::command_line())
    }

    /// The whole application.
    pub fn scope(&self) -> Scope {
        Scope::of_record(self.application)
    }

    /// Makes another tenant of the application.
    pub async fn another_tenant(&self, name: &str) -> TenantId {
        let id = TenantId::generate(self.now(), &SystemEntropy);
        let (name, display_name) = (name.to_owned(), name.to_owned());
        let tenant = Tenant { id, application: self.application, name, display_name, locale: None };
        applications::insert_tenant(self.app.engine.database.write(), &tenant, self.now()).await.unwrap();
        id
    }

    /// Makes another application; answers its id, default tenant and API key.
    pub async fn another_application(&self, name: &str) -> (ApplicationId, TenantId, String) {
        let made = bootstrap(&self.app.engine.database, &SystemEntropy, name, None).await.unwrap();
        (made.application, made.tenant, made.api_key.expose().to_owned())
    }

    /// Makes a service account with these grants; answers its id and API key.
    pub async fn account(&self, grants: Vec<Grant>) -> (ServiceAccountId, String) {
        let transaction = self.app.engine.database.begin().await.unwrap();
        let (now, scope) = (self.now(), self.scope());
        let new = NewServiceAccount { name: "robot".to_owned(), home: None, grants };
        let made = service_accounts::create(&transaction, &scope, Manager::Operator, new, now, &SystemEntropy).await;
        let (account, _) = made.unwrap();
        let name = "key".to_owned();
        let key =
            service_accounts::add_key(&transaction, &scope, Manager::Operator, account.id, name, now, &SystemEntropy);
        let (_, key) = key.await.unwrap();
        transaction.commit().await.unwrap();
        (account.id, key.expose().to_owned())
    }

    /// Sets the workflow policy of the application.
    pub async fn policy(&self, overrides: WorkflowOverrides) {
        let database = self.app.engine.database.write();
        policies::put(database, &self.scope(), None, PolicyKind::Workflow, &overrides, self.now()).await.unwrap();
        self.app.engine.tenancies.clear();
    }

    /// The mails that have arrived so far, after doing all work that is due.
    pub async fn mails(&self) -> Vec<Received> {
        self.drain().await;
        self.smtp.messages()
    }

    /// The newest mail, after doing all work that is due.
    pub async fn latest_mail(&self) -> Received {
        self.mails().await.pop().expect("no mail has arrived")
    }

    /// Asks for a link by address and reads its token from the mail.
    pub async fn link_token(&self, email: &str) -> String {
        self.drain().await;
        let answer = self.workflow("request-password-reset", &serde_json::json!({"email": email})).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        self.latest_mail().await.link_token()
    }

    /// Asks for a code by address; answers the request code and the code.
    pub async fn code(&self, email: &str) -> (String, String) {
        self.drain().await;
        let answer = self.workflow("request-password-reset", &serde_json::json!({"email": email})).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let request_code = answer.text_at("/requestCode");
        (request_code, self.latest_mail().await.verification_code())
    }

    /// Whether a user may sign in with a password.
    pub async fn signs_in(&self, email: &str, password: &str) -> bool {
        let body = serde_json::json!({"grant_type": "password", "email": email, "password": password,
            "client_id": self.client.0, "client_secret": self.key});
        self.post("/user_management/authenticate", &body).await.status == 200
    }

    /// The events of a user, by kind, oldest first.
    pub async fn events(&self, user: UserId) -> Vec<String> {
        rekey::store::events::list_kinds(self.app.engine.database.read(), user).await.unwrap()
    }
}
