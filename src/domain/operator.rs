//! Operators in the console: how long an invitation, a sign-in and a
//! confirmation hold.

use std::time::Duration;

use super::clock::{Timestamp, is_over};
use super::ids::{OperatorId, OperatorInvitationId, OperatorSessionId};

/// How long an invitation can be used.
pub const INVITATION: Duration = Duration::from_secs(15 * 60);
/// The longest name that somebody is invited by, in characters.
pub const INVITED_NAME: usize = 80;
/// How long a session lives that nobody uses.
pub const IDLE: Duration = Duration::from_secs(15 * 60);
/// How long a session lives at all.
pub const ABSOLUTE: Duration = Duration::from_secs(8 * 60 * 60);
/// How long a password and a code stand for what needs them again.
pub const FRESH: Duration = Duration::from_secs(5 * 60);
/// How exact the time of a session's last use is; every write of it costs a
/// commit. It is rounded in the operator's disfavour.
pub const USE_PRECISION: Duration = Duration::from_secs(20);

/// A link by which somebody becomes an operator.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// Its name.
    pub id: OperatorInvitationId,
    /// Who they will be.
    pub operator: OperatorId,
    /// What they are called, until they say otherwise.
    pub name: String,
    /// The address they chose to sign in with.
    pub email: Option<String>,
    /// The password they chose, hashed.
    pub password_hash: Option<String>,
    /// The secret of their authenticator, sealed for them.
    pub sealed: String,
    /// What kind of actor invited them.
    pub invited_by: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// When it was used.
    pub used_at: Option<Timestamp>,
}

/// Why an invitation leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uninvited {
    /// There is no such one.
    Unknown,
    /// It was used.
    Used,
    /// Its time is over.
    Over,
}

impl Invitation {
    /// Whether it can be used.
    ///
    /// # Errors
    /// Why not.
    pub fn usable(&self, now: Timestamp) -> Result<(), Uninvited> {
        match self.used_at {
            Some(_) => Err(Uninvited::Used),
            None if is_over(Some(self.expires_at), now) => Err(Uninvited::Over),
            None => Ok(()),
        }
    }
}

/// How an operator proves who they are.
#[derive(Clone)]
pub struct Credential {
    /// Who.
    pub operator: OperatorId,
    /// The address they sign in with, as written.
    pub email: String,
    /// The same, as compared.
    pub email_canonical: String,
    /// Their password, hashed.
    pub password_hash: String,
    /// The secret of their authenticator, sealed for them.
    pub sealed: String,
    /// The key that sealed it.
    pub key_id: String,
    /// The latest step whose code was used.
    pub last_step: Option<i64>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credential").field("operator", &self.operator).finish_non_exhaustive()
    }
}

/// One signed-in period of an operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleSession {
    /// Its name.
    pub id: OperatorSessionId,
    /// Who is signed in.
    pub operator: OperatorId,
    /// The network it was begun from.
    pub network: Option<String>,
    /// The browser it was begun with.
    pub browser: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, as exact as [`USE_PRECISION`].
    pub seen_at: Timestamp,
    /// When password and code were last right.
    pub proven_at: Timestamp,
    /// When it ends whatever happens.
    pub expires_at: Timestamp,
    /// When it was ended.
    pub ended_at: Option<Timestamp>,
}

impl ConsoleSession {
    /// A session that begins.
    #[must_use]
    pub fn begin(id: OperatorSessionId, operator: OperatorId, now: Timestamp) -> Self {
        Self {
            id,
            operator,
            network: None,
            browser: None,
            created_at: now,
            seen_at: now,
            proven_at: now,
            expires_at: now + ABSOLUTE,
            ended_at: None,
        }
    }

    /// Whether it still stands for its operator.
    #[must_use]
    pub fn is_alive(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && !is_over(Some(self.expires_at), now) && !is_over(Some(self.seen_at + IDLE), now)
    }

    /// Whether password and code are recent enough for what cannot be undone.
    #[must_use]
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        !is_over(Some(self.proven_at + FRESH), now)
    }

    /// Whether its last use is to be written down.
    #[must_use]
    pub fn is_to_be_touched(&self, now: Timestamp) -> bool {
        now.since(self.seen_at) >= USE_PRECISION
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::entropy::SeededEntropy;
    use proptest::prelude::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000) + Duration::from_secs(seconds)
    }

    fn session() -> ConsoleSession {
        let entropy = SeededEntropy::new(1);
        let operator = OperatorId::generate(at(0), &entropy);
        ConsoleSession::begin(OperatorSessionId::generate(at(0), &entropy), operator, at(0))
    }

    #[test]
    fn an_unused_session_ends_after_a_quarter_of_an_hour() {
        assert!(session().is_alive(at(899)));
        assert!(!session().is_alive(at(900)));
    }

    #[test]
    fn a_used_session_ends_after_eight_hours() {
        let used = ConsoleSession { seen_at: at(28_799), ..session() };
        assert!(used.is_alive(at(28_799)));
        assert!(!used.is_alive(at(28_800)));
        let ended = ConsoleSession { ended_at: Some(at(1)), ..session() };
        assert!(!ended.is_alive(at(2)));
    }

    #[test]
    fn a_confirmation_is_fresh_for_five_minutes() {
        assert!(session().is_fresh(at(299)));
        assert!(!session().is_fresh(at(300)));
    }

    #[test]
    fn an_invitation_is_good_once_and_for_a_quarter_of_an_hour() {
        let entropy = SeededEntropy::new(1);
        let open = Invitation {
            id: OperatorInvitationId::generate(at(0), &entropy),
            operator: OperatorId::generate(at(0), &entropy),
            name: "Ada".into(),
            email: None,
            password_hash: None,
            sealed: String::new(),
            invited_by: "COMMAND_LINE".into(),
            created_at: at(0),
            expires_at: at(0) + INVITATION,
            used_at: None,
        };
        assert_eq!(open.usable(at(899)), Ok(()));
        assert_eq!(open.usable(at(900)), Err(Uninvited::Over));
        let used = Invitation { used_at: Some(at(1)), ..open };
        assert_eq!(used.usable(at(2)), Err(Uninvited::Used));
    }

    proptest! {
        #[test]
        fn no_session_outlives_its_limits(seen in 0_u64..40_000, now in 0_u64..80_000) {
            let session = ConsoleSession { seen_at: at(seen), ..session() };
            if session.is_alive(at(now)) {
                prop_assert!(now < 28_800 && now < seen + 900);
            }
        }
    }
}
