//! An application with one user, and a browser that keeps cookies.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use actix_web::http::header::HeaderMap;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{rt, web};

use crate::credentials::signing_keys::{SigningKey, SigningKeys};
use crate::credentials::tokens::AccessTokens;
use crate::credentials::{HashSettings, Hasher};
use crate::domain::access::{Actor, Authority, Caller, Origin, Scope};
use crate::domain::clock::Timestamp;
use crate::domain::entropy::SystemEntropy;
use crate::domain::ids::{ApplicationId, ServiceAccountId, TenantId, UserId};
use crate::domain::policy::WorkflowOverrides;
use crate::domain::reset::{Mode, Strategy, proof};
use crate::domain::secret::{Secret, SecretBytes};
use crate::domain::user::User;
use crate::http::HttpKit;
use crate::http::pages::flow::tests::keys;
use crate::http::pages::{Pages, configure, configure_dev};
use crate::http::server::shell_app;
use crate::locales::Locales;
use crate::mail::mailbox::MailboxTransport;
use crate::store::applications::{self, Application, Tenant};
use crate::store::database::{Database, DatabaseOptions};
use crate::store::time::Clock;
use crate::store::writer::RequestWriter;
use crate::store::{jobs, users};
use crate::webhooks::client::GuardedClient;
use crate::workflows::decoy::KindsCache;
use crate::workflows::email_templates::TemplateCache;
use crate::workflows::fixture::mailer;
use crate::workflows::resets::Client;
use crate::workflows::resets::in_flight::InFlight;
use crate::workflows::resets::request::IssueJob;
use crate::workflows::resets::trusted::{CreateLink, LinkAuthority, SendEmail};
use crate::workflows::tenancy::TenancyCache;
use crate::workflows::{Engine, Limits};

pub(super) const URL: &str = "https://id.example.com";
pub(super) const GOOD: &str = "quiet maple lantern 42";

/// What the pages stand on.
pub(super) struct World {
    pub engine: Arc<Engine>,
    pub mailbox: MailboxTransport,
    pub application: Application,
    pub user: UserId,
    clock: Arc<AtomicI64>,
    _folder: tempfile::TempDir,
}

impl World {
    pub async fn new(display_name: &str, workflow: WorkflowOverrides) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let now = Timestamp::from_millis(1_700_000_000_000);
        let (clock, hand) = Clock::stopped(now);
        let url = format!("sqlite://{}", folder.path().join("rekey.db").display());
        let options = DatabaseOptions { url, pool_size: 2, patience: Duration::from_secs(5) };
        let database = Database::connect(&options, clock).await.unwrap();
        database.migrate_up().await.unwrap();
        let (requests, work) = RequestWriter::new(database.clone());
        rt::spawn(work);
        let signing = SigningKey::from_seed("s1".into(), SecretBytes::new([3; 32]), false);
        let signing = SigningKeys::new("s1", vec![signing]).unwrap();
        let mailbox = MailboxTransport::new();
        let engine = Engine {
            database,
            requests,
            entropy: Arc::new(SystemEntropy),
            keys: keys(1),
            tokens: Arc::new(AccessTokens::new(signing, URL.into(), URL.into())),
            hasher: Hasher::start(HashSettings { threads: 1, ..HashSettings::default() }, None).unwrap(),
            mailer: mailer(&mailbox, "no-reply@example.com"),
            client: Arc::new(GuardedClient::default()),
            breaches: crate::workflows::passwords::Breaches::None,
            limits: Limits::default(),
            public_url: URL.into(),
            workflow_defaults: workflow,
            password_defaults: crate::domain::password::PasswordOverrides::default(),
            tenancies: TenancyCache::default(),
            templates: TemplateCache::default(),
            hash_kinds: KindsCache::default(),
            in_flight: InFlight::default(),
        };
        let mut world = Self {
            application: application(&engine, "portal", display_name, now).await,
            engine: Arc::new(engine),
            mailbox,
            user: UserId::generate(now, &SystemEntropy),
            clock: hand,
            _folder: folder,
        };
        world.user = world.add_user("Ada@Example.org").await;
        world
    }

    pub async fn with(workflow: WorkflowOverrides) -> Self {
        Self::new("Acme Portal", workflow).await
    }

    pub async fn by_code() -> Self {
        Self::with(WorkflowOverrides { strategy: Some(Strategy::Otp), ..Default::default() }).await
    }

    pub fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1000, Ordering::SeqCst);
    }

    pub async fn add_application(&self, name: &str) {
        application(&self.engine, name, name, self.engine.now().await.unwrap()).await;
    }

    pub async fn add_user(&self, email: &str) -> UserId {
        let now = self.engine.now().await.unwrap();
        let user = User {
            id: UserId::generate(now, &SystemEntropy),
            application: self.application.id,
            tenant: self.application.default_tenant,
            email: email.to_owned(),
            email_canonical: email.to_ascii_lowercase(),
            email_verified: false,
            first_name: None,
            last_name: None,
            locale: None,
            external_id: None,
            metadata: serde_json::json!({}),
            disabled: false,
            protected: false,
            password_hash: None,
            credential_version: 0,
            last_sign_in_at: None,
            created_at: now,
            updated_at: now,
            version: 1,
        };
        users::insert(self.engine.database.write(), &user).await.unwrap();
        user.id
    }

    pub fn scope(&self) -> Scope {
        Scope::of_record(self.application.id)
    }

    fn caller(&self) -> Caller {
        Caller {
            actor: Actor::ServiceAccount(ServiceAccountId::generate(Timestamp::from_millis(0), &SystemEntropy)),
            client_id: "client".into(),
            application: self.application.id,
            home: None,
            grants: Vec::new(),
        }
    }

    /// The token of a new link.
    pub async fn link(&self, mode: Mode, user: UserId) -> String {
        let (scope, caller, client) = (self.scope(), self.caller(), Client::default());
        let token = if mode == Mode::ResetLink {
            let authority = LinkAuthority { execute: scope.clone(), secret: Some(scope), protected: None };
            let by = Authority::new(self.scope(), Origin::command_line());
            let (lifetime, redirect_url, reason, idempotent) = (None, None, None, None);
            let ask = CreateLink { user, lifetime, redirect_url, reason, client, idempotent };
            self.engine.create_reset_link(&authority, &by, ask).await.unwrap().code
        } else {
            let (strategy, locale, redirect_url, state) = (Some(Strategy::Link), None, None, None);
            let ask =
                SendEmail { user, strategy, locale, redirect_url, state, request: None, client, idempotent: None };
            let queued = self.engine.send_reset_email(&scope, &caller, ask).await.unwrap();
            self.engine.link_token(&queued.reset).unwrap().unwrap()
        };
        token.expose().to_owned()
    }

    /// Does the waiting work; answers the code that the latest request mails.
    pub async fn issue(&self) -> Option<String> {
        let now = self.engine.now().await.unwrap();
        let due = jobs::lease(self.engine.database.write(), "test", 10, Duration::from_secs(1), now).await.unwrap();
        for job in due {
            let work: IssueJob = serde_json::from_str(&job.payload).unwrap();
            self.engine.answer_requests(vec![(job.id, work)], now).await.unwrap();
        }
        let pending = crate::store::resets::list_pending(self.engine.database.read(), self.user).await.unwrap();
        let reset = pending.into_iter().find(|reset| reset.mode == Mode::EmailOtp)?;
        let key = self.engine.key(&reset.key_id).unwrap();
        let code = proof::verification_code(key, reset.application, &reset.id.to_string(), &reset.nonce);
        Some(code.expose().to_owned())
    }

    pub async fn password_is(&self, password: &str) -> bool {
        let user = users::find(self.engine.database.read(), &self.scope(), self.user).await.unwrap().unwrap();
        let Some(phc) = user.password_hash else { return false };
        self.engine.hasher.verify(Secret::new(password), phc).await.unwrap().matches
    }
}

