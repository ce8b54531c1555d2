//! `/api/v1/password-resets`: what became of resets, never their secrets.

pub mod cancel;
pub mod list;
pub mod of_user;
pub mod read;

use serde::Serialize;
use utoipa::ToSchema;

use super::list::page_schema;
use crate::domain::clock::Timestamp;
use crate::domain::email_address::mask;
use crate::domain::ids::{PasswordResetId, TenantId, UserId};
use crate::domain::reset::{Mode, Status};
use crate::http::problem::Violations;
use crate::store::resets::{Record, ResetAttribute};

page_schema! {
    /// Resets.
    ResetPage of ResetResource
}

/// What they can be sorted and found by.
const ATTRIBUTES: [(&str, ResetAttribute); 4] = [
    ("creationTime", ResetAttribute::Created),
    ("expiryTime", ResetAttribute::Expires),
    ("finishTime", ResetAttribute::Finished),
    ("createdBy", ResetAttribute::CreatedBy),
];

/// A reset.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResetResource {
    /// Its id.
    #[schema(value_type = String)]
    id: PasswordResetId,
    /// The tenant of its user.
    #[schema(value_type = String)]
    tenant_id: TenantId,
    /// Whose password it is about.
    #[schema(value_type = String)]
    user_id: UserId,
    /// `EMAIL_LINK`, `EMAIL_OTP` or `RESET_LINK`.
    mode: String,
    /// Who asked: `ADDRESS` (somebody who knows the address), `CALLER` (by
    /// user id) or `WORKOS`.
    origin: String,
    /// `PENDING`, `COMPLETED`, `EXPIRED`, `SUPERSEDED`, `EXHAUSTED` or
    /// `CANCELLED`.
    state: String,
    /// The address when it was made, but for the first character and the
    /// domain.
    masked_email: String,
    /// Whether its proof travels by our email.
    by_email: bool,
    /// Whether its right code was shown, for `EMAIL_OTP`.
    verified: bool,
    /// Who made it, if a caller did.
    created_by: Option<String>,
    /// The reason that they gave.
    reason: Option<String>,
    /// How many sessions its completion ended.
    sessions_revoked: u32,
    /// When it was made.
    #[schema(value_type = String)]
    creation_time: Timestamp,
    /// When its time is over.
    #[schema(value_type = Option<String>)]
    expiry_time: Option<Timestamp>,
    /// When it ended.
    #[schema(value_type = Option<String>)]
    finish_time: Option<Timestamp>,
}

impl ResetResource {
    fn new(record: &Record, now: Timestamp) -> Self {
        let reset = &record.reset;
        let over = reset.status == Status::Pending && reset.usable(now).is_err();
        let status = if over { Status::Expired } else { reset.status };
        Self {
            id: reset.id,
            tenant_id: reset.tenant,
            user_id: reset.user,
            mode: shown(reset.mode.as_str()),
            origin: shown(reset.origin.as_str()),
            state: shown(status.as_str()),
            masked_email: mask(&reset.email),
            by_email: reset.by_email,
            verified: record.verified_at.is_some(),
            created_by: record.provenance.created_by.clone(),
            reason: record.provenance.reason.clone(),
            sessions_revoked: reset.sessions_revoked,
            creation_time: reset.created_at,
            expiry_time: reset.expires_at,
            finish_time: reset.finished_at,
        }
    }
}

/// A stored name as it is on the wire.
fn shown(name: &str) -> String {
    name.to_ascii_uppercase()
}

/// One of a closed set by its name on the wire.
fn one_of<T: Copy>(
    violations: &mut Violations,
    field: &str,
    text: Option<&String>,
    all: &[T],
    name: fn(T) -> &'static str,
) -> Option<T> {
    let text = text?;
    let found = all.iter().copied().find(|one| shown(name(*one)) == *text);
    if found.is_none() {
        violations.add(field, "invalid_value");
    }
    found
}

/// The names of modes and states, as filters read them.
fn mode(violations: &mut Violations, text: Option<&String>) -> Option<Mode> {
    one_of(violations, "mode", text, &Mode::ALL, Mode::as_str)
}

fn state(violations: &mut Violations, text: Option<&String>) -> Option<Status> {
    one_of(violations, "state", text, &Status::ALL, Status::as_str)
}
