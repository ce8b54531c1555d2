//! Policies as an administrator sees and sets them: each level for itself,
//! and what they add up to.
//!
//! A change counts at once in the process that made it. The others remember a
//! policy for at most two seconds ([`REMEMBERED`]).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::domain::access::{Authority, Scope};
use crate::domain::audit::Act;
use crate::domain::cascade::{Level, Sourced, explain, object};
use crate::domain::clock::Timestamp;
use crate::domain::email_policy::EmailOverrides;
use crate::domain::ids::TenantId;
use crate::domain::password::{PasswordOverrides, PasswordPolicy};
use crate::domain::policy::target::TargetRules;
use crate::domain::policy::{Flaw, WorkflowOverrides, WorkflowPolicy};
use crate::store::policies::{self, Override, PolicyKind};
use crate::store::{applications, origins};

use super::{Engine, Failure, Outcome};

pub use super::tenancy::REMEMBERED;

/// What one level sets.
#[derive(Debug, Clone)]
pub enum PolicyBody {
    /// How resets work.
    Workflow(Box<WorkflowOverrides>),
    /// What a password must be.
    Password(Box<PasswordOverrides>),
    /// How mails are sent, by kind.
    Email(Box<EmailOverrides>),
}

impl PolicyBody {
    const fn kind(&self) -> PolicyKind {
        match self {
            Self::Workflow(_) => PolicyKind::Workflow,
            Self::Password(_) => PolicyKind::Password,
            Self::Email(_) => PolicyKind::Email,
        }
    }

    /// What is set, without what is not.
    fn to_object(&self) -> Map<String, Value> {
        let mut object = match self {
            Self::Workflow(overrides) => object(overrides),
            Self::Password(overrides) => object(overrides),
            Self::Email(overrides) => object(overrides),
        };
        object.retain(|_, value| !value.is_null());
        object
    }
}

/// Where the caller may let links lead while the application has registered
/// nothing: whoever sets that can take accounts over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Targets {
    /// Anywhere: the caller could register it as well.
    Any,
    /// Nowhere else than where they lead already.
    Kept,
}

/// The fields that say where links lead.
const TARGETS: [&str; 4] = ["customRedirectUrl", "actionLinkUrl", "customPasswordResetLinkUrl", "redirectUrls"];

/// A policy, and what one level sets of it.
#[derive(Debug, Clone)]
pub struct PolicyView {
    /// The tenant whose policy it is; that of the application itself when
    /// absent.
    pub tenant: Option<TenantId>,
    /// The value of every field, and the level that it comes from.
    pub fields: BTreeMap<String, Sourced>,
    /// What this level sets, if it sets anything.
    pub own: Option<Override<Map<String, Value>>>,
}

impl Engine {
    /// The policy of a tenant inside the scope, or of the application.
    ///
    /// # Errors
    /// `NotFound(Tenant)`.
    pub async fn get_policy(&self, scope: &Scope, tenant: Option<TenantId>, kind: PolicyKind) -> Outcome<PolicyView> {
        self.tenant_is_there(scope, tenant).await?;
        let levels: Vec<Override<Map<String, Value>>> =
            policies::levels(self.database.read(), scope, tenant, kind).await?;
        let mut cascade = vec![(Level::Server, self.server_level(kind))];
        cascade.extend(levels.iter().map(|level| {
            let who = if level.tenant.is_some() { Level::Tenant } else { Level::Application };
            (who, fields_of(kind, &level.body))
        }));
        let own = levels.into_iter().find(|level| level.tenant == tenant);
        Ok(PolicyView { tenant, fields: explain(&cascade), own })
    }

    async fn tenant_is_there(&self, scope: &Scope, tenant: Option<TenantId>) -> Outcome<()> {
        if tenant.is_some() {
            self.tenancy(scope, tenant).await?;
        }
        Ok(())
    }

