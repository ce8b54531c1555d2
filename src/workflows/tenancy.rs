//! Whose rules apply: an application, one of its tenants, and their policies.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::domain::access::{Filter, Scope};
use crate::domain::branding::Branding;
use crate::domain::email_policy::{EmailOverrides, EmailPolicy};
use crate::domain::ids::{ApplicationId, TenantId};
use crate::domain::keys::Purpose;
use crate::domain::origins::Origins;
use crate::domain::password::{Identity, PasswordOverrides, PasswordPolicy, Violation};
use crate::domain::policy::{WorkflowOverrides, WorkflowPolicy};
use crate::domain::secret::Secret;
use crate::domain::user::User;
use crate::store::applications::{self, Application, Tenant};
use crate::store::policies::{self, PolicyKind};
use crate::store::{branding, origins};

use super::resets::link::for_tenant;
use super::{Engine, Failure, Noun, Outcome};

/// A tenant with everything that decides how its resets work.
#[derive(Debug, Clone)]
pub struct Tenancy {
    /// The application.
    pub application: Application,
    /// The tenant.
    pub tenant: Tenant,
    /// How its resets work.
    pub workflow: WorkflowPolicy,
    /// What its passwords must be.
    pub passwords: PasswordPolicy,
    /// How its mails are sent.
    pub emails: EmailPolicy,
    /// How its pages look.
    pub branding: Branding,
    /// The origins that the application has registered, if it ever did, with
    /// this tenant's name where one has a place for it.
    pub origins: Option<Origins>,
}

impl Tenancy {
    /// Whether a policy may send people to this URL: once an application has
    /// registered anything, only to one of its origins, or exactly to one of
    /// its redirect URLs. A registration that was emptied leads nowhere.
    #[must_use]
    pub fn may_lead_to(&self, url: &str) -> bool {
        self.origins
            .as_ref()
            .is_none_or(|origins| origins.hold(url) || origins.redirect_urls.iter().any(|own| own == url))
    }

    /// A policy's page for this tenant, if it may lead there.
    #[must_use]
    pub fn page(&self, page: &str) -> Option<String> {
        for_tenant(page, &self.tenant.name).filter(|page| self.may_lead_to(page))
    }

    /// Forgets the policy's redirect URLs that are registered no more, and adds
    /// those that are.
    fn with_registered_redirects(mut self) -> Self {
        let mut urls = std::mem::take(&mut self.workflow.redirect_urls);
        urls.retain(|url| self.page(url).is_some());
        urls.extend(self.origins.iter().flat_map(|origins| origins.redirect_urls.iter().cloned()));
        self.workflow.redirect_urls = urls;
        self
    }

    /// Checks a new password of this user and answers it ready to be hashed.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check_password(&self, user: &User, password: &Secret) -> Result<Secret, Vec<Violation>> {
        let names = [self.tenant.display_name.as_str(), self.application.display_name.as_str()];
        let identity = Identity {
            email: Some(&user.email),
            first_name: user.first_name.as_deref(),
            last_name: user.last_name.as_deref(),
            service_names: &names,
        };
        self.passwords.check(password, &identity)
    }
}

/// How long a policy may be remembered: long enough to spare the database the
/// same three reads in every request, too short to be waited for.
pub const REMEMBERED: Duration = Duration::from_secs(2);
/// How many tenants are remembered at once.
const CAPACITY: usize = 1024;

type Remembered = HashMap<(ApplicationId, Option<TenantId>), (Instant, Arc<Tenancy>)>;

/// Recently read tenancies.
#[derive(Debug, Default)]
pub struct TenancyCache(Mutex<Remembered>);

impl TenancyCache {
    fn get(&self, key: (ApplicationId, Option<TenantId>)) -> Option<Arc<Tenancy>> {
        let cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        cache.get(&key).filter(|(read_at, _)| read_at.elapsed() < REMEMBERED).map(|(_, tenancy)| Arc::clone(tenancy))
    }

    fn put(&self, key: (ApplicationId, Option<TenantId>), tenancy: &Arc<Tenancy>) {
        let mut cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.len() >= CAPACITY {
            cache.clear();
        }
        cache.insert(key, (Instant::now(), Arc::clone(tenancy)));
    }

