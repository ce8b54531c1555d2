//! A whole level in and out, for files in a version control: everything or
//! nothing.

use super::NotDone;
use super::publish::{Made, put_version};
use crate::domain::access::{Authority, Scope};
use crate::domain::ids::TenantId;
use crate::domain::template::{Mark, Reach, Slot, Template, TemplateKind, TemplateParts};
use crate::store::{StoreError, Transaction, email_templates};
use crate::workflows::{Engine, audit};

/// A template of a level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferredTemplate {
    /// Of what.
    pub kind: TemplateKind,
    /// For which language.
    pub reach: Reach,
    /// Its parts.
    pub parts: TemplateParts,
}

/// What came of an import.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Templates that have a new version.
    pub published: usize,
    /// Templates that already were like this.
    pub unchanged: usize,
}

impl Engine {
    /// What a level has published.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn export_templates(
        &self,
        scope: &Scope,
        tenant: Option<TenantId>,
    ) -> Result<Vec<TransferredTemplate>, NotDone> {
        let database = self.database.read();
        let mut exported = Vec::new();
        for template in email_templates::list(database, scope, tenant).await? {
            let Some(number) = template.published else { continue };
            let found = email_templates::find_version(database, &template.slot, number).await?;
            let Some(version) = found else { continue };
            let Slot { kind, reach, .. } = template.slot;
            exported.push(TransferredTemplate { kind, reach, parts: version.parts });
        }
        Ok(exported)
    }

    /// Looks at templates of a level without changing anything: what there is
    /// to say about each.
    ///
    /// # Errors
    /// `NotFound(Tenant)`, or when the database is gone.
    pub async fn lint_templates(
        &self,
        scope: &Scope,
        tenant: Option<TenantId>,
        templates: &[TransferredTemplate],
    ) -> Result<Vec<Vec<Mark>>, NotDone> {
        let tenancy = self.tenancy(scope, tenant).await?;
        let origins = self.link_origins(&tenancy);
        let mut marks = Vec::with_capacity(templates.len());
        for template in templates {
            let reading = self.read_templates(template.kind, template.parts.clone(), origins.clone()).await?;
            marks.push(reading.marks);
        }
        Ok(marks)
    }

    /// Publishes templates of a level that differ from what it has; nothing
    /// when one of them is not fit.
    ///
    /// # Errors
    /// What is wrong with the first one that is not fit; nothing is changed
    /// then.
    pub async fn import_templates(
        &self,
        authority: &Authority,
        tenant: Option<TenantId>,
        templates: Vec<TransferredTemplate>,
        note: Option<&str>,
    ) -> Result<Imported, NotDone> {
        let scope = authority.scope();
        let tenancy = self.tenancy(scope, tenant).await?;
        let origins = self.link_origins(&tenancy);
        let mut read = Vec::with_capacity(templates.len());
        for template in templates {
            let slot = Slot::new(scope, tenant, template.kind, template.reach);
            let reading = self.read_templates(template.kind, template.parts, origins.clone()).await?;
            if !reading.is_fit() {
                return Err(NotDone::Marks(reading.marks));
            }
            read.push((slot, reading.parts));
        }
        let author = self.author(authority).await?;
        let now = self.now().await?;
        let transaction = self.database.begin().await?;
        let mut acts = Vec::new();
        let unchanged = read.len();
        for (slot, parts) in read {
            let found = email_templates::lock(&transaction, scope, &slot).await?;
            let is_new = found.is_none();
            let template = found.unwrap_or_else(|| Template::new(slot.clone(), now));
            if same(&transaction, &template, &parts).await? {
                continue;
            }
            let template = if is_new { begun(&transaction, template).await? } else { template };
            let made = Made { parts, restores: None, note: note.map(str::to_owned), author: &author, now };
            match put_version(&transaction, template, made).await? {
                Some((_, _, act)) => acts.push(act),
                None => return Err(self.stale_template(authority, &slot).await),
            }
        }
        let imported = Imported { published: acts.len(), unchanged: unchanged - acts.len() };
        for act in acts {
            audit::record(&transaction, authority, &*self.entropy, now, act).await?;
        }
        transaction.commit().await?;
        Ok(imported)
    }
}

/// Whether a template already is like this.
async fn same(transaction: &Transaction, template: &Template, parts: &TemplateParts) -> Result<bool, StoreError> {
    let Some(number) = template.published else { return Ok(false) };
    let version = email_templates::find_version(transaction, &template.slot, number).await?;
    Ok(version.is_some_and(|version| version.parts == *parts))
}

/// A new template, put into its place.
async fn begun(transaction: &Transaction, template: Template) -> Result<Template, StoreError> {
    let template = Template { version: 1, ..template };
    email_templates::save(transaction, &template, 0).await?;
    Ok(template)
}
