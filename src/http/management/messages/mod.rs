//! `/api/v1/messages`

pub mod list;
pub mod read;
pub mod remove_suppression;
pub mod replay;
pub mod suppressions;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::list::page_schema;
use super::metadata::ResourceMetadata;
use crate::domain::clock::Timestamp;
use crate::domain::email_address::mask;
use crate::domain::ids::{MessageId, PasswordResetId, SuppressionId, TenantId, UserId};
use crate::domain::suppression::Suppression;
use crate::store::message_attempts::Attempt;
use crate::store::message_records::MessageRecord;
use crate::store::messages::MessageState;

/// One email in the outbox, or that was. Never what it says.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessageResource {
    /// Its id, and the left part of its `Message-ID`.
    #[schema(value_type = String)]
    id: MessageId,
    /// The kind of email.
    kind: &'static str,
    /// `QUEUED`, `SENT`, `DEAD`, `DROPPED` or `SUPPRESSED`.
    state: String,
    /// Whose it is.
    #[schema(value_type = String)]
    tenant_id: TenantId,
    /// Whom it is about.
    #[schema(value_type = Option<String>)]
    user_id: Option<UserId>,
    /// The reset that it carries or tells of.
    #[schema(value_type = Option<String>)]
    password_reset_id: Option<PasswordResetId>,
    /// Where it goes, or went; masked when it is about no user.
    recipient: Option<String>,
    /// The language that it was written in; the one asked for until then.
    locale: Option<String>,
    /// What it was written from; absent until it was.
    template: Option<TemplateUsed>,
    /// Tries so far.
    attempts: u32,
    /// When it is tried next; only while it is queued.
    #[schema(value_type = Option<String>)]
    next_attempt_time: Option<Timestamp>,
    /// What was said last about it.
    outcome: Option<String>,
    /// When it ended.
    #[schema(value_type = Option<String>)]
    finished_time: Option<Timestamp>,
    /// When it was queued and last changed.
    metadata: ResourceMetadata,
    /// Every attempt, the oldest first; only when one message is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    attempt_log: Option<Vec<AttemptResource>>,
}

/// Which templates and which language a message was written from, and why.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct TemplateUsed {
    /// The language of the built-in words.
    locale: String,
    /// Who wished that language: `REQUEST`, `USER`, `TENANT`, `APPLICATION` or
    /// `DEFAULT`.
    because: String,
    /// Each part by its name.
    parts: BTreeMap<String, PartUsed>,
}

/// What one part of a message was written from.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct PartUsed {
    /// `BUILT_IN`, `APPLICATION` or `TENANT`.
    level: String,
    /// The language of the template; `null` where it is for all.
    #[serde(default)]
    locale: Option<String>,
    /// Who wished that language; `null` where it is for all.
    #[serde(default)]
    because: Option<String>,
    /// Its version; absent for what is built in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    version: Option<i64>,
}

/// One attempt to hand it over.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AttemptResource {
    /// Which try it belongs to, from 1.
    number: u32,
    /// The name of the transport.
    transport: String,
    /// `ACCEPTED`, `DEFERRED` or `REFUSED`.
    outcome: &'static str,
    /// How far it had come when it failed: `connect`, `tls`, `auth`, `sender`,
    /// `recipient` or `content`.
    stage: Option<String>,
    /// The three digits of the provider's answer.
    code: Option<u16>,
    /// The provider's own words.
    answer: String,
    /// How long it took, in milliseconds.
    duration_millis: u64,
    /// When it ended.
    #[schema(value_type = String)]
    time: Timestamp,
}

impl From<&Attempt> for AttemptResource {
    fn from(attempt: &Attempt) -> Self {
        Self {
            number: attempt.number,
            transport: attempt.transport.clone(),
            outcome: attempt.outcome.as_str(),
            stage: attempt.stage.clone(),
            code: attempt.code,
            answer: attempt.answer.clone(),
            duration_millis: attempt.took,
            time: attempt.created_at,
        }
    }
}

impl MessageResource {
    fn new(record: &MessageRecord, attempts: Option<&[Attempt]>) -> Self {
        let message = &record.message;
        let template = record.template.clone().and_then(|used| serde_json::from_value::<TemplateUsed>(used).ok());
        Self {
            id: message.id,
            kind: message.kind.as_str(),
            state: record.state.as_str().to_uppercase(),
            tenant_id: message.tenant,
            user_id: message.user,
            password_reset_id: message.reset,
            recipient: record.to.as_deref().map(|to| if message.user.is_some() { to.to_owned() } else { mask(to) }),
            locale: template.as_ref().map(|used| used.locale.clone()).or_else(|| message.locale.clone()),
            template,
            attempts: message.attempts,
            next_attempt_time: (record.state == MessageState::Queued).then_some(record.run_at),
            outcome: record.answer.clone(),
            finished_time: record.finished_at,
            metadata: ResourceMetadata::new(message.created_at, record.updated_at, record.version),
            attempt_log: attempts.map(|attempts| attempts.iter().map(AttemptResource::from).collect()),
        }
    }
}

page_schema! {
    /// Messages.
    MessagePage of MessageResource
}

/// An address that gets no mail for a while.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SuppressionResource {
    /// Its id.
    #[schema(value_type = String)]
    id: SuppressionId,
    /// The address, masked; the address itself is not kept.
    address: String,
    /// Whose mail was refused.
    #[schema(value_type = String)]
    tenant_id: TenantId,
    /// The message that was refused.
    #[schema(value_type = String)]
    message_id: MessageId,
    /// The provider's own words.
    answer: String,
    /// Until when it gets no mail.
    #[schema(value_type = String)]
    expiry_time: Timestamp,
    /// When it was refused.
    metadata: ResourceMetadata,
}

impl From<&Suppression> for SuppressionResource {
    fn from(suppression: &Suppression) -> Self {
        Self {
            id: suppression.id,
            address: suppression.shown.clone(),
            tenant_id: suppression.tenant,
            message_id: suppression.message,
            answer: suppression.answer.clone(),
            expiry_time: suppression.expires_at,
            metadata: ResourceMetadata::new(suppression.created_at, suppression.created_at, 1),
        }
    }
}

page_schema! {
    /// Addresses that get no mail for a while.
    SuppressionPage of SuppressionResource
}
