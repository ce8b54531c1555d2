//! Identifiers: a prefix that says what the thing is, `_`, and a 26-character
//! upper-case ULID, for example `user_01ARZ3NDEKTSV4RRFFQ69G5FAV`.
//!
//! An id is a name, never a secret and never a proof: its first 48 bits are a
//! time.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;
use ulid::Ulid;

use super::clock::Timestamp;
use super::entropy::Entropy;

/// A text that is not an id of the expected kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not an id of the form {prefix}_<26 characters>")]
pub struct InvalidId {
    /// The prefix that was expected.
    pub prefix: &'static str,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Ulid);

        impl $name {
            /// What every id of this kind begins with, without the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// Makes a new id: the time in milliseconds and 80 random bits.
            #[must_use]
            pub fn generate(now: Timestamp, entropy: &dyn Entropy) -> Self {
                Self(Ulid::from_parts(now.as_millis_unsigned(), entropy.u128()))
            }

            /// The id of a thing whose name follows from other names: a time and
            /// the lower 80 bits of a number.
            #[must_use]
            pub fn from_parts(at: Timestamp, number: u128) -> Self {
                Self(Ulid::from_parts(at.as_millis_unsigned(), number))
            }

            /// When it was made, as the id itself says.
            #[must_use]
            pub fn made_at(self) -> Timestamp {
                Timestamp::from_millis(i64::try_from(self.0.timestamp_ms()).unwrap_or(i64::MAX))
            }

            /// The next id after this one, for things that are made together
            /// and have an order.
            #[must_use]
            pub fn successor(self) -> Self {
                Self(self.0.increment().unwrap_or(self.0))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{}"), self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            /// Accepts exactly the form that `Display` writes, so that one
            /// thing has one name.
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let invalid = InvalidId { prefix: $prefix };
                let ulid = text
                    .strip_prefix(concat!($prefix, "_"))
                    .filter(|ulid| ulid.len() == 26 && !ulid.bytes().any(|b| b.is_ascii_lowercase()))
                    .ok_or(invalid)?;
                let id = Self(Ulid::from_string(ulid).map_err(|_| invalid)?);
                if id.to_string() == text { Ok(id) } else { Err(invalid) }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}

ids! {
    /// The outermost boundary; owns everything below it.
    ApplicationId = "app";
    /// A customer of an application.
    TenantId = "tenant";
    /// A person with an account in one tenant.
    UserId = "user";
    /// One signed-in period of a user.
    SessionId = "session";
    /// One attempt to recover an account.
    PasswordResetId = "password_reset";
    /// A code that proves an address.
    EmailVerificationId = "email_verification";
    /// What an anonymous caller asked for; exists for unknown addresses too.
    ResetRequestId = "reset_request";
    /// A machine caller of one application.
    ServiceAccountId = "sa";
    /// One API key of a service account (its name, not the key).
    ApiKeyId = "api_key";
    /// A permission inside a boundary.
    GrantId = "grant";
    /// Something that happened.
    EventId = "event";
    /// Where an application wants to be told of events.
    WebhookEndpointId = "webhook_endpoint";
    /// One event on its way to one endpoint.
    WebhookDeliveryId = "webhook_delivery";
    /// One email in the outbox.
    MessageId = "message";
    /// An attempt to hand a message over.
    MailAttemptId = "mail_attempt";
    /// An address that gets no mail for a while.
    SuppressionId = "suppression";
    /// One piece of work for later.
    JobId = "job";
    /// One HTTP request, as logs and errors name it.
    RequestId = "req";
    /// One authenticator of a user.
    AuthFactorId = "auth_factor";
    /// One question for a code of an authenticator.
    AuthChallengeId = "auth_challenge";
    /// One entry of the audit log.
    AuditId = "audit";
    /// Somebody who runs the installation, above every application.
    OperatorId = "operator";
    /// A link by which somebody becomes an operator.
    OperatorInvitationId = "operator_invitation";
    /// One signed-in period of an operator.
    OperatorSessionId = "operator_session";
    /// A boundary that has a name.
    BoundaryId = "permission_boundary";
}

impl From<AuthFactorId> for AuthChallengeId {
    /// The challenge that comes with a new factor.
    fn from(factor: AuthFactorId) -> Self {
        Self(factor.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::entropy::SeededEntropy;

    #[test]
    fn an_id_reads_back_as_itself_and_in_no_other_spelling() {
        let id = UserId::generate(Timestamp::from_millis(1_700_000_000_000), &SeededEntropy::new(7));
        let text = id.to_string();
        assert_eq!(text.parse::<UserId>().ok(), Some(id));
        assert!(text.to_lowercase().parse::<UserId>().is_err());
        assert!(text.replace("user_", "tenant_").parse::<UserId>().is_err());
        assert!(text.parse::<TenantId>().is_err());
        assert!(format!("{text}0").parse::<UserId>().is_err());
    }
}
