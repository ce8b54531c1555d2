//! Applications, as operators manage them.

use crate::domain::access::Origin;
use crate::domain::audit::Act;
use crate::domain::ids::{ApplicationId, TenantId};
use crate::store::StoreError;
use crate::store::applications::{self, Application, ApplicationAttribute, Tenant};
use crate::store::slice::{Slice, Term};
use crate::store::versioned::Versioned;

use super::audit::record_above;
use super::{Engine, Failure, Noun, Outcome};

/// A new application.
#[derive(Debug)]
pub struct NewApplication {
    /// Its name, unique in the installation.
    pub name: String,
    /// Its name for people; the name when absent.
    pub display_name: Option<String>,
    /// Where people can ask for help.
    pub support_email: Option<String>,
    /// The name of its default tenant; that of the application when absent.
    pub tenant_name: Option<String>,
}

/// What changes of an application: `None` leaves a field as it is, `Some(None)`
/// empties it.
#[derive(Debug, Default)]
pub struct ApplicationChange {
    /// Its name.
    pub name: Option<String>,
    /// Its name for people.
    pub display_name: Option<String>,
    /// Where people can ask for help.
    pub support_email: Option<Option<String>>,
    /// The version that the caller has seen, if only that may change.
    pub version: Option<i64>,
}

impl ApplicationChange {
    fn fields(&self) -> Vec<&'static str> {
        let named = [
            ("name", self.name.is_some()),
            ("displayName", self.display_name.is_some()),
            ("supportEmail", self.support_email.is_some()),
        ];
        named.into_iter().filter(|(_, is_there)| *is_there).map(|(name, _)| name).collect()
    }
}

impl Engine {
    /// A page of all applications, and how many there are.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn page_applications(
        &self,
        terms: &[Term<ApplicationAttribute>],
        by: ApplicationAttribute,
        slice: Slice,
    ) -> Outcome<(u64, Vec<Versioned<Application>>)> {
        Ok(applications::page(self.database.read(), terms, by, slice).await?)
    }

    /// Reads an application.
    ///
    /// # Errors
    /// `NotFound(Application)`.
    pub async fn get_application(&self, id: ApplicationId) -> Outcome<Versioned<Application>> {
        let found = applications::find_managed(self.database.read(), id).await?;
        found.ok_or(Failure::NotFound(Noun::Application))
    }

    /// Makes an application with its default tenant.
    ///
    /// # Errors
    /// `NameTaken`.
    pub async fn create_application(&self, by: &Origin, new: NewApplication) -> Outcome<Versioned<Application>> {
        let now = self.now().await?;
        let application = Application {
            id: ApplicationId::generate(now, &*self.entropy),
            display_name: new.display_name.unwrap_or_else(|| new.name.clone()),
            name: new.name,
            support_email: new.support_email,
            default_tenant: TenantId::generate(now, &*self.entropy),
        };
        let name = new.tenant_name.unwrap_or_else(|| application.name.clone());
        let (id, display_name) = (application.default_tenant, name.clone());
        let tenant = Tenant { id, application: application.id, name, display_name, locale: None };
        let transaction = self.database.begin().await?;
        applications::insert(&transaction, &application, now).await.map_err(name_taken)?;
        applications::insert_tenant(&transaction, &tenant, now).await?;
        let act = Act::new("application.created", application.id).with("name", application.name.as_str());
        record_above(&transaction, by, &*self.entropy, now, act).await?;
        transaction.commit().await?;
        Ok(Versioned { it: application, version: 1, created_at: now, updated_at: now })
    }

    /// Changes an application.
    ///
    /// # Errors
    /// `NotFound(Application)`, `NameTaken`, `Stale`.
    pub async fn update_application(
        &self,
        by: &Origin,
        id: ApplicationId,
        change: ApplicationChange,
    ) -> Outcome<Versioned<Application>> {
        let now = self.now().await?;
        let transaction = self.database.begin().await?;
        let found = applications::find_managed(&transaction, id).await?;
        let mut found = found.ok_or(Failure::NotFound(Noun::Application))?;
        let (before, fields) = (found.version, change.fields());
        if change.version.is_some_and(|seen| seen != before) {
            drop(transaction);
            return Err(self.stale_above(id).await);
        }
        if fields.is_empty() {
            return Ok(found);
        }
        let application = &mut found.it;
        application.name = change.name.unwrap_or_else(|| application.name.clone());
        application.display_name = change.display_name.unwrap_or_else(|| application.display_name.clone());
        application.support_email = change.support_email.unwrap_or_else(|| application.support_email.clone());
        // Whoever was faster since it was read makes this a write to nothing.
        if !applications::update(&transaction, application, before, now).await.map_err(name_taken)? {
            drop(transaction);
            return Err(self.stale_above(id).await);
        }
        let act = Act::new("application.updated", id).changing(&fields).with("name", application.name.as_str());
        record_above(&transaction, by, &*self.entropy, now, act).await?;
        transaction.commit().await?;
        self.tenancies.clear();
        (found.version, found.updated_at) = (before + 1, now);
        Ok(found)
    }
}

fn name_taken(error: StoreError) -> Failure {
    if error.is_duplicate() { Failure::NameTaken } else { error.into() }
}
