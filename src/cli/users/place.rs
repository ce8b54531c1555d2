//! The application and the tenant that somebody at the command line means.

use crate::cli::CliError;
use crate::domain::access::Scope;
use crate::domain::ids::TenantId;
use crate::store::Database;
use crate::store::applications::{self, Application};

use super::Whose;

/// The application, and the tenant if one is named.
pub struct Place {
    /// The application.
    pub application: Application,
    /// The tenant.
    pub tenant: Option<TenantId>,
}

impl Place {
    /// The whole application.
    pub fn scope(&self) -> Scope {
        Scope::of_record(self.application.id)
    }

    /// Finds them by name or id.
    pub async fn find(database: &Database, whose: &Whose) -> Result<Self, CliError> {
        let found = applications::find_public(database.read(), whose.application.as_deref()).await?;
        let application = found.ok_or_else(|| match &whose.application {
            Some(name) => CliError::new(format!("there is no application {name}")),
            None => CliError::new("there is not exactly one application; name it with --application"),
        })?;
        let mut place = Self { application, tenant: None };
        if let Some(name) = &whose.tenant {
            let tenant = applications::find_tenant_by_name(database.read(), &place.scope(), name).await?;
            let missing = || CliError::new(format!("there is no tenant {name} in this application"));
            place.tenant = Some(tenant.ok_or_else(missing)?.id);
        }
        Ok(place)
    }
}
