//! `POST /api/v1/users`

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{UserResource, judge};
use crate::domain::access::may;
use crate::domain::email_address::EmailAddress;
use crate::domain::ids::TenantId;
use crate::domain::user_fields;
use crate::http::extract::{InOrder, Json, Require, UserJson};
use crate::http::management::failure::problem;
use crate::http::problem::{Missing, Problem, Violations};
use crate::workflows::users::NewUser;
use crate::workflows::{Engine, Failure};

/// A new user. Nobody sets a password for somebody else: start a reset, which
/// also works for whoever has none yet.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewUserBody {
    /// The tenant; the only one that the caller may reach, or the default one,
    /// when absent.
    tenant_id: Option<String>,
    /// The address.
    email: String,
    /// Whether the address is known to be theirs.
    #[serde(default)]
    email_verified: bool,
    /// Given name, up to 255 characters.
    first_name: Option<String>,
    /// Family name, up to 255 characters.
    last_name: Option<String>,
    /// Preferred language, a tag of up to 35 characters.
    locale: Option<String>,
    /// The application's own id for them, up to 128 ASCII characters. It names
    /// one user of the whole application, whatever their tenant: one that
    /// another tenant's user has is not available.
    external_id: Option<String>,
    /// Up to 50 texts of up to 600 characters.
    #[schema(value_type = Option<std::collections::BTreeMap<String, String>>)]
    attributes: Option<Map<String, Value>>,
    /// Whether they are shut out from the beginning.
    #[serde(default)]
    disabled: bool,
    /// Whether they are a privileged target; needs
    /// `password-reset-workflow:execute-protected` in their tenant.
    #[serde(default)]
    protected: bool,
}

impl NewUserBody {
    fn read(self) -> Result<(EmailAddress, NewUser), Problem> {
        let mut violations = Violations::new();
        let email = EmailAddress::parse(&self.email);
        if email.is_err() {
            violations.add("email", "invalid_email");
        }
        judge(&mut violations, "firstName", self.first_name.as_deref(), user_fields::name);
        judge(&mut violations, "lastName", self.last_name.as_deref(), user_fields::name);
        judge(&mut violations, "locale", self.locale.as_deref(), user_fields::locale);
        judge(&mut violations, "externalId", self.external_id.as_deref(), user_fields::external_id);
        judge(&mut violations, "attributes", self.attributes.as_ref(), user_fields::metadata);
        violations.into_result()?;
        let mut metadata = self.attributes.unwrap_or_default();
        metadata.retain(|_, value| !value.is_null());
        let new = NewUser {
            email_verified: self.email_verified,
            first_name: self.first_name,
            last_name: self.last_name,
            locale: self.locale,
            external_id: self.external_id,
            metadata,
            protected: self.protected,
            disabled: self.disabled,
            ..NewUser::default()
        };
        email.map(|email| (email, new)).map_err(|_| Violations::one("email", "invalid_email").into())
    }
}

/// Makes them.
pub async fn handle(
    InOrder(call, Json(body)): InOrder<Require<may::UserWrite>, UserJson<NewUserBody>>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let named = body.tenant_id.clone();
    let (email, new) = body.read()?;
    let missing = || Problem::not_found(Missing::Tenant(named.clone().unwrap_or_default()));
    let tenant: TenantId = match &named {
        None => {
            let implied = engine.implied_tenant(&call.scope).await.map_err(|failure| problem(failure, ""))?;
            implied.ok_or_else(|| Violations::one("tenantId", "required"))?
        }
        Some(name) => name.parse().map_err(|_| missing())?,
    };
    engine.tenancy(&call.scope, Some(tenant)).await.map_err(|failure| match failure {
        Failure::NotFound(_) => missing(),
        other => problem(other, ""),
    })?;
    if new.protected && !call.also::<may::PasswordResetExecuteProtected>(None, None)?.covers(tenant) {
        return Err(Problem::forbidden());
    }
    let new = NewUser { tenant: Some(tenant), ..new };
    let user = engine.create_user(&call.authority(), &email, new).await.map_err(|failure| problem(failure, ""))?;
    Ok(HttpResponse::Created().json(UserResource::from(&user)))
}
