//! A mail as it is being written, to somebody's own mailbox, by the way that
//! real mails take. It is sent at once and not put into the outbox: whoever
//! asked wants to see what the provider says.

use std::time::Duration;

use serde_json::Value;
use tokio::time::timeout;

use super::draft::act;
use super::preview::Wanted;
use super::{NotDone, Previewed};
use crate::domain::access::Authority;
use crate::domain::email_address::EmailAddress;
use crate::domain::ids::MessageId as Id;
use crate::domain::template::{LanguageTag, Mark, Slot, TemplateParts};
use crate::mail::message::OutgoingMessage;
use crate::store::throttles::{self, Rate};
use crate::workflows::{Engine, Failure};

/// How many test mails an application may send: a few at once, then one every
/// so often.
const RATE: Rate = Rate { burst: 10, interval: Duration::from_secs(30) };
/// How long one waits for the provider.
const PATIENCE: Duration = Duration::from_secs(30);

/// A mail to try out.
#[derive(Debug)]
pub struct TestMail {
    /// Where it goes.
    pub to: EmailAddress,
    /// The unsaved parts; what is absent is as it is in effect.
    pub parts: TemplateParts,
    /// Values in place of the sample's.
    pub data: Value,
    /// The language; the template's own when absent.
    pub locale: Option<LanguageTag>,
}

/// What the provider said.
#[derive(Debug)]
pub struct TestAnswer {
    /// Whether it took the mail.
    pub is_accepted: bool,
    /// How far the conversation came when it did not.
    pub stage: Option<&'static str>,
    /// Its own words.
    pub answer: String,
    /// The name of the transport that answered last, for example `default`;
    /// `None` when none did.
    pub transport: Option<String>,
    /// The name of the mail.
    pub message_id: String,
    /// What there is to say about the templates.
    pub marks: Vec<Mark>,
}

impl Engine {
    /// Sends a mail as it is being written.
    ///
    /// # Errors
    /// As [`Engine::preview`]; `Throttled`. That the provider refuses is an
    /// answer, not an error.
    pub async fn send_test(&self, authority: &Authority, slot: &Slot, test: TestMail) -> Result<TestAnswer, NotDone> {
        let scope = authority.scope();
        let locale = match test.locale {
            Some(locale) => locale,
            None => self.own_language(scope, slot).await?,
        };
        let wanted = Wanted { parts: test.parts, data: test.data, locale: Some(locale), kind: None };
        let (mails, marks) = self.preview(scope, slot, wanted).await?;
        // A mail that would take secrets elsewhere is not sent to anybody.
        if marks.iter().any(Mark::is_error) {
            return Err(NotDone::Marks(marks));
        }
        let Some(Previewed { mail, .. }) = mails.into_iter().next() else { return Err(NotDone::NoDraft) };
        let now = self.now().await?;
        let id = Id::generate(now, &*self.entropy);
        let mut mail = mail;
        mail.subject.insert_str(0, "[Test] ");
        let tenancy = self.tenancy(scope, slot.tenant).await?;
        let fields = tenancy.emails.of(mail.kind);
        let (application, tenant) = (&tenancy.application.name, &tenancy.tenant.name);
        let chain = self.mailer.transports.chain(fields.transports.as_deref(), application, tenant);
        let envelope = self.mailer.envelope(&fields, application, tenant);
        let message = self.mailer.enclose(mail, envelope, test.to.clone(), &id.to_string(), now)?;
        self.admit_test(authority, slot, &test.to).await?;
        Ok(TestAnswer { marks, ..self.hand_over(&chain, &message).await? })
    }

    /// Takes a place in the throttles and writes the act down, before anything
    /// leaves.
    async fn admit_test(&self, authority: &Authority, slot: &Slot, to: &EmailAddress) -> Result<(), NotDone> {
        let scope = authority.scope();
        let tenancy = self.tenancy(scope, slot.tenant).await?;
        let mailbox = self.mailbox(tenancy.tenant.id, to.canonical());
        let now = self.now().await?;
        let transaction = self.database.begin().await?;
        let mut wait = None;
        if self.limits.enabled {
            let key = format!("template-test:{}", scope.application());
            wait = throttles::take(&transaction, &key, RATE, 1, now).await?;
        }
        if wait.is_none() {
            wait = self.wait_for_mailbox(&transaction, &mailbox, now).await?;
        }
        if let Some(retry_after) = wait {
            return Err(Failure::Throttled { retry_after }.into());
        }
        let act = act("email_template.test_sent", slot).with("to", to.masked());
        self.commit_act(transaction, authority, now, act).await?;
        Ok(())
    }

    /// Offers the mail to the transports that the tenant's mails go by.
    async fn hand_over(&self, chain: &[String], message: &OutgoingMessage) -> Result<TestAnswer, NotDone> {
        let now = self.now().await?;
        let sent = timeout(PATIENCE, self.mailer.transports.send(chain, message, now)).await;
        let tries = sent.map(|dispatch| dispatch.tries).unwrap_or_default();
        let (is_accepted, stage, answer) = match tries.last().map(|latest| &latest.result) {
            Some(Ok(accepted)) => (true, None, accepted.answer.clone()),
            Some(Err(error)) => (false, Some(error.stage.as_str()), error.answer.clone()),
            None => (false, None, "no transport has answered".to_owned()),
        };
        Ok(TestAnswer {
            is_accepted,
            stage,
            answer,
            transport: tries.last().map(|latest| latest.transport.clone()),
            message_id: message.message_id().as_str().to_owned(),
            marks: Vec::new(),
        })
    }
}
