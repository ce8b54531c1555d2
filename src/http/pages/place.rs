//! Which application and tenant a page is about.

use std::sync::Arc;

use serde::Deserialize;
use url::form_urlencoded::Serializer;

use crate::domain::access::Scope;
use crate::http::problem::{Missing, Problem};
use crate::store::applications;
use crate::workflows::tenancy::Tenancy;
use crate::workflows::{Engine, Failure};

use super::failure::problem;

/// Longer than any name or id.
const LONGEST: usize = 128;

/// The query that names them. Other parameters are left alone.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct PlaceQuery {
    application: Option<String>,
    tenant: Option<String>,
}

/// An application, one of its tenants, and how to name both in an address.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// Whose rules apply.
    pub tenancy: Arc<Tenancy>,
}

impl Place {
    /// The place that a query names: by id or name, the only application when
    /// it names none, the default tenant when it names none. Whatever does not
    /// lead anywhere leads to one neutral page.
    pub(super) async fn find(engine: &Engine, query: &PlaceQuery) -> Result<Self, Problem> {
        let application = named(query.application.as_deref())?;
        let tenant = named(query.tenant.as_deref())?;
        let gone = |error| problem(Failure::Store(error));
        let database = engine.database.read();
        let application = applications::find_public(database, application).await.map_err(gone)?.ok_or_else(nowhere)?;
        let scope = Scope::of_record(application.id);
        let tenant = match tenant {
            Some(name) => {
                let found = applications::find_tenant_by_name(database, &scope, name).await.map_err(gone)?;
                Some(found.ok_or_else(nowhere)?.id)
            }
            None => None,
        };
        Ok(Self { tenancy: engine.tenancy(&scope, tenant).await.map_err(problem)? })
    }

    /// The name that people know it by.
    pub(super) fn display_name(&self) -> &str {
        self.tenancy.branding.display_name.as_deref().unwrap_or(&self.tenancy.application.display_name)
    }

    /// A path of ours with the query that leads back here.
    pub(super) fn address(&self, path: &str) -> String {
        let Tenancy { application, tenant, .. } = &*self.tenancy;
        let mut query = Serializer::new(String::new());
        query.append_pair("application", &application.name);
        if tenant.id != application.default_tenant {
            query.append_pair("tenant", &tenant.name);
        }
        format!("{path}?{}", query.finish())
    }

    /// Where to ask for a new link or code.
    pub(super) fn start(&self) -> String {
        self.address("/forgot-password")
    }

    /// The whole of the application, for acting on what the visitor proves.
    pub(super) fn scope(&self) -> Scope {
        Scope::of_record(self.tenancy.application.id)
    }
}

/// A parameter that could be a name; an empty one counts as none (PostgreSQL
/// refuses NUL in a text).
fn named(text: Option<&str>) -> Result<Option<&str>, Problem> {
    match text {
        None | Some("") => Ok(None),
        Some(text) if text.len() <= LONGEST && !text.chars().any(char::is_control) => Ok(Some(text)),
        Some(_) => Err(nowhere()),
    }
}

fn nowhere() -> Problem {
    Problem::not_found(Missing::Route)
}
