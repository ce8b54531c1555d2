//! An example of each kind.

use std::time::Duration;

use super::{
    Application, AttemptsExhausted, EmailVerification, Expiry, GivenName, LinkCreated, MailContext, MailKind,
    NoAccount, Parties, PasswordUpdated, ResetCode, ResetLink, Tenant, Test, User,
};
use crate::domain::client::RequestedFrom;
use crate::domain::clock::Timestamp;
use crate::domain::secret::Secret;

impl MailContext {
    /// An example of a kind, for previews, lint and tests: always the same.
    #[must_use]
    pub fn sample(kind: MailKind) -> Self {
        let requested_from =
            RequestedFrom { network: Some("198.51.100.0/24".to_owned()), browser: Some("Firefox".to_owned()) };
        Self::example(kind, sample_parties(), requested_from)
    }

    /// An example of a kind about people of whom little is known, with nothing
    /// in it that may be absent: a template must do for these too.
    #[must_use]
    pub fn bare_sample(kind: MailKind) -> Self {
        Self::example(kind, bare_parties(), RequestedFrom::default())
    }

    fn example(kind: MailKind, parties: Parties, requested_from: RequestedFrom) -> Self {
        let occurred_at = Timestamp::from_millis(1_767_258_000_000);
        let expiry = Expiry::new(occurred_at + Duration::from_secs(30 * 60), occurred_at);
        let verification_code = Secret::new("482913");
        match kind {
            MailKind::PasswordResetLink => Self::PasswordResetLink(ResetLink {
                parties,
                requested_from,
                action_url: Secret::new("https://id.example.com/reset?token=sample-token-482913"),
                expiry,
            }),
            MailKind::PasswordResetCode => {
                Self::PasswordResetCode(ResetCode { parties, requested_from, verification_code, expiry })
            }
            MailKind::PasswordResetLinkCreated => {
                Self::PasswordResetLinkCreated(LinkCreated { parties, occurred_at, expiry })
            }
            MailKind::PasswordUpdated => {
                Self::PasswordUpdated(PasswordUpdated { parties, requested_from, occurred_at })
            }
            MailKind::ResetAttemptsExhausted => Self::ResetAttemptsExhausted(AttemptsExhausted {
                parties,
                requested_from,
                occurred_at,
                throttled: false,
            }),
            MailKind::NoAccount => {
                let user = User { given_name: None, ..parties.user };
                Self::NoAccount(NoAccount { parties: Parties { user, ..parties }, requested_from })
            }
            MailKind::EmailVerification => {
                Self::EmailVerification(EmailVerification { parties, verification_code, expiry })
            }
            MailKind::Test => Self::Test(Test { parties, occurred_at }),
        }
    }
}

fn sample_parties() -> Parties {
    Parties {
        user: User {
            given_name: GivenName::from_stored("Ada"),
            email: "ada@example.com".to_owned(),
            locale: "en".to_owned(),
        },
        tenant: Tenant { name: "acme".to_owned(), display_name: "Acme".to_owned(), logo_url: None },
        application: Application {
            name: "portal".to_owned(),
            display_name: "Acme Portal".to_owned(),
            support_email: Some("help@example.com".to_owned()),
        },
    }
}

fn bare_parties() -> Parties {
    Parties {
        user: User { given_name: None, email: "x@example.org".to_owned(), locale: "de".to_owned() },
        tenant: Tenant { name: "other".to_owned(), display_name: "Other".to_owned(), logo_url: None },
        application: Application { name: "shop".to_owned(), display_name: "Shop".to_owned(), support_email: None },
    }
}
