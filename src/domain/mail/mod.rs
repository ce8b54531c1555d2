//! The kinds of mail, each with a typed context and a sample.

mod context;
mod given_name;
mod sample;

pub use context::{
    Application, AttemptsExhausted, EmailVerification, Expiry, LinkCreated, MailContext, NoAccount, Parties,
    PasswordUpdated, ResetCode, ResetLink, Tenant, Test, User,
};
pub use given_name::GivenName;

use serde::{Deserialize, Serialize};

/// The kinds of mail, named as in rows, policies and answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MailKind {
    /// The link of mode `EmailLink`.
    PasswordResetLink,
    /// The code of mode `EmailOtp`.
    PasswordResetCode,
    /// Somebody made a reset link for the user.
    PasswordResetLinkCreated,
    /// A reset was completed.
    PasswordUpdated,
    /// The codes ran out.
    ResetAttemptsExhausted,
    /// The address belongs to nobody here.
    NoAccount,
    /// The code that proves an address.
    EmailVerification,
    /// An operator tries the transport.
    Test,
}

impl MailKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::PasswordResetLink,
        Self::PasswordResetCode,
        Self::PasswordResetLinkCreated,
        Self::PasswordUpdated,
        Self::ResetAttemptsExhausted,
        Self::NoAccount,
        Self::EmailVerification,
        Self::Test,
    ];

    /// The name in rows and answers, for example `PASSWORD_RESET_LINK`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PasswordResetLink => "PASSWORD_RESET_LINK",
            Self::PasswordResetCode => "PASSWORD_RESET_CODE",
            Self::PasswordResetLinkCreated => "PASSWORD_RESET_LINK_CREATED",
            Self::PasswordUpdated => "PASSWORD_UPDATED",
            Self::ResetAttemptsExhausted => "RESET_ATTEMPTS_EXHAUSTED",
            Self::NoAccount => "NO_ACCOUNT",
            Self::EmailVerification => "EMAIL_VERIFICATION",
            Self::Test => "TEST",
        }
    }

    /// Reads what [`as_str`](Self::as_str) wrote; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Whether a mail of this kind holds a link or a code. Such a mail is
    /// dropped once its reset is no longer pending; a notice never is.
    #[must_use]
    pub const fn carries_secret(self) -> bool {
        self.secret_name().is_some()
    }

    /// Whether it warns of something that somebody else may have done. Whoever
    /// did that must not be able to keep it from being sent.
    #[must_use]
    pub const fn is_alarm(self) -> bool {
        matches!(self, Self::PasswordResetLinkCreated | Self::PasswordUpdated | Self::ResetAttemptsExhausted)
    }

    /// What both bodies of a mail of this kind must say: of each group one
    /// variable, whenever there is a value for it.
    #[must_use]
    pub const fn must_say(self) -> &'static [&'static [&'static str]] {
        const EXPIRY: &[&str] = &["expiresAt", "expiresInMinutes"];
        match self {
            Self::PasswordResetLink => &[&["actionUrl"], EXPIRY],
            Self::PasswordResetCode | Self::EmailVerification => &[&["verificationCode"], EXPIRY],
            Self::PasswordUpdated => &[&["occurredAt"], &["requestedFrom.network"]],
            Self::PasswordResetLinkCreated | Self::ResetAttemptsExhausted | Self::NoAccount | Self::Test => &[],
        }
    }

    /// What the templates of this kind call the secret they must show.
    #[must_use]
    pub const fn secret_name(self) -> Option<&'static str> {
        match self {
            Self::PasswordResetLink => Some("actionUrl"),
            Self::PasswordResetCode | Self::EmailVerification => Some("verificationCode"),
            Self::PasswordResetLinkCreated
            | Self::PasswordUpdated
            | Self::ResetAttemptsExhausted
            | Self::NoAccount
            | Self::Test => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_reads_back_and_nothing_else_does() {
        for kind in MailKind::ALL {
            assert_eq!(MailKind::parse(kind.as_str()), Some(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
            assert_eq!(MailContext::sample(kind).kind(), kind);
        }
        for text in ["", "password_reset_link", "TEST ", "PASSWORD_RESET"] {
            assert_eq!(MailKind::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn exactly_the_kinds_with_a_secret_have_one_in_their_context() {
        for kind in MailKind::ALL {
            let name = MailContext::sample(kind).secret().map(|(name, _)| name);
            assert_eq!(name, kind.secret_name(), "{kind:?}");
        }
        assert!(!MailKind::PasswordResetLinkCreated.carries_secret());
    }

    #[test]
    fn a_serialised_context_does_not_hold_its_secret() {
        for kind in MailKind::ALL {
            let context = MailContext::sample(kind);
            let json = serde_json::to_string(&context).unwrap();
            if let Some((name, secret)) = context.secret() {
                assert!(!json.contains(secret.expose()) && !json.contains(name), "{json}");
            }
            assert!(!format!("{context:?}").contains("482913"));
        }
    }
}
