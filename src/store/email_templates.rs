//! Email templates that applications and tenants set, and their versions.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::domain::access::Scope;
use crate::domain::clock::Timestamp;
use crate::domain::ids::TenantId;
use crate::domain::template::{
    Author, Draft, Level, Offer, Part, Reach, Slot, Template, TemplateKind, TemplateParts, Version,
};

use super::entity::{email_template_versions as versions, email_templates as templates};
use super::rows::{json, locked, read, to_json, whole};
use super::slice::{Slice, Term};
use super::{Result, StoreError};

/// The empty tenant is the level of the application.
fn tenant_text(tenant: Option<TenantId>) -> String {
    tenant.map(|id| id.to_string()).unwrap_or_default()
}

fn key(slot: &Slot) -> (String, String, String, String) {
    let application = slot.application().to_string();
    (application, tenant_text(slot.tenant), slot.kind.as_str().to_owned(), slot.reach.as_str().to_owned())
}

fn slot_of(scope: &Scope, row: &templates::Model) -> Result<Slot> {
    let tenant = Some(row.tenant_id.as_str()).filter(|tenant| !tenant.is_empty());
    let tenant = tenant.map(|tenant| read(tenant, "email_templates.tenant_id")).transpose()?;
    let kind = TemplateKind::parse(&row.kind).ok_or(StoreError::Corrupt("email_templates.kind"))?;
    let reach = Reach::parse(&row.locale).ok_or(StoreError::Corrupt("email_templates.locale"))?;
    Ok(Slot::new(scope, tenant, kind, reach))
}

fn from_row(scope: &Scope, row: templates::Model) -> Result<Template> {
    let slot = slot_of(scope, &row)?;
    let draft = match (row.draft, row.draft_by, row.draft_at) {
        (Some(parts), Some(author), Some(at)) => Some(Draft {
            parts: json(&parts, "email_templates.draft")?,
            author: json(&author, "email_templates.draft_by")?,
            saved_at: Timestamp::from_millis(at),
        }),
        _ => None,
    };
    Ok(Template {
        slot,
        draft,
        published: row.published,
        published_parts: json(&row.published_parts, "email_templates.published_parts")?,
        latest: row.latest,
        version: row.version,
        created_at: Timestamp::from_millis(row.created_at),
        updated_at: Timestamp::from_millis(row.updated_at),
    })
}

fn to_row(template: &Template) -> Result<templates::Model> {
    let (application_id, tenant_id, kind, locale) = key(&template.slot);
    let draft = template.draft.as_ref();
    Ok(templates::Model {
        application_id,
        tenant_id,
        kind,
        locale,
        draft: draft.map(|draft| to_json(&draft.parts, "email_templates.draft")).transpose()?,
        draft_by: draft.map(|draft| to_json(&draft.author, "email_templates.draft_by")).transpose()?,
        draft_at: draft.map(|draft| draft.saved_at.as_millis()),
        published: template.published,
        published_parts: to_json(&template.published_parts, "email_templates.published_parts")?,
        latest: template.latest,
        version: template.version,
        created_at: template.created_at.as_millis(),
        updated_at: template.updated_at.as_millis(),
    })
}

/// Reads the template of a place.
pub async fn find(connection: &impl ConnectionTrait, scope: &Scope, slot: &Slot) -> Result<Option<Template>> {
    let row = templates::Entity::find_by_id(key(slot)).one(connection).await?;
    row.map(|row| from_row(scope, row)).transpose()
}

/// Reads the template of a place and locks it.
pub async fn lock(connection: &impl ConnectionTrait, scope: &Scope, slot: &Slot) -> Result<Option<Template>> {
    let query = templates::Entity::find_by_id(key(slot));
    let row = locked(query, connection, None).one(connection).await?;
    row.map(|row| from_row(scope, row)).transpose()
}

