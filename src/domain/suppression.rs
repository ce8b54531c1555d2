//! Addresses that get no mail for a while, because a provider has refused them
//! for good.

use super::clock::Timestamp;
use super::ids::{ApplicationId, MessageId, SuppressionId, TenantId};

/// One of them. The address itself is not kept: it is found by a keyed
/// pseudonym, and shown so that whoever knows it recognises it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// Its name.
    pub id: SuppressionId,
    /// Whose mail it is kept from.
    pub application: ApplicationId,
    /// Whose mail was refused.
    pub tenant: TenantId,
    /// Keyed pseudonym of application and address.
    pub address: String,
    /// The address as it is shown, for example `a***@example.com`.
    pub shown: String,
    /// The message that was refused.
    pub message: MessageId,
    /// The provider's own words.
    pub answer: String,
    /// When it was refused.
    pub created_at: Timestamp,
    /// Until when it gets no mail.
    pub expires_at: Timestamp,
}