    /// What counts where nobody else says anything, every field of it.
    fn server_level(&self, kind: PolicyKind) -> Map<String, Value> {
        match kind {
            PolicyKind::Workflow => {
                let ceilings = self.limits.ceilings();
                object(&WorkflowOverrides {
                    wrong_codes_per_reset: Some(ceilings.wrong_codes_per_reset),
                    wrong_codes_per_account: Some(ceilings.wrong_codes_per_account),
                    resend_seconds: Some(ceilings.resend_seconds),
                    ..WorkflowPolicy::merge([&self.workflow_defaults]).to_overrides()
                })
            }
            PolicyKind::Password => object(&PasswordPolicy::merge([&self.password_defaults]).to_overrides()),
            PolicyKind::Email => fields_of(kind, &object(&self.mailer.as_policy())),
        }
    }

    /// What a level may not set like this. Where no origins are registered,
    /// every https origin will do.
    async fn flaws(&self, scope: &Scope, tenant: Option<TenantId>, body: &PolicyBody) -> Outcome<Vec<Flaw>> {
        let registered = origins::find(self.database.read(), scope).await?.map(|registered| registered.origins.origins);
        // A server that is itself reached by plain http is one for development.
        let loopback = self.public_url.starts_with("http://");
        let targets = TargetRules { loopback, origins: registered.as_deref() };
        Ok(match body {
            PolicyBody::Workflow(overrides) => overrides.flaws(&self.limits.ceilings(), &targets),
            PolicyBody::Password(overrides) => overrides.flaws(self.breaches.can_look_up()),
            PolicyBody::Email(overrides) => {
                let tenancy = self.tenancy(&Scope::of_record(scope.application()), tenant).await?;
                let name = tenant.map(|_| tenancy.tenant.name.as_str());
                self.mailer.flaws(overrides, &tenancy.application.name, name, &targets)
            }
        })
    }

    /// Sets what one level says, in place of what it said. `version` is what
    /// the caller has seen, 0 for nothing.
    ///
    /// # Errors
    /// `NotFound(Tenant)`, `Policy`, `Stale`; `Forbidden` when it leads links
    /// where the caller may not, while nothing is registered.
    pub async fn put_policy(
        &self,
        (authority, targets): (&Authority, Targets),
        tenant: Option<TenantId>,
        body: &PolicyBody,
        version: Option<i64>,
    ) -> Outcome<PolicyView> {
        let (scope, kind) = (authority.scope(), body.kind());
        self.tenant_is_there(scope, tenant).await?;
        let flaws = self.flaws(scope, tenant, body).await?;
        if !flaws.is_empty() {
            return Err(Failure::Policy(flaws));
        }
        let (now, target, object) = (self.now().await?, target(scope, tenant, kind), body.to_object());
        let transaction = self.database.begin().await?;
        // Whoever sets one at the same time waits, also where there is none yet.
        applications::lock(&transaction, scope).await?;
        let before: Option<Override<Map<String, Value>>> = policies::lock(&transaction, scope, tenant, kind).await?;
        if is_stale(version, before.as_ref()) {
            drop(transaction);
            return Err(self.stale(scope, target).await);
        }
        if before.as_ref().is_some_and(|before| before.body == object) {
            drop(transaction);
            return self.get_policy(scope, tenant, kind).await;
        }
        let before = before.map(|before| before.body).unwrap_or_default();
        if targets == Targets::Kept
            && leads_elsewhere(&fields_of(kind, &before), &fields_of(kind, &object))
            && origins::find(&transaction, scope).await?.is_none()
        {
            return Err(Failure::Forbidden);
        }
        policies::put(&transaction, scope, tenant, kind, &object, now).await?;
        let changed = changes(&before, &object);
        self.commit_policy(transaction, (authority, now), (tenant, kind, "updated"), &changed).await?;
        self.get_policy(scope, tenant, kind).await
    }