/// Every template of one level: of the application, or of a tenant.
pub async fn list(connection: &impl ConnectionTrait, scope: &Scope, tenant: Option<TenantId>) -> Result<Vec<Template>> {
    let rows = templates::Entity::find()
        .filter(templates::Column::ApplicationId.eq(scope.application().to_string()))
        .filter(templates::Column::TenantId.eq(tenant_text(tenant)))
        .order_by_asc(templates::Column::Kind)
        .order_by_asc(templates::Column::Locale)
        .all(connection)
        .await?;
    rows.into_iter().map(|row| from_row(scope, row)).collect()
}

/// How many templates the application has, of all levels.
pub async fn count(connection: &impl ConnectionTrait, scope: &Scope) -> Result<u64> {
    let query = templates::Entity::find().filter(templates::Column::ApplicationId.eq(scope.application().to_string()));
    Ok(query.count(connection).await?)
}

/// What is published for a kind, by the application and a tenant of it, and
/// the layouts. Without the texts: those are remembered by version.
pub async fn offers(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    tenant: Option<TenantId>,
    kind: TemplateKind,
) -> Result<Vec<(Slot, Vec<Offer>)>> {
    type Row = (String, String, String, Option<i64>, String);
    let rows: Vec<Row> = templates::Entity::find()
        .select_only()
        .columns([
            templates::Column::TenantId,
            templates::Column::Kind,
            templates::Column::Locale,
            templates::Column::Published,
            templates::Column::PublishedParts,
        ])
        .filter(templates::Column::ApplicationId.eq(scope.application().to_string()))
        .filter(templates::Column::TenantId.is_in([String::new(), tenant_text(tenant)]))
        .filter(templates::Column::Kind.is_in([kind.as_str(), TemplateKind::Layout.as_str()]))
        .filter(templates::Column::Published.is_not_null())
        .into_tuple()
        .all(connection)
        .await?;
    let mut found = Vec::with_capacity(rows.len());
    for (tenant, kind, locale, published, parts) in rows {
        let level = if tenant.is_empty() { Level::Application } else { Level::Tenant };
        let tenant = Some(tenant).filter(|tenant| !tenant.is_empty());
        let tenant = tenant.map(|tenant| read(&tenant, "email_templates.tenant_id")).transpose()?;
        let kind = TemplateKind::parse(&kind).ok_or(StoreError::Corrupt("email_templates.kind"))?;
        let reach = Reach::parse(&locale).ok_or(StoreError::Corrupt("email_templates.locale"))?;
        let parts: Vec<Part> = json(&parts, "email_templates.published_parts")?;
        let offer = |part| Offer { level, reach: reach.clone(), part, version: published.unwrap_or_default() };
        let offers = parts.into_iter().map(offer).collect();
        found.push((Slot::new(scope, tenant, kind, reach.clone()), offers));
    }
    Ok(found)
}

/// Writes a template: a new one when it had no version, else over exactly the
/// version it had. Says whether it took place.
pub async fn save(connection: &impl ConnectionTrait, template: &Template, before: i64) -> Result<bool> {
    let row = to_row(template)?;
    if before == 0 {
        return match templates::Entity::insert(whole(row)).exec_without_returning(connection).await {
            Ok(_) => Ok(true),
            Err(error) => Some(StoreError::from(error)).filter(|error| !error.is_duplicate()).map_or(Ok(false), Err),
        };
    }
    let result = templates::Entity::update_many()
        .col_expr(templates::Column::Draft, Expr::value(row.draft))
        .col_expr(templates::Column::DraftBy, Expr::value(row.draft_by))
        .col_expr(templates::Column::DraftAt, Expr::value(row.draft_at))
        .col_expr(templates::Column::Published, Expr::value(row.published))
        .col_expr(templates::Column::PublishedParts, Expr::value(row.published_parts))
        .col_expr(templates::Column::Latest, Expr::value(row.latest))
        .col_expr(templates::Column::Version, Expr::value(row.version))
        .col_expr(templates::Column::UpdatedAt, Expr::value(row.updated_at))
        .filter(templates::Column::ApplicationId.eq(row.application_id))
        .filter(templates::Column::TenantId.eq(row.tenant_id))
        .filter(templates::Column::Kind.eq(row.kind))
        .filter(templates::Column::Locale.eq(row.locale))
        .filter(templates::Column::Version.eq(before))
        .exec(connection)
        .await?;
    Ok(result.rows_affected == 1)
}

