//! The life of a reset, as pure functions: what it is, what may happen to it
//! next, and what refuses it. A guarded UPDATE in the store repeats each
//! precondition.

use std::time::Duration;

use crate::domain::clock::{Timestamp, is_over};
use crate::domain::ids::{ApplicationId, PasswordResetId, ResetRequestId, TenantId, UserId};

use super::mode::{Mode, Strategy};

/// Where a reset is in its life. Only `Pending` leads anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// Can still be completed, unless its time is over.
    Pending,
    /// A password was set with it.
    Completed,
    /// Nobody used it in time.
    Expired,
    /// A newer reset took its place.
    Superseded,
    /// Too many wrong codes.
    Exhausted,
    /// An administrator, or a change of the account, ended it.
    Cancelled,
}

impl Status {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Pending, Self::Completed, Self::Expired, Self::Superseded, Self::Exhausted, Self::Cancelled];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Completed => "completed",
            Self::Expired => "expired",
            Self::Superseded => "superseded",
            Self::Exhausted => "exhausted",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// Who asked for a reset; decides what it supersedes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// Somebody who knows an address: the forgot form, a tenant application.
    Address,
    /// A trusted caller, by user id (workflow API).
    Caller,
    /// A trusted caller through the WorkOS dialect.
    WorkOs,
}

impl Origin {
    const ALL: [Self; 3] = [Self::Address, Self::Caller, Self::WorkOs];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Caller => "caller",
            Self::WorkOs => "workos",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|origin| origin.as_str() == text)
    }

    /// Whether a new reset of this origin also ends pending resets that did
    /// not travel by email: an anonymous caller must not kill a link that an
    /// administrator made.
    #[must_use]
    pub const fn supersedes_handed_over(self) -> bool {
        !matches!(self, Self::Address)
    }
}

/// Why a known proof is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Its time is over.
    Expired,
    /// It was used.
    Used,
    /// A newer one took its place.
    Superseded,
    /// Too many wrong codes.
    Exhausted,
    /// It was cancelled.
    Cancelled,
}

/// One attempt to recover an account.
#[derive(Debug, Clone)]
pub struct Reset {
    /// Its name.
    pub id: PasswordResetId,
    /// The application it belongs to.
    pub application: ApplicationId,
    /// The tenant it belongs to.
    pub tenant: TenantId,
    /// The account it changes; no request field can alter this.
    pub user: UserId,
    /// How it is proven.
    pub mode: Mode,
    /// Who asked.
    pub origin: Origin,
    /// Whether the proof travels by our email, so that completing it verifies
    /// the address.
    pub by_email: bool,
    /// Where it is in its life.
    pub status: Status,
    /// The key that its secrets derive from.
    pub key_id: String,
    /// The nonce that its secrets derive from.
    pub nonce: [u8; 32],
    /// The user's address when it was made.
    pub email: String,
    /// The language asked for, if any.
    pub locale: Option<String>,
    /// Where to go after success, if asked for and registered.
    pub redirect_url: Option<String>,
    /// The caller's own text, handed back with the result.
    pub state: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is refused; missing or unreadable refuses.
    pub expires_at: Option<Timestamp>,
    /// When it left `Pending`.
    pub finished_at: Option<Timestamp>,
    /// Sessions that its completion ended.
    pub sessions_revoked: u32,
    /// The user's credential version that its completion made.
    pub credential_version: Option<i64>,
    /// Until when the session code of Immediate Login may be exchanged;
    /// present only when the completion granted one.
    pub auth_session_expires_at: Option<Timestamp>,
}

impl Reset {
    /// Whether the proof could be used now.
    ///
    /// # Errors
    /// The reason why not.
    pub fn usable(&self, now: Timestamp) -> Result<(), Refusal> {
        match self.status {
            Status::Pending if is_over(self.expires_at, now) => Err(Refusal::Expired),
            Status::Pending => Ok(()),
            Status::Expired => Err(Refusal::Expired),
            Status::Completed => Err(Refusal::Used),
            Status::Superseded => Err(Refusal::Superseded),
            Status::Exhausted => Err(Refusal::Exhausted),
            Status::Cancelled => Err(Refusal::Cancelled),
        }
    }

