//! What an email policy may say: what fits the kind of mail, and only the
//! addresses and transports that the operator allows.

use crate::domain::email_address::EmailAddress;
use crate::domain::email_policy::{EmailFields, EmailOverrides};
use crate::domain::mail::MailKind;
use crate::domain::policy::Flaw;
use crate::domain::policy::target::{self, TargetRules};

use super::deliver::Mailer;

impl Mailer {
    /// What counts where no policy says anything, for every kind of mail.
    #[must_use]
    pub fn as_policy(&self) -> EmailOverrides {
        let fields = EmailFields {
            from_name: self.from.name.clone(),
            from_address: Some(self.from.address.original().to_owned()),
            reply_to: self.reply_to.as_ref().map(|party| party.address.original().to_owned()),
            ..EmailFields::default()
        };
        EmailOverrides(MailKind::ALL.into_iter().map(|kind| (kind, fields.clone())).collect())
    }

    /// What the policy of a tenant may not say, or that of the application when
    /// no tenant is named; then only what every tenant of it may use is right.
    #[must_use]
    pub fn flaws(
        &self,
        overrides: &EmailOverrides,
        application: &str,
        tenant: Option<&str>,
        targets: &TargetRules<'_>,
    ) -> Vec<Flaw> {
        // No tenant has an empty name, so what belongs to one is not allowed then.
        let tenant = tenant.unwrap_or_default();
        let mut flaws = Vec::new();
        for (kind, fields) in &overrides.0 {
            let mut add = |field: &str, code| flaws.push(Flaw::new(&format!("{}.{field}", kind.as_str()), code));
            for (field, code) in fields.faults(*kind) {
                add(field, code);
            }
            if let Some(Err(code)) = fields.action_link_url.as_deref().map(|url| target::check(url, targets)) {
                add("actionLinkUrl", code);
            }
            let from = fields.from_address.as_deref().and_then(|text| EmailAddress::parse(text).ok());
            if from.is_some_and(|address| !self.may_send_from(&address, application, tenant)) {
                add("fromAddress", "not_allowed");
            }
            if !fields.transports.iter().flatten().all(|name| self.transports.may_use(name, application, tenant)) {
                add("transports", "not_allowed");
            }
        }
        flaws
    }
}
