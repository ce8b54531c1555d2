//! `POST /api/v1/email-templates/test-send`

use actix_web::web;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::objects::{LintMark, TemplateTexts, mark_objects};
use super::preview::language;
use super::{BODY, PlaceText, place, problem, texts};
use crate::domain::access::may;
use crate::domain::email_address::EmailAddress;
use crate::http::extract::{InOrder, Json, RequireHeld};
use crate::http::problem::{Problem, Violations};
use crate::workflows::Engine;
use crate::workflows::email_templates::{TestAnswer, TestMail};

/// A mail to try out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TestSendBody {
    /// The kind of mail, or `LAYOUT`.
    #[schema(value_type = String)]
    kind: Option<String>,
    /// The language that the templates are for; `*` when absent.
    locale: Option<String>,
    /// The tenant; the application when absent.
    tenant_id: Option<String>,
    /// Where it goes.
    #[schema(value_type = String)]
    to: Option<String>,
    /// The unsaved texts; what is absent is as it is in effect.
    parts: Option<TemplateTexts>,
    /// Values in place of the sample's. Links and codes are always samples.
    #[schema(value_type = Option<Object>)]
    data: Option<Value>,
    /// The language of the mail; that of the templates, or the tenant's, when
    /// absent.
    preview_locale: Option<String>,
}

/// What the provider said to a test mail.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TestSent {
    /// Whether it took the mail.
    accepted: bool,
    /// How far the conversation came when it did not: `connect`, `tls`,
    /// `auth`, `sender`, `recipient` or `content`.
    stage: Option<&'static str>,
    /// Its own words.
    answer: String,
    /// The transport that answered last, for example `default`; `null` when
    /// none did.
    transport: Option<String>,
    /// The `Message-ID` of the mail.
    message_id: String,
    /// What there is to say about the texts.
    lint: Vec<LintMark>,
}

impl From<TestAnswer> for TestSent {
    fn from(sent: TestAnswer) -> Self {
        let TestAnswer { is_accepted, stage, answer, transport, message_id, marks } = sent;
        Self { accepted: is_accepted, stage, answer, transport, message_id, lint: mark_objects(&marks) }
    }
}

/// Sends it.
pub async fn handle(
    InOrder(held, Json(body)): InOrder<RequireHeld<may::EmailTemplateWrite>, Json<TestSendBody, BODY>>,
    engine: web::Data<Engine>,
) -> Result<web::Json<TestSent>, Problem> {
    let mut violations = Violations::new();
    let (kind, locale, tenant) = (body.kind.as_deref(), body.locale.as_deref(), body.tenant_id.as_deref());
    let parts = texts(kind, body.parts.unwrap_or_default(), &mut violations);
    let preview_locale = language("previewLocale", body.preview_locale.as_deref(), &mut violations);
    let to = match body.to.as_deref().map(EmailAddress::parse) {
        None => {
            violations.add("to", "required");
            None
        }
        Some(Err(_)) => {
            violations.add("to", "invalid_email");
            None
        }
        Some(Ok(to)) => Some(to),
    };
    let (scope, slot) = place(&held, PlaceText { kind, locale, tenant }, violations)?;
    let Some(to) = to else { return Err(Violations::one("to", "required").into()) };
    let test = TestMail { to, parts, data: body.data.unwrap_or_else(|| json!({})), locale: preview_locale };
    let sent = engine.send_test(&held.authority(scope), &slot, test).await;
    Ok(web::Json(sent.map_err(|error| problem(error, &slot))?.into()))
}