    /// Removes what one level says; it inherits everything then.
    ///
    /// # Errors
    /// `NotFound(Tenant)`, `Stale`.
    pub async fn delete_policy(
        &self,
        authority: &Authority,
        tenant: Option<TenantId>,
        kind: PolicyKind,
        version: Option<i64>,
    ) -> Outcome<()> {
        let (scope, now) = (authority.scope(), self.now().await?);
        self.tenant_is_there(scope, tenant).await?;
        let transaction = self.database.begin().await?;
        applications::lock(&transaction, scope).await?;
        let before: Option<Override<Map<String, Value>>> = policies::lock(&transaction, scope, tenant, kind).await?;
        if is_stale(version, before.as_ref()) {
            drop(transaction);
            return Err(self.stale(scope, target(scope, tenant, kind)).await);
        }
        let Some(before) = before else { return Ok(()) };
        policies::delete(&transaction, scope, tenant, kind).await?;
        let changed = changes(&before.body, &Map::new());
        self.commit_policy(transaction, (authority, now), (tenant, kind, "deleted"), &changed).await
    }

    async fn commit_policy(
        &self,
        transaction: crate::store::Transaction,
        (authority, now): (&Authority, Timestamp),
        (tenant, kind, verb): (Option<TenantId>, PolicyKind, &str),
        changed: &[String],
    ) -> Outcome<()> {
        let action = match (kind, verb) {
            (PolicyKind::Workflow, "deleted") => "workflow_policy.deleted",
            (PolicyKind::Workflow, _) => "workflow_policy.updated",
            (PolicyKind::Password, "deleted") => "password_policy.deleted",
            (PolicyKind::Password, _) => "password_policy.updated",
            (PolicyKind::Email, "deleted") => "email_policy.deleted",
            (PolicyKind::Email, _) => "email_policy.updated",
        };
        let act = Act::new(action, target(authority.scope(), tenant, kind)).with("changed", changed);
        let act = match tenant {
            Some(tenant) => act.of_tenant(tenant),
            None => act,
        };
        self.commit_act(transaction, authority, now, act).await?;
        self.tenancies.clear();
        Ok(())
    }
}

/// What the audit log calls one level of a policy.
fn target(scope: &Scope, tenant: Option<TenantId>, kind: PolicyKind) -> String {
    let level = tenant.map_or_else(|| scope.application().to_string(), |tenant| tenant.to_string());
    format!("{}-policy:{level}", kind.as_str())
}

/// The fields of a level, each by its name. Those of email policies belong to
/// a kind of mail: `PASSWORD_RESET_LINK.fromName`.
fn fields_of(kind: PolicyKind, level: &Map<String, Value>) -> Map<String, Value> {
    if kind != PolicyKind::Email {
        return level.clone();
    }
    let fields = level.iter().filter_map(|(mail, fields)| Some((mail, fields.as_object()?)));
    fields
        .flat_map(|(mail, fields)| fields.iter().map(move |(name, value)| (format!("{mail}.{name}"), value.clone())))
        .collect()
}

/// Whether links lead to a page then that the field did not name before.
fn leads_elsewhere(before: &Map<String, Value>, after: &Map<String, Value>) -> bool {
    let pages = |value: &Value| match value {
        Value::Array(all) => all.clone(),
        Value::Null => Vec::new(),
        one => vec![one.clone()],
    };
    let is_target = |name: &str| TARGETS.contains(&name.rsplit('.').next().unwrap_or(name));
    after.iter().filter(|(name, _)| is_target(name)).any(|(name, value)| {
        let known = before.get(name).map(pages).unwrap_or_default();
        pages(value).iter().any(|page| !known.contains(page))
    })
}

fn is_stale<T>(seen: Option<i64>, before: Option<&Override<T>>) -> bool {
    seen.is_some_and(|seen| seen != before.map_or(0, |before| before.version))
}

/// The names of the fields that differ.
fn changes(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<String> {
    let mut names: Vec<String> = after
        .iter()
        .filter(|(name, value)| before.get(*name) != Some(value))
        .map(|(name, _)| name.clone())
        .chain(before.keys().filter(|name| !after.contains_key(*name)).cloned())
        .collect();
    names.sort_unstable();
    names
}