async fn application(engine: &Engine, name: &str, display_name: &str, now: Timestamp) -> Application {
    let application = Application {
        id: ApplicationId::generate(now, &SystemEntropy),
        name: name.to_owned(),
        display_name: display_name.to_owned(),
        support_email: Some("help@example.com".into()),
        default_tenant: TenantId::generate(now, &SystemEntropy),
    };
    applications::insert(engine.database.write(), &application, now).await.unwrap();
    let tenant = Tenant {
        id: application.default_tenant,
        application: application.id,
        name: "default".into(),
        display_name: display_name.to_owned(),
        locale: None,
    };
    applications::insert_tenant(engine.database.write(), &tenant, now).await.unwrap();
    application
}

/// What came back.
pub(super) struct Seen {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Seen {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn title(&self) -> &str {
        self.body.split("<h1>").nth(1).and_then(|rest| rest.split("</h1>").next()).unwrap_or_default()
    }

    pub fn form_token(&self) -> &str {
        let rest = self.body.split("name=\"form_token\" value=\"").nth(1);
        rest.and_then(|rest| rest.split('"').next()).unwrap_or_default()
    }
}

/// A browser: it keeps cookies, and follows nothing by itself.
pub(super) struct Browser<'a> {
    world: &'a World,
    cookies: RefCell<BTreeMap<String, String>>,
}

impl<'a> Browser<'a> {
    pub fn new(world: &'a World) -> Self {
        Self { world, cookies: RefCell::default() }
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.borrow().get(name).cloned()
    }

    pub fn plant(&self, name: &str, value: &str) {
        self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
    }

    pub async fn get(&self, path: &str) -> Seen {
        self.send(TestRequest::get().uri(path)).await
    }

    /// Sends a form with the token that `page` carries.
    pub async fn post(&self, path: &str, page: &Seen, fields: &[(&str, &str)]) -> Seen {
        let mut pairs = vec![("form_token", page.form_token())];
        pairs.extend_from_slice(fields);
        self.send(TestRequest::post().uri(path).set_form(pairs)).await
    }

    pub async fn send(&self, request: TestRequest) -> Seen {
        let kit = HttpKit::new(URL, || Timestamp::from_millis(0));
        let (engine, mailbox) = (Arc::clone(&self.world.engine), self.world.mailbox.clone());
        let app = init_service(shell_app(web::Data::new(kit), move |cfg| {
            cfg.app_data(web::Data::from(engine)).app_data(web::Data::new(Pages::new(&Locales::built_in()).unwrap()));
            configure(cfg);
            configure_dev(cfg, mailbox);
        }))
        .await;
        let line: Vec<_> = self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = request.insert_header(("cookie", line.join("; "))).peer_addr("192.0.2.1:5000".parse().unwrap());
        let response = call_service(&app, request.to_request()).await;
        for cookie in response.response().cookies() {
            self.cookies.borrow_mut().insert(cookie.name().to_owned(), cookie.value().to_owned());
            if cookie.max_age() == Some(actix_web::cookie::time::Duration::ZERO) {
                self.cookies.borrow_mut().remove(cookie.name());
            }
        }
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = String::from_utf8(read_body(response).await.to_vec()).unwrap();
        Seen { status, headers, body }
    }
}
