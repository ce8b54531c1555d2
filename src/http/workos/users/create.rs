//! `POST /user_management/users`

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::fields::{bound_metadata, check_metadata, names};
use super::password::PasswordFields;
use crate::domain::access::may;
use crate::domain::email_address::EmailAddress;
use crate::domain::secret::Secret;
use crate::http::extract::{InOrder, Json, Require, UserJson};
use crate::http::problem::Problem;
use crate::http::workos::checks::{Checks, Given};
use crate::http::workos::{error, implied_tenant};
use crate::workflows::Engine;
use crate::workflows::users::NewUser;

/// A new user.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(in crate::http::workos) struct CreateUser {
    /// Their address.
    #[serde(default)]
    #[schema(required = true, value_type = String, example = "ada@example.com")]
    email: Given<String>,
    /// Whether the address is known to be theirs.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    email_verified: Given<bool>,
    /// Given name, up to 255 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    first_name: Given<String>,
    /// Family name, up to 255 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    last_name: Given<String>,
    /// The whole name; counts only when neither part is there.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    name: Given<String>,
    /// Preferred language, up to 35 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    locale: Given<String>,
    /// The application's own id for them, up to 128 ASCII characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    external_id: Given<String>,
    /// Up to 50 texts of up to 600 characters.
    #[serde(default)]
    #[schema(value_type = Option<std::collections::BTreeMap<String, String>>)]
    metadata: Given<Map<String, Value>>,
    /// Their first password.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    password: Given<Secret>,
    /// A hash of the password that another system made; not beside `password`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    password_hash: Given<Secret>,
    /// `bcrypt`, `scrypt`, `firebase-scrypt`, `ssha`, `ssha256`, `pbkdf2` or `argon2`.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "bcrypt")]
    password_hash_type: Given<String>,
    /// For `ssha` and `ssha256`: `prefix` or `suffix`, which is meant when absent.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    password_salt_position: Given<String>,
}

impl CreateUser {
    fn read(self) -> Result<(EmailAddress, NewUser), Problem> {
        let fields = PasswordFields {
            password: self.password,
            hash: self.password_hash,
            hash_type: self.password_hash_type,
            salt_position: self.password_salt_position,
        };
        let mut checks = Checks::default();
        let password = fields.read(&mut checks);
        let email = checks.required("email", self.email);
        let (first_name, last_name) = names(&mut checks, self.first_name, self.last_name, self.name);
        let locale = checks.optional("locale", self.locale).inspect(|locale| checks.locale("locale", locale));
        let external_id =
            checks.optional("external_id", self.external_id).inspect(|id| checks.external_id("external_id", id));
        let email_verified = checks.optional("email_verified", self.email_verified).unwrap_or(false);
        let mut metadata = checks.optional("metadata", self.metadata).unwrap_or_default();
        check_metadata(&mut checks, &metadata);
        let email = checks.finish(email)?;
        let (password, password_hash) = password.finish()?;
        bound_metadata(&metadata)?;
        metadata.retain(|_, value| !value.is_null());
        let email = EmailAddress::parse(&email)
            .map_err(|_| error::user_creation_error("invalid_email", "This is not an email address."))?;
        let new = NewUser {
            tenant: None,
            email_verified,
            first_name: first_name.flatten(),
            last_name: last_name.flatten(),
            locale,
            external_id,
            metadata,
            password,
            password_hash,
            protected: false,
            disabled: false,
        };
        Ok((email, new))
    }
}

pub(in crate::http::workos) async fn handle(
    InOrder(call, Json(body)): InOrder<Require<may::UserWrite>, UserJson<CreateUser>>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let (email, new) = body.read()?;
    let tenant = implied_tenant(&engine, &call.scope).await?;
    let new = NewUser { tenant: Some(tenant), ..new };
    let user = engine.create_user(&call.authority(), &email, new).await.map_err(error::of_creation)?;
    Ok(HttpResponse::Created().json(user.to_object()))
}