    /// Forgets everything, after a policy was changed here.
    pub fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Engine {
    /// The tenancy of a tenant inside the scope; of the default tenant when
    /// none is named.
    ///
    /// # Errors
    /// `NotFound(Tenant)` when there is none inside the scope.
    pub async fn tenancy(&self, scope: &Scope, tenant: Option<TenantId>) -> Outcome<Arc<Tenancy>> {
        let key = (scope.application(), tenant);
        let tenancy = if let Some(tenancy) = self.tenancies.get(key) {
            tenancy
        } else {
            let tenancy = Arc::new(self.read_tenancy(scope.application(), tenant).await?);
            self.tenancies.put(key, &tenancy);
            tenancy
        };
        tracing::Span::current().record("tenant_id", tracing::field::display(tenancy.tenant.id));
        if scope.covers(tenancy.tenant.id) { Ok(tenancy) } else { Err(Failure::NotFound(Noun::Tenant)) }
    }

    /// The tenant that a call means when it names none: the only one inside
    /// the scope, or the default one. `None` when neither is there: then it
    /// must be named, not guessed.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn implied_tenant(&self, scope: &Scope) -> Outcome<Option<TenantId>> {
        if let Filter::In(named) = scope.tenants().filter() {
            let mut named = named.into_iter();
            if let (Some(only), None) = (named.next(), named.next()) {
                return Ok(Some(only));
            }
        }
        match self.tenancy(scope, None).await {
            Ok(tenancy) => Ok(Some(tenancy.tenant.id)),
            Err(Failure::NotFound(Noun::Tenant)) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    async fn read_tenancy(&self, application: ApplicationId, tenant: Option<TenantId>) -> Outcome<Tenancy> {
        let database = self.database.read();
        let whole = Scope::of_record(application);
        let application = applications::find(database, &whole).await?.ok_or(Failure::NotFound(Noun::Application))?;
        let id = tenant.unwrap_or(application.default_tenant);
        let tenant = applications::find_tenant(database, &whole, id).await?.ok_or(Failure::NotFound(Noun::Tenant))?;
        let workflow: Vec<WorkflowOverrides> = policies::list(database, &whole, id, PolicyKind::Workflow).await?;
        let passwords: Vec<PasswordOverrides> = policies::list(database, &whole, id, PolicyKind::Password).await?;
        let emails: Vec<EmailOverrides> = policies::list(database, &whole, id, PolicyKind::Email).await?;
        let emails = EmailPolicy::merge(&emails);
        let levels = branding::list(database, &whole, Some(id)).await?;
        let origins = origins::find(database, &whole).await?.map(|registered| of_tenant(registered.origins, &tenant));
        let defaults = std::iter::once(&self.workflow_defaults);
        let tenancy = Tenancy {
            application,
            tenant,
            workflow: WorkflowPolicy::merge(defaults.chain(&workflow)).with_emails(&emails),
            passwords: PasswordPolicy::merge(std::iter::once(&self.password_defaults).chain(&passwords)),
            emails,
            branding: Branding::merge(levels.iter().map(|level| &level.branding)),
            origins,
        };
        Ok(tenancy.with_registered_redirects())
    }

    /// The workflow policy of a row's tenant; the server's own when the tenant
    /// is gone.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn workflow_of(&self, application: ApplicationId, tenant: TenantId) -> Outcome<WorkflowPolicy> {
        match self.tenancy(&Scope::of_record(application), Some(tenant)).await {
            Ok(tenancy) => Ok(tenancy.workflow.clone()),
            Err(Failure::NotFound(_)) => Ok(WorkflowPolicy::merge([&self.workflow_defaults])),
            Err(failure) => Err(failure),
        }
    }

    /// The keyed pseudonym of a mailbox: tenant and canonical address.
    #[must_use]
    pub fn mailbox(&self, tenant: TenantId, canonical: &str) -> String {
        self.keys.pseudonym(Purpose::AddressPseudonym, &[tenant.to_string().as_bytes(), canonical.as_bytes()])
    }
}

/// The origins of an application as they are for one tenant: policies may name
/// pages under `https://{tenant_name}.…`, and mean one host for each.
fn of_tenant(registered: Origins, tenant: &Tenant) -> Origins {
    let origins = registered.origins.iter().filter_map(|origin| for_tenant(origin, &tenant.name)).collect();
    Origins { origins, ..registered }
}
