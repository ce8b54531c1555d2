//! Reading templates: away from the threads that answer, a few at a time.

use std::sync::Arc;

use super::NotDone;
use crate::domain::template::{TemplateKind, TemplateParts};
use crate::mail::lint::{self, Origins, Reading};
use crate::workflows::tenancy::Tenancy;
use crate::workflows::{Engine, Failure};

/// How long to stay away when templates cannot be read.
const PAUSE: std::time::Duration = std::time::Duration::from_secs(1);

impl Engine {
    /// Where links of a tenant's mails may lead: to this server, to registered
    /// origins, and to the pages that its workflow policy names and that mails
    /// may still lead to.
    #[must_use]
    pub fn link_origins(&self, tenancy: &Tenancy) -> Origins {
        let policy = &tenancy.workflow;
        let pages = [&policy.action_link_url, &policy.custom_password_reset_link_url, &policy.custom_redirect_url];
        let named = pages.into_iter().flatten().chain(&policy.redirect_urls).filter_map(|page| tenancy.page(page));
        let named: Vec<String> = named.collect();
        let registered = tenancy.origins.iter().flat_map(|origins| &origins.origins).map(String::as_str);
        Origins::of(named.iter().map(String::as_str).chain(registered).chain([self.public_url.as_str()]))
    }

    /// Reads templates and says what there is to say about them.
    ///
    /// # Errors
    /// When the machine cannot do it now.
    pub(super) async fn read_templates(
        &self,
        kind: TemplateKind,
        parts: TemplateParts,
        origins: Origins,
    ) -> Result<Reading, NotDone> {
        let busy = || NotDone::Failure(Failure::Busy { retry_after: PAUSE });
        let permit = Arc::clone(&self.templates.readers).acquire_owned().await.map_err(|_| busy())?;
        let renderer = Arc::clone(&self.mailer.renderer);
        let work = move || {
            let reading = lint::read(kind, &parts, &origins, &renderer);
            drop(permit);
            reading
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| {
            tracing::error!(error = %error, "reading a template went wrong");
            busy()
        })
    }
}
