//! Registered origins and redirect URLs: read and replaced as a whole.

use crate::domain::access::{Authority, Scope};
use crate::domain::audit::Act;
use crate::domain::origins::Origins;
use crate::store::origins::{self, Registered};

use super::{Engine, Outcome};

/// How the audit log names the list: there is one per application.
const ORIGINS: &str = "origins";

impl Engine {
    /// What the scope's application has registered. `None` when it never did.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn origins(&self, scope: &Scope) -> Outcome<Option<Registered>> {
        Ok(origins::find(self.database.read(), scope).await?)
    }

    /// Replaces it; `wanted` has no faults. With `seen`, only if it still has
    /// that version; 0 means that there is nothing yet.
    ///
    /// # Errors
    /// `Stale`.
    pub async fn replace_origins(
        &self,
        authority: &Authority,
        wanted: &Origins,
        seen: Option<i64>,
    ) -> Outcome<Option<Registered>> {
        let scope = authority.scope();
        let now = self.now().await?;
        let transaction = self.database.begin().await?;
        let version = origins::find(&transaction, scope).await?.map_or(0, |registered| registered.version);
        let current = seen.is_none_or(|seen| seen == version);
        if !current || !origins::advance(&transaction, scope, wanted, version, now).await? {
            drop(transaction);
            return Err(self.stale(scope, ORIGINS).await);
        }
        let act = Act::new("origins.replaced", ORIGINS)
            .with("origins", wanted.origins.clone())
            .with("redirectUrls", wanted.redirect_urls.clone());
        self.commit_act(transaction, authority, now, act).await?;
        self.tenancies.clear();
        self.origins(scope).await
    }
}
