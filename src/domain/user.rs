//! Users and their sessions.

use serde_json::{Value, json};

use super::clock::Timestamp;
use super::ids::{ApplicationId, SessionId, TenantId, UserId};
use super::reset::Reset;

/// A person with an account in one tenant.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// Their name in the system.
    pub id: UserId,
    /// The application they belong to.
    pub application: ApplicationId,
    /// The tenant they belong to.
    pub tenant: TenantId,
    /// The address as stored: where mail goes.
    pub email: String,
    /// The address as compared.
    pub email_canonical: String,
    /// Whether somebody proved to receive mail there.
    pub email_verified: bool,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Preferred language, a BCP 47 tag.
    pub locale: Option<String>,
    /// The application's own id for them.
    pub external_id: Option<String>,
    /// The application's own texts about them.
    pub metadata: Value,
    /// Cannot sign in or reset.
    pub disabled: bool,
    /// A privileged target: resets by callers need a permission of their own.
    pub protected: bool,
    /// PHC string, or none.
    pub password_hash: Option<String>,
    /// Counts every change of the credential.
    pub credential_version: i64,
    /// Last successful sign-in.
    pub last_sign_in_at: Option<Timestamp>,
    /// When they were made.
    pub created_at: Timestamp,
    /// When they last changed.
    pub updated_at: Timestamp,
    /// Counts every change of the account, for `If-Match`; signing in is none.
    pub version: i64,
}

impl std::fmt::Debug for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("User").field("id", &self.id).finish_non_exhaustive()
    }
}

impl User {
    /// The user object of the WorkOS dialect: every key always present.
    #[must_use]
    pub fn to_object(&self) -> Value {
        let name =
            [self.first_name.as_deref(), self.last_name.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ");
        json!({
            "object": "user",
            "id": self.id,
            "email": self.email,
            "email_verified": self.email_verified,
            "first_name": self.first_name,
            "last_name": self.last_name,
            "name": if name.is_empty() { None } else { Some(name) },
            "profile_picture_url": null,
            "external_id": self.external_id,
            "metadata": self.metadata,
            "last_sign_in_at": self.last_sign_in_at,
            "locale": self.locale,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        })
    }
}

/// One signed-in period of a user.
#[derive(Debug, Clone)]
pub struct Session {
    /// Its name.
    pub id: SessionId,
    /// The application it belongs to.
    pub application: ApplicationId,
    /// The tenant of its user.
    pub tenant: TenantId,
    /// Who is signed in.
    pub user: UserId,
    /// The client's address, as the application told it.
    pub ip_address: Option<String>,
    /// The client's software, as the application told it.
    pub user_agent: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// When it ended, if it did.
    pub ended_at: Option<Timestamp>,
}

impl Session {
    /// The session object of the WorkOS dialect.
    #[must_use]
    pub fn to_object(&self) -> Value {
        json!({
            "object": "session",
            "id": self.id,
            "user_id": self.user,
            "organization_id": self.tenant,
            "ip_address": self.ip_address,
            "user_agent": self.user_agent,
            "auth_method": "password",
            "status": if self.ended_at.is_some() { "revoked" } else { "active" },
            "expires_at": self.expires_at,
            "ended_at": self.ended_at,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        })
    }
}

impl Reset {
    /// The reset as events show it: without token and URL.
    #[must_use]
    pub fn to_event_object(&self) -> Value {
        json!({
            "object": "password_reset",
            "id": self.id,
            "user_id": self.user,
            "email": self.email,
            "expires_at": self.expires_at,
            "created_at": self.created_at,
        })
    }
}