/// Adds a version; to be called in the transaction of [`save`].
pub async fn insert_version(connection: &impl ConnectionTrait, slot: &Slot, version: &Version) -> Result<()> {
    let (application_id, tenant_id, kind, locale) = key(slot);
    let row = versions::Model {
        application_id,
        tenant_id,
        kind,
        locale,
        number: version.number,
        parts: to_json(&version.parts, "email_template_versions.parts")?,
        diff: version.diff.clone(),
        note: version.note.clone(),
        restores: version.restores,
        author: to_json(&version.author, "email_template_versions.author")?,
        created_at: version.created_at.as_millis(),
    };
    versions::Entity::insert(whole(row)).exec_without_returning(connection).await?;
    Ok(())
}

/// Reads a version.
pub async fn find_version(connection: &impl ConnectionTrait, slot: &Slot, number: i64) -> Result<Option<Version>> {
    let (application, tenant, kind, locale) = key(slot);
    let row = versions::Entity::find_by_id((application, tenant, kind, locale, number)).one(connection).await?;
    row.map(|row| {
        Ok(Version {
            number: row.number,
            parts: json(&row.parts, "email_template_versions.parts")?,
            diff: row.diff,
            note: row.note,
            restores: row.restores,
            author: author(&row.author)?,
            created_at: Timestamp::from_millis(row.created_at),
        })
    })
    .transpose()
}

fn author(text: &str) -> Result<Author> {
    json(text, "email_template_versions.author")
}

/// What versions are found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VersionAttribute {
    /// When they were published.
    Created,
    /// What their author had to say.
    Note,
}

impl VersionAttribute {
    const fn column(self) -> versions::Column {
        match self {
            Self::Created => versions::Column::CreatedAt,
            Self::Note => versions::Column::Note,
        }
    }
}

/// A page of the versions of a place, without their texts, and how many there
/// are.
pub async fn page_versions(
    connection: &impl ConnectionTrait,
    slot: &Slot,
    terms: &[Term<VersionAttribute>],
    slice: Slice,
) -> Result<(u64, Vec<Version>)> {
    type Row = (i64, String, Option<String>, Option<i64>, String, i64);
    let (application, tenant, kind, locale) = key(slot);
    let query = versions::Entity::find()
        .filter(versions::Column::ApplicationId.eq(application))
        .filter(versions::Column::TenantId.eq(tenant))
        .filter(versions::Column::Kind.eq(kind))
        .filter(versions::Column::Locale.eq(locale));
    let query = terms.iter().fold(query, |query, term| query.filter(term.condition(term.by.column())));
    let total = query.clone().count(connection).await?;
    let order = if slice.descending { sea_orm::Order::Desc } else { sea_orm::Order::Asc };
    let columns = [
        versions::Column::Number,
        versions::Column::Diff,
        versions::Column::Note,
        versions::Column::Restores,
        versions::Column::Author,
        versions::Column::CreatedAt,
    ];
    let page = query.select_only().columns(columns).order_by(versions::Column::Number, order);
    let rows: Vec<Row> = match slice.count {
        0 => Vec::new(),
        count => page.offset(slice.skip).limit(count).into_tuple().all(connection).await?,
    };
    let version = |(number, diff, note, restores, text, at): Row| {
        let created_at = Timestamp::from_millis(at);
        Ok(Version {
            number,
            parts: TemplateParts::default(),
            diff,
            note,
            restores,
            author: author(&text)?,
            created_at,
        })
    };
    Ok((total, rows.into_iter().map(version).collect::<Result<_>>()?))
}
