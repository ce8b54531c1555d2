//! `PATCH /api/v1/users/{id}`: JSON Merge Patch.

use actix_web::{HttpRequest, web};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{Named, UserResource, judge, named};
use crate::domain::access::{Ask, Permission, may};
use crate::domain::email_address::EmailAddress;
use crate::domain::user_fields;
use crate::http::extract::{InOrder, Json, Require, UserJson};
use crate::http::management::failure::{id, problem};
use crate::http::management::if_match;
use crate::http::problem::{Problem, Violations};
use crate::workflows::resets::Client;
use crate::workflows::users::UserChange;
use crate::workflows::{Engine, Noun};

/// What changes; what is absent stays, what is null is emptied.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UserPatch {
    /// The address; a new one is unverified unless `emailVerified` says
    /// otherwise, and cancels pending resets.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>)]
    email: Named<String>,
    /// Whether the address is known to be theirs.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<bool>)]
    email_verified: Named<bool>,
    /// Given name.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>)]
    first_name: Named<String>,
    /// Family name.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>)]
    last_name: Named<String>,
    /// Preferred language.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>)]
    locale: Named<String>,
    /// The application's own id for them.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>)]
    external_id: Named<String>,
    /// Merged key by key; null removes one, null for the whole removes all.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<std::collections::BTreeMap<String, Option<String>>>)]
    attributes: Named<Map<String, Value>>,
    /// Whether they are shut out: that ends their sessions and pending resets.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<bool>)]
    disabled: Named<bool>,
    /// Whether they are a privileged target; needs
    /// `password-reset-workflow:execute-protected` in their tenant.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<bool>)]
    protected: Named<bool>,
}

impl UserPatch {
    fn read(self, version: Option<i64>) -> Result<UserChange, Problem> {
        let mut violations = Violations::new();
        let text = |field: &Named<String>| field.as_ref().and_then(Clone::clone);
        judge(&mut violations, "firstName", text(&self.first_name).as_deref(), user_fields::name);
        judge(&mut violations, "lastName", text(&self.last_name).as_deref(), user_fields::name);
        judge(&mut violations, "locale", text(&self.locale).as_deref(), user_fields::locale);
        judge(&mut violations, "externalId", text(&self.external_id).as_deref(), user_fields::external_id);
        judge(&mut violations, "attributes", self.attributes.as_ref().and_then(Option::as_ref), user_fields::metadata);
        let email = given(&mut violations, "email", self.email).and_then(|email| {
            let parsed = EmailAddress::parse(&email).ok();
            if parsed.is_none() {
                violations.add("email", "invalid_email");
            }
            parsed
        });
        let email_verified = given(&mut violations, "emailVerified", self.email_verified);
        let disabled = given(&mut violations, "disabled", self.disabled);
        let protected = given(&mut violations, "protected", self.protected);
        violations.into_result()?;
        Ok(UserChange {
            email,
            email_verified,
            first_name: self.first_name,
            last_name: self.last_name,
            locale: self.locale,
            external_id: self.external_id,
            clear_metadata: matches!(self.attributes, Some(None)),
            metadata: self.attributes.flatten(),
            password: None,
            password_hash: None,
            disabled,
            protected,
            version,
        })
    }
}

/// A value that cannot be emptied.
fn given<T>(violations: &mut Violations, field: &'static str, named: Named<T>) -> Option<T> {
    if matches!(named, Some(None)) {
        violations.add(field, "required");
    }
    named.flatten()
}

/// Changes them.
pub async fn handle(
    InOrder(call, Json(body)): InOrder<Require<may::UserWrite>, UserJson<UserPatch>>,
    request: HttpRequest,
    path: web::Path<String>,
    engine: web::Data<Engine>,
) -> Result<web::Json<UserResource>, Problem> {
    let change = body.read(if_match::seen(&request)?)?;
    let user = id(&path, Noun::User)?;
    let ask = Ask::plain(call.now, call.source_ip);
    let protected = call.caller.scope(Permission::PasswordResetExecuteProtected, &ask);
    let changed = engine.update_user(&call.authority(), protected.as_ref(), user, change, &Client::default()).await;
    let changed = changed.map_err(|failure| problem(failure, &path))?;
    Ok(web::Json(UserResource::from(&changed)))
}
