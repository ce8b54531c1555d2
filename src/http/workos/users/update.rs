//! `PUT /user_management/users/{id}`, which changes only what it names.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::fields::{bound_metadata, check_metadata, names};
use super::password::PasswordFields;
use crate::domain::access::{Ask, Permission, may};
use crate::domain::email_address::EmailAddress;
use crate::domain::ids::UserId;
use crate::domain::secret::Secret;
use crate::http::extract::{InOrder, Json, Require, UserJson};
use crate::http::problem::{Missing, Problem};
use crate::http::workos::checks::{Checks, Given, is_locale};
use crate::http::workos::error::{self, bad_request};
use crate::http::workos::id;
use crate::workflows::Engine;
use crate::workflows::resets::Client;
use crate::workflows::users::UserChange;

/// What changes. `null` empties `external_id`, `locale` and `metadata`, and
/// leaves every other field as it is.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(in crate::http::workos) struct UpdateUser {
    /// The address.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    email: Given<String>,
    /// Whether the address is known to be theirs.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    email_verified: Given<bool>,
    /// Given name; `""` removes it.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    first_name: Given<String>,
    /// Family name; `""` removes it.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    last_name: Given<String>,
    /// The whole name; counts only when neither part is there.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    name: Given<String>,
    /// Preferred language.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    locale: Given<String>,
    /// The application's own id for them.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    external_id: Given<String>,
    /// Merged key by key; `null` removes one.
    #[serde(default)]
    #[schema(value_type = Option<std::collections::BTreeMap<String, Option<String>>>)]
    metadata: Given<Map<String, Value>>,
    /// A new password.
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

impl UpdateUser {
    fn read(self) -> Result<UserChange, Problem> {
        let fields = PasswordFields {
            password: self.password,
            hash: self.password_hash,
            hash_type: self.password_hash_type,
            salt_position: self.password_salt_position,
        };
        let mut checks = Checks::default();
        let password = fields.read(&mut checks);
        let email = checks.optional("email", self.email);
        let (first_name, last_name) = names(&mut checks, self.first_name, self.last_name, self.name);
        let locale = checks.nullable("locale", self.locale);
        let external_id = checks.nullable("external_id", self.external_id);
        if let Some(Some(id)) = &external_id {
            checks.external_id("external_id", id);
        }
        let metadata = checks.nullable("metadata", self.metadata);
        if let Some(Some(metadata)) = &metadata {
            check_metadata(&mut checks, metadata);
        }
        let email_verified = checks.optional("email_verified", self.email_verified);
        checks.finish(Some(()))?;
        let (password, password_hash) = password.finish()?;
        if matches!(&locale, Some(Some(locale)) if !is_locale(locale)) {
            return Err(bad_request("invalid_locale", "This is not a language tag of at most 35 characters."));
        }
        let email = email.map(|email| EmailAddress::parse(&email)).transpose();
        let email = email.map_err(|_| bad_request("invalid_email", "This is not an email address."))?;
        let clear_metadata = matches!(metadata, Some(None));
        let metadata = metadata.flatten();
        metadata.as_ref().map_or(Ok(()), bound_metadata)?;
        Ok(UserChange {
            email,
            email_verified,
            first_name,
            last_name,
            locale,
            external_id,
            metadata,
            clear_metadata,
            password,
            password_hash,
            disabled: None,
            protected: None,
            version: None,
        })
    }
}

pub(in crate::http::workos) async fn handle(
    InOrder(call, Json(body)): InOrder<Require<may::UserWrite>, UserJson<UpdateUser>>,
    path: web::Path<String>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let change = body.read()?;
    let refuse = |failure| error::problem(failure, &path);
    let user: UserId = id(&path, Missing::User)?;
    let ask = Ask::plain(call.now, call.source_ip);
    let protected = call.caller.scope(Permission::PasswordResetExecuteProtected, &ask);
    let user = engine.update_user(&call.authority(), protected.as_ref(), user, change, &Client::default()).await;
    Ok(HttpResponse::Ok().json(user.map_err(refuse)?.to_object()))
}
