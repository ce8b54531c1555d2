//! The objects of this dialect. Users and sessions write themselves, because
//! events show them too; their shapes here are for the description of the API.

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::domain::secret::Secret;
use crate::workflows::resets::workos::ShownReset;
use crate::workflows::sessions::SignedIn;

/// A password reset, with its token.
#[derive(Serialize, ToSchema)]
pub(super) struct PasswordResetObject {
    /// `password_reset`.
    object: &'static str,
    /// Its id.
    id: String,
    /// Whose password it resets.
    user_id: String,
    /// Their address when it was made.
    email: String,
    /// What proves it.
    password_reset_token: String,
    /// The page to set a new password on, with the token.
    password_reset_url: String,
    /// From when on it is refused.
    expires_at: String,
    /// When it was made.
    created_at: String,
}

impl From<&ShownReset> for PasswordResetObject {
    fn from(shown: &ShownReset) -> Self {
        let reset = &shown.reset;
        Self {
            object: "password_reset",
            id: reset.id.to_string(),
            user_id: reset.user.to_string(),
            email: reset.email.clone(),
            password_reset_token: shown.token.expose().to_owned(),
            password_reset_url: shown.url.expose().to_owned(),
            // A reset without a readable expiry is refused: it was over from the start.
            expires_at: reset.expires_at.unwrap_or(reset.created_at).to_string(),
            created_at: reset.created_at.to_string(),
        }
    }
}

/// A code that proves an address.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what a verification writes itself")]
pub(super) struct EmailVerificationObject {
    /// `email_verification`.
    object: String,
    /// Its id.
    id: String,
    /// Whose address it is.
    user_id: String,
    /// The address it was mailed to.
    email: String,
    /// From when on it is refused.
    expires_at: String,
    /// When it was made.
    created_at: String,
    /// When it last changed.
    updated_at: String,
    /// The six digits.
    code: String,
}

/// Nothing.
#[derive(Serialize, ToSchema)]
pub(super) struct EmptyObject {}

/// The answer to a sign-in and to a refresh.
pub(super) fn authentication(signed_in: &SignedIn, access_token: &Secret) -> Value {
    json!({
        "user": signed_in.user.to_object(),
        "access_token": access_token.expose(),
        "refresh_token": signed_in.refresh_token.expose(),
        "authentication_method": "Password",
    })
}

/// A user.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what a user writes itself")]
pub(super) struct UserObject {
    /// `user`.
    object: String,
    /// Their id.
    id: String,
    /// Their address.
    email: String,
    /// Whether somebody proved to receive mail there.
    email_verified: bool,
    /// Given name.
    first_name: Option<String>,
    /// Family name.
    last_name: Option<String>,
    /// Both names.
    name: Option<String>,
    /// Always `null`.
    profile_picture_url: Option<String>,
    /// The application's own id for them.
    external_id: Option<String>,
    /// The application's own texts about them.
    metadata: std::collections::BTreeMap<String, String>,
    /// Last successful sign-in.
    last_sign_in_at: Option<String>,
    /// Preferred language.
    locale: Option<String>,
    /// When they were made.
    created_at: String,
    /// When they last changed.
    updated_at: String,
}

/// The user whom the call was about.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what the handler writes")]
pub(super) struct UserEnvelope {
    /// The user.
    user: UserObject,
}

/// A user who is signed in.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `authentication` writes")]
pub(super) struct AuthenticationObject {
    /// The user.
    user: UserObject,
    /// A JWT, 5 minutes.
    access_token: String,
    /// Good once.
    refresh_token: String,
    /// `Password`.
    authentication_method: String,
}

/// A session.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what a session writes itself")]
pub(super) struct SessionObject {
    /// `session`.
    object: String,
    /// Its id.
    id: String,
    /// Who is signed in.
    user_id: String,
    /// Their tenant.
    organization_id: String,
    /// The client's address, as the application told it.
    ip_address: Option<String>,
    /// The client's software, as the application told it.
    user_agent: Option<String>,
    /// `password`.
    auth_method: String,
    /// `active` or `revoked`.
    status: String,
    /// When it ends by itself.
    expires_at: String,
    /// When it ended.
    ended_at: Option<String>,
    /// When it began.
    created_at: String,
    /// When it last changed.
    updated_at: String,
}

/// The cursors of a list.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what a page writes itself")]
pub(super) struct ListMetadata {
    /// What comes before it.
    before: Option<String>,
    /// What comes after it.
    after: Option<String>,
}

/// Users.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what a page writes itself")]
pub(super) struct UserList {
    /// `list`.
    object: String,
    /// The users.
    data: Vec<UserObject>,
    /// Where to go on.
    list_metadata: ListMetadata,
}

/// Sessions.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what a page writes itself")]
pub(super) struct SessionList {
    /// `list`.
    object: String,
    /// The sessions.
    data: Vec<SessionObject>,
    /// Where to go on.
    list_metadata: ListMetadata,
}

/// Something that happened; also the body of a webhook.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what an event writes itself")]
pub(super) struct EventObject {
    /// `event`.
    object: String,
    /// Its id.
    id: String,
    /// What happened, for example `user.created`.
    event: String,
    /// The thing as it was then.
    data: std::collections::BTreeMap<String, Value>,
    /// When it happened.
    created_at: String,
}

/// Events.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what a page writes itself")]
pub(super) struct EventList {
    /// `list`.
    object: String,
    /// The events.
    data: Vec<EventObject>,
    /// Where to go on.
    list_metadata: ListMetadata,
}

/// Where an application wants to be told of events.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what the webhook calls write")]
pub(super) struct WebhookEndpointObject {
    /// `webhook_endpoint`.
    object: String,
    /// Its id.
    id: String,
    /// Where events are sent.
    endpoint_url: String,
    /// What signs them; shown to callers with `webhook-endpoint:write`.
    secret: String,
    /// `enabled` or `disabled`.
    status: String,
    /// The kinds of events.
    events: Vec<String>,
    /// When it was made.
    created_at: String,
    /// When it last changed.
    updated_at: String,
}

/// Endpoints.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what a page writes itself")]
pub(super) struct WebhookEndpointList {
    /// `list`.
    object: String,
    /// The endpoints.
    data: Vec<WebhookEndpointObject>,
    /// Where to go on.
    list_metadata: ListMetadata,
}
