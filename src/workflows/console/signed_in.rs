//! Being signed in: whose a session is, how it goes on, and how it ends.

use std::time::Duration;

use crate::domain::access::Origin;
use crate::domain::audit::Act;
use crate::domain::clock::Timestamp;
use crate::domain::ids::{OperatorId, OperatorSessionId};
use crate::domain::keys::Purpose;
use crate::domain::operator::ConsoleSession;
use crate::domain::secret::Secret;
use crate::store::operators::{self, Operator};
use crate::store::throttles::{self, Quota};
use crate::store::{Transaction, operator_sessions};
use crate::workflows::audit::record_above;
use crate::workflows::{Engine, Failure, Noun, Outcome};

use super::{Visitor, random_token};

/// A form is acted on once; longer than this no session lives.
const ONCE: Quota = Quota { most: 1, window: Duration::from_secs(24 * 60 * 60) };

/// A session with the token that the browser keeps.
#[derive(Debug)]
pub struct Begun {
    /// The session.
    pub session: ConsoleSession,
    /// Its token, kept here by digest only.
    pub token: Secret,
}

impl Engine {
    /// The operator whom a token stands for, and their session. Notes that it
    /// was used.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn signed_in_operator(
        &self,
        token: &Secret,
        now: Timestamp,
    ) -> Outcome<Option<(Operator, ConsoleSession)>> {
        let reader = self.database.read();
        let session = operator_sessions::find_by_token(reader, &token.digest()).await?;
        let Some(session) = session.filter(|session| session.is_alive(now)) else { return Ok(None) };
        let operator = operators::find(reader, session.operator).await?.filter(|operator| !operator.disabled);
        let Some(operator) = operator else { return Ok(None) };
        if session.is_to_be_touched(now) {
            operator_sessions::touch(self.database.write(), session.id, now).await?;
        }
        Ok(Some((operator, session)))
    }

    /// The sessions of an operator that stand for them, newest first.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn sessions_of_operator(&self, operator: OperatorId, now: Timestamp) -> Outcome<Vec<ConsoleSession>> {
        let all = operator_sessions::list(self.database.read(), operator).await?;
        Ok(all.into_iter().filter(|session| session.is_alive(now)).collect())
    }

    /// Ends one of an operator's own sessions: this one, or another.
    ///
    /// # Errors
    /// `NotFound(Session)`.
    pub async fn end_console_session(
        &self,
        operator: OperatorId,
        id: OperatorSessionId,
        origin: &Origin,
    ) -> Outcome<()> {
        let now = self.now().await?;
        let transaction = self.database.begin().await?;
        if !operator_sessions::end(&transaction, operator, id, now).await? {
            return Err(Failure::NotFound(Noun::Session));
        }
        let act = Act::new("operator.signed_out", operator).with("sessionId", id.to_string());
        record_above(&transaction, origin, &*self.entropy, now, act).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Notes that a form of a session was acted on; says whether it was not
    /// before. Remembered for as long as a session may live.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn use_form_once(&self, session: &ConsoleSession, form: &str, now: Timestamp) -> Outcome<bool> {
        let owner = session.id.to_string();
        let name = self.keys.pseudonym(Purpose::FormToken, &[b"console once", owner.as_bytes(), form.as_bytes()]);
        let transaction = self.database.begin().await?;
        let wait = throttles::mark(&transaction, &format!("console-form:{name}"), ONCE, now).await?;
        transaction.commit().await?;
        Ok(wait.is_none())
    }

    /// Begins a session in the transaction of what proves it.
    pub(super) async fn begin_console_session(
        &self,
        transaction: &Transaction,
        operator: OperatorId,
        visitor: &Visitor,
        now: Timestamp,
    ) -> Outcome<Begun> {
        let from = visitor.client.requested_from();
        let id = OperatorSessionId::generate(now, &*self.entropy);
        let mut session = ConsoleSession::begin(id, operator, now);
        (session.network, session.browser) = (from.network, from.browser);
        let token = random_token(&*self.entropy);
        operator_sessions::insert(transaction, &session, &token.digest()).await?;
        Ok(Begun { session, token })
    }

    /// Lets a session go on under a new token, its operator proven again.
    pub(super) async fn prove_console_session(
        &self,
        transaction: &Transaction,
        session: &ConsoleSession,
        now: Timestamp,
    ) -> Outcome<Begun> {
        let token = random_token(&*self.entropy);
        if !operator_sessions::prove(transaction, session.id, &token.digest(), now).await? {
            return Err(Failure::InvalidCredentials);
        }
        let session = ConsoleSession { proven_at: now, seen_at: now, ..session.clone() };
        Ok(Begun { session, token })
    }
}
