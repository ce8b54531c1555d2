//! A database with one application, and a clock that is moved by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use crate::credentials::{HashSettings, Hasher};

use crate::credentials::signing_keys::{SigningKey, SigningKeys};
use crate::credentials::tokens::AccessTokens;
use crate::domain::access::{Boundary, Grant, Permission, Scope};
use crate::domain::clock::Timestamp;
use crate::domain::entropy::SeededEntropy;
use crate::domain::ids::{ApplicationId, TenantId};
use crate::domain::keys::{Key, KeyRing};
use crate::domain::password::PasswordOverrides;
use crate::domain::policy::WorkflowOverrides;
use crate::domain::secret::{Secret, SecretBytes};
use crate::mail::chain::{Link, Transports};
use crate::mail::mailbox::MailboxTransport;
use crate::mail::message::Party;
use crate::mail::render;
use crate::mail::transport::Transport;
use crate::store::applications::{self, Application, Tenant};
use crate::store::database::DatabaseOptions;
use crate::store::service_accounts::ServiceAccount;
use crate::store::throttles::Rate;
use crate::store::writer::RequestWriter;
use crate::store::{Database, time::Clock};
use crate::webhooks::client::GuardedClient;

use super::authenticate_caller::{Authenticator, CallRate};
use super::decoy::KindsCache;
use super::deliver::Mailer;
use super::email_templates::TemplateCache;
use super::engine::{Engine, Limits};
use super::passwords::Breaches;
use super::resets::in_flight::InFlight;
use super::service_accounts::{Manager, NewServiceAccount, create};
use super::tenancy::TenancyCache;

/// What sends to memory.
pub(crate) fn mailer(mailbox: &MailboxTransport, from: &str) -> Mailer {
    let from = Party::parse(from).unwrap();
    let link = Link::new(Arc::new(Transport::Mailbox(mailbox.clone())), Vec::new());
    Mailer {
        renderer: Arc::new(render::built_in()),
        transports: Arc::new(Transports::new([("default".to_owned(), link)].into(), vec!["default".to_owned()])),
        allowed_from: Vec::new(),
        signers: Vec::new(),
        suppressed_for: Duration::from_secs(60),
        reply_to: None,
        domain: from.address.canonical().rsplit_once('@').unwrap().1.to_owned(),
        from,
    }
}

pub(crate) struct Fixture {
    pub database: Database,
    pub entropy: SeededEntropy,
    pub scope: Scope,
    hand: Arc<AtomicI64>,
    _directory: tempfile::TempDir,
}

impl Fixture {
    pub async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", directory.path().join("test.db").display());
        let options = DatabaseOptions { url, pool_size: 2, patience: Duration::from_secs(5) };
        let start = Timestamp::from_millis(1_700_000_000_000);
        let (clock, hand) = Clock::stopped(start);
        let database = Database::connect(&options, clock).await.unwrap();
        database.migrate_up().await.unwrap();
        let entropy = SeededEntropy::new(1);
        let scope = application(&database, &entropy, start, "one").await;
        Self { database, entropy, scope, hand, _directory: directory }
    }

    pub async fn another_application(&self) -> Scope {
        application(&self.database, &self.entropy, self.now(), "two").await
    }

    pub fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.hand.load(Ordering::SeqCst))
    }

    pub fn pass(&self, time: Duration) {
        self.hand.store((self.now() + time).as_millis(), Ordering::SeqCst);
    }

    pub async fn account(&self, grants: Vec<Grant>) -> (ServiceAccount, Secret) {
        let new = NewServiceAccount { name: "backend".into(), home: None, grants };
        create(self.database.write(), &self.scope, Manager::Operator, new, self.now(), &self.entropy).await.unwrap()
    }

    /// One instance of the server; every one has its own memory.
    pub fn instance(&self, rate: Option<Rate>) -> Authenticator {
        // Nobody takes batches ahead here: whoever needs a place asks.
        let rate = rate.map(|rate| CallRate::new(self.database.clone(), rate).0);
        Authenticator::new(self.database.clone(), tokens(), rate)
    }

    /// What the use cases work with: weak hashes, mails kept in memory, and
    /// no group commit (nobody runs it).
    pub fn engine(&self) -> Engine {
        let weak = HashSettings { threads: 1, memory_kib: 64, iterations: 1, parallelism: 1, queue: 64 };
        let mailer = mailer(&MailboxTransport::new(), "no-reply@id.test");
        let key = Key::new("k1".into(), SecretBytes::new([8; 32]), false);
        Engine {
            database: self.database.clone(),
            requests: RequestWriter::new(self.database.clone()).0,
            entropy: Arc::new(SeededEntropy::new(2)),
            keys: KeyRing::new(SecretBytes::new([9; 32]), key, Vec::new()),
            tokens: tokens(),
            hasher: Hasher::start(weak, None).unwrap(),
            mailer,
            client: Arc::new(GuardedClient::default()),
            breaches: Breaches::None,
            limits: Limits::default(),
            public_url: "https://id.test".into(),
            workflow_defaults: WorkflowOverrides::default(),
            password_defaults: PasswordOverrides::default(),
            tenancies: TenancyCache::default(),
            templates: TemplateCache::default(),
            hash_kinds: KindsCache::default(),
            in_flight: InFlight::default(),
        }
    }
}

fn tokens() -> Arc<AccessTokens> {
    let key = SigningKey::from_seed("k1".into(), SecretBytes::new([7; 32]), false);
    let keys = SigningKeys::new("k1", vec![key]).unwrap();
    Arc::new(AccessTokens::new(keys, "https://id.test".into(), "https://id.test/api/v1".into()))
}

pub(crate) fn everywhere(permission: Permission) -> Grant {
    Grant::new(permission, Boundary::Application)
}

async fn application(database: &Database, entropy: &SeededEntropy, now: Timestamp, name: &str) -> Scope {
    let (id, tenant) = (ApplicationId::generate(now, entropy), TenantId::generate(now, entropy));
    let application =
        Application { id, name: name.into(), display_name: name.into(), support_email: None, default_tenant: tenant };
    applications::insert(database.write(), &application, now).await.unwrap();
    let tenant = Tenant { id: tenant, application: id, name: "main".into(), display_name: "Main".into(), locale: None };
    applications::insert_tenant(database.write(), &tenant, now).await.unwrap();
    Scope::of_record(id)
}
