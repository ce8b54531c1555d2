//! What a mail of each kind is written from. Serialised in camelCase for the
//! templates; a secret is never serialised, the mail room adds it when it
//! renders.

use serde::Serialize;

use super::{GivenName, MailKind};
use crate::domain::client::RequestedFrom;
use crate::domain::clock::Timestamp;
use crate::domain::secret::Secret;

/// Who the mail is for.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// A name to greet with, if there is one fit for it.
    pub given_name: Option<GivenName>,
    /// The address the mail goes to.
    pub email: String,
    /// A BCP 47 tag, for example `en`.
    pub locale: String,
}

/// The tenant the user belongs to.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tenant {
    /// The short name, as in addresses.
    pub name: String,
    /// The name for people.
    pub display_name: String,
    /// An `https` address of a logo; the built-in templates show no image.
    pub logo_url: Option<String>,
}

/// The application that sends.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Application {
    /// The short name.
    pub name: String,
    /// The name for people.
    pub display_name: String,
    /// Where people may ask for help.
    pub support_email: Option<String>,
}

/// What every mail knows.
#[derive(Debug, Clone, Serialize)]
pub struct Parties {
    /// Who it is for.
    pub user: User,
    /// Their tenant.
    pub tenant: Tenant,
    /// Who sends it.
    pub application: Application,
}

/// When a secret stops working.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Expiry {
    /// The moment itself.
    pub expires_at: Timestamp,
    /// Minutes from sending until then, rounded up, at least 1.
    pub expires_in_minutes: u64,
}

impl Expiry {
    /// The expiry of something sent at `now`.
    #[must_use]
    pub fn new(expires_at: Timestamp, now: Timestamp) -> Self {
        let left = expires_at.since(now).as_millis().div_ceil(60_000);
        Self { expires_at, expires_in_minutes: u64::try_from(left).unwrap_or(u64::MAX).max(1) }
    }
}

/// A reset link.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResetLink {
    /// Whom it concerns.
    #[serde(flatten)]
    pub parties: Parties,
    /// Who asked.
    pub requested_from: RequestedFrom,
    /// The link (`actionUrl`).
    #[serde(skip)]
    pub action_url: Secret,
    /// Until when it works.
    #[serde(flatten)]
    pub expiry: Expiry,
}

/// A reset code.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResetCode {
    /// Whom it concerns.
    #[serde(flatten)]
    pub parties: Parties,
    /// Who asked.
    pub requested_from: RequestedFrom,
    /// The digits (`verificationCode`).
    #[serde(skip)]
    pub verification_code: Secret,
    /// Until when it works.
    #[serde(flatten)]
    pub expiry: Expiry,
}

/// Notice: somebody made a reset link for the user.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkCreated {
    /// Whom it concerns.
    #[serde(flatten)]
    pub parties: Parties,
    /// When it was made.
    pub occurred_at: Timestamp,
    /// Until when it works.
    #[serde(flatten)]
    pub expiry: Expiry,
}

/// Notice: the password was changed through a reset.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PasswordUpdated {
    /// Whom it concerns.
    #[serde(flatten)]
    pub parties: Parties,
    /// Who did it.
    pub requested_from: RequestedFrom,
    /// When it was done.
    pub occurred_at: Timestamp,
}

/// Notice: the codes ran out.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AttemptsExhausted {
    /// Whom it concerns.
    #[serde(flatten)]
    pub parties: Parties,
    /// Who asked.
    pub requested_from: RequestedFrom,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// A code was asked for while the account's budget was spent, so none was
    /// sent; otherwise one reset had its last wrong code.
    pub throttled: bool,
}

/// Notice: the address belongs to nobody here. `user` holds nothing but the
/// address itself.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NoAccount {
    /// Whom it concerns.
    #[serde(flatten)]
    pub parties: Parties,
    /// Who asked.
    pub requested_from: RequestedFrom,
}

/// The code that proves an address.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EmailVerification {
    /// Whom it concerns.
    #[serde(flatten)]
    pub parties: Parties,
    /// The digits (`verificationCode`).
    #[serde(skip)]
    pub verification_code: Secret,
    /// Until when it works.
    #[serde(flatten)]
    pub expiry: Expiry,
}

/// An operator's test.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Test {
    /// Whom it concerns.
    #[serde(flatten)]
    pub parties: Parties,
    /// When it was asked for.
    pub occurred_at: Timestamp,
}

/// The context of one mail.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
#[expect(missing_docs, reason = "each variant is the kind of the same name")]
pub enum MailContext {
    PasswordResetLink(ResetLink),
    PasswordResetCode(ResetCode),
    PasswordResetLinkCreated(LinkCreated),
    PasswordUpdated(PasswordUpdated),
    ResetAttemptsExhausted(AttemptsExhausted),
    NoAccount(NoAccount),
    EmailVerification(EmailVerification),
    Test(Test),
}

impl MailContext {
    /// The kind it is the context of.
    #[must_use]
    pub const fn kind(&self) -> MailKind {
        match self {
            Self::PasswordResetLink(_) => MailKind::PasswordResetLink,
            Self::PasswordResetCode(_) => MailKind::PasswordResetCode,
            Self::PasswordResetLinkCreated(_) => MailKind::PasswordResetLinkCreated,
            Self::PasswordUpdated(_) => MailKind::PasswordUpdated,
            Self::ResetAttemptsExhausted(_) => MailKind::ResetAttemptsExhausted,
            Self::NoAccount(_) => MailKind::NoAccount,
            Self::EmailVerification(_) => MailKind::EmailVerification,
            Self::Test(_) => MailKind::Test,
        }
    }

    /// The secret of this mail, with the name templates know it by.
    #[must_use]
    pub fn secret(&self) -> Option<(&'static str, &Secret)> {
        let value = match self {
            Self::PasswordResetLink(mail) => &mail.action_url,
            Self::PasswordResetCode(mail) => &mail.verification_code,
            Self::EmailVerification(mail) => &mail.verification_code,
            Self::PasswordResetLinkCreated(_)
            | Self::PasswordUpdated(_)
            | Self::ResetAttemptsExhausted(_)
            | Self::NoAccount(_)
            | Self::Test(_) => return None,
        };
        self.kind().secret_name().map(|name| (name, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_are_rounded_up_and_never_none() {
        let now = Timestamp::from_millis(1_000);
        let minutes = |millis| Expiry::new(Timestamp::from_millis(millis), now).expires_in_minutes;
        assert_eq!(minutes(1_000 + 30 * 60_000), 30);
        assert_eq!(minutes(1_000 + 30 * 60_000 - 1), 30);
        assert_eq!(minutes(1_001), 1);
        assert_eq!(minutes(0), 1);
    }
}