    /// Whether an answer may have been lost: completed at most `window` ago.
    /// The caller still has to count the attempt, compare the password and
    /// see that the credential is the one this completion made.
    #[must_use]
    pub fn may_repeat_answer(&self, now: Timestamp, window: Duration) -> bool {
        self.status == Status::Completed
            && self.finished_at.is_some_and(|done| now.since(done) <= window && now >= done)
    }
}

/// What somebody who knows an address asked for. Written for every address
/// alike; a job attaches a reset, or nothing.
#[derive(Debug, Clone)]
pub struct ResetRequest {
    /// Its name.
    pub id: ResetRequestId,
    /// The application it belongs to.
    pub application: ApplicationId,
    /// The tenant it names.
    pub tenant: TenantId,
    /// Keyed pseudonym of (tenant, canonical address).
    pub address_key: String,
    /// What is mailed.
    pub strategy: Strategy,
    /// The key that its `requestCode` derives from.
    pub key_id: String,
    /// The nonce that its `requestCode` derives from.
    pub nonce: [u8; 32],
    /// Wrong codes so far.
    pub attempts: u32,
    /// Resends so far.
    pub resends: u32,
    /// From when on the next resend is allowed.
    pub resend_at: Timestamp,
    /// From when on it is refused; missing or unreadable refuses.
    pub expires_at: Option<Timestamp>,
    /// The reset that a job attached, if any.
    pub reset: Option<PasswordResetId>,
    /// The language asked for, if any.
    pub locale: Option<String>,
    /// Where to go after success, if asked for and registered.
    pub redirect_url: Option<String>,
    /// The caller's own text, handed back with the result.
    pub state: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::entropy::SeededEntropy;

    fn reset(status: Status, expires_at: Option<i64>) -> Reset {
        let (now, entropy) = (Timestamp::from_millis(0), SeededEntropy::new(1));
        Reset {
            id: PasswordResetId::generate(now, &entropy),
            application: ApplicationId::generate(now, &entropy),
            tenant: TenantId::generate(now, &entropy),
            user: UserId::generate(now, &entropy),
            mode: Mode::EmailLink,
            origin: Origin::Address,
            by_email: true,
            status,
            key_id: String::new(),
            nonce: [0; 32],
            email: String::new(),
            locale: None,
            redirect_url: None,
            state: None,
            created_at: now,
            expires_at: expires_at.map(Timestamp::from_millis),
            finished_at: Some(Timestamp::from_millis(1000)),
            sessions_revoked: 0,
            credential_version: None,
            auth_session_expires_at: None,
        }
    }

    #[test]
    fn only_a_pending_reset_before_its_expiry_is_usable() {
        let at = Timestamp::from_millis;
        assert_eq!(reset(Status::Pending, Some(1000)).usable(at(999)), Ok(()));
        assert_eq!(reset(Status::Pending, Some(1000)).usable(at(1000)), Err(Refusal::Expired));
        assert_eq!(reset(Status::Pending, None).usable(at(0)), Err(Refusal::Expired));
        for status in Status::ALL.into_iter().filter(|status| *status != Status::Pending) {
            assert!(reset(status, Some(i64::MAX)).usable(at(0)).is_err(), "{status:?}");
            assert_eq!(Status::parse(status.as_str()), Some(status));
        }
    }

    #[test]
    fn a_lost_answer_may_be_repeated_for_its_window_and_no_longer() {
        let window = Duration::from_secs(60);
        let done = reset(Status::Completed, None);
        assert!(done.may_repeat_answer(Timestamp::from_millis(61_000), window));
        assert!(!done.may_repeat_answer(Timestamp::from_millis(61_001), window));
        assert!(!done.may_repeat_answer(Timestamp::from_millis(999), window));
        assert!(!reset(Status::Cancelled, None).may_repeat_answer(Timestamp::from_millis(1000), window));
    }
}
