//! `/api/v1/users`

pub mod create;
pub mod delete;
pub mod import;
pub mod list;
pub mod read;
pub mod sessions;
pub mod update;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::list::page_schema;
use super::metadata::ResourceMetadata;
use crate::domain::clock::Timestamp;
use crate::domain::ids::{TenantId, UserId};
use crate::domain::user::User;
use crate::domain::user_fields::Broken;
use crate::http::problem::Violations;

page_schema! {
    /// Users.
    UserPage of UserResource
}

/// A user. Of their password it only says whether there is one.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserResource {
    /// Their id.
    #[schema(value_type = String)]
    id: UserId,
    /// The tenant they belong to.
    #[schema(value_type = String)]
    tenant_id: TenantId,
    /// The address.
    email: String,
    /// Whether somebody proved to receive mail there.
    email_verified: bool,
    /// Given name.
    first_name: Option<String>,
    /// Family name.
    last_name: Option<String>,
    /// Preferred language.
    locale: Option<String>,
    /// The application's own id for them.
    external_id: Option<String>,
    /// The application's own texts about them.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    attributes: Value,
    /// Whether they are shut out.
    disabled: bool,
    /// Whether they are a privileged target.
    protected: bool,
    /// Whether they have a password.
    has_password: bool,
    /// Their last sign-in.
    #[schema(value_type = Option<String>)]
    last_sign_in_time: Option<Timestamp>,
    /// When they were made and changed.
    metadata: ResourceMetadata,
}

impl From<&User> for UserResource {
    fn from(user: &User) -> Self {
        Self {
            id: user.id,
            tenant_id: user.tenant,
            email: user.email.clone(),
            email_verified: user.email_verified,
            first_name: user.first_name.clone(),
            last_name: user.last_name.clone(),
            locale: user.locale.clone(),
            external_id: user.external_id.clone(),
            attributes: user.metadata.clone(),
            disabled: user.disabled,
            protected: user.protected,
            has_password: user.password_hash.is_some(),
            last_sign_in_time: user.last_sign_in_at,
            metadata: ResourceMetadata::new(user.created_at, user.updated_at, user.version),
        }
    }
}

/// A field that is there, be it null.
type Named<T> = Option<Option<T>>;

fn named<'de, T: Deserialize<'de>, D: Deserializer<'de>>(value: D) -> Result<Named<T>, D::Error> {
    Option::deserialize(value).map(Some)
}

/// Judges a value that may be missing.
fn judge<T: ?Sized>(violations: &mut Violations, field: &str, value: Option<&T>, rule: fn(&T) -> Result<(), Broken>) {
    if let Some(Err(code)) = value.map(rule) {
        violations.add(field, code);
    }
}
