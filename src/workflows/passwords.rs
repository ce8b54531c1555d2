//! Whether a new password will do: the policy's own rules first, then whether
//! a data breach has it, then whether the user had it before. Each is dearer
//! than the one before it; the last one costs a hash for every password that
//! is remembered.

use crate::credentials::HashError;
use crate::credentials::breach::{BreachFile, Fingerprint};
use crate::domain::access::Scope;
use crate::domain::clock::Timestamp;
use crate::domain::ids::UserId;
use crate::domain::password::{BreachCheckFailure, PasswordPolicy, Violation};
use crate::domain::secret::Secret;
use crate::domain::user::User;
use crate::store::{Transaction, password_history, users};
use crate::webhooks::client::GuardedClient;

use super::tenancy::Tenancy;
use super::{Engine, Failure, Outcome};

/// How long to stay away when breaches cannot be looked up.
const UNKNOWN: std::time::Duration = std::time::Duration::from_secs(5);

/// Where passwords known from data breaches are looked up.
#[derive(Debug)]
pub enum Breaches {
    /// Nowhere.
    None,
    /// In a file.
    File(BreachFile),
    /// At an endpoint that is told five digits of a hash.
    Endpoint {
        /// Its URL, without the digits.
        url: String,
        /// What calls it.
        client: Box<GuardedClient>,
    },
}

impl Breaches {
    /// Whether there is anything to look in.
    #[must_use]
    pub const fn can_look_up(&self) -> bool {
        !matches!(self, Self::None)
    }

    /// Whether a password is known. `Err` says why that cannot be found out.
    async fn knows(&self, password: &Secret) -> Result<bool, String> {
        let print = Fingerprint::of(password);
        match self {
            Self::None => Err("there is nothing to look it up in".to_owned()),
            Self::File(file) => {
                let file = file.clone();
                let looked = tokio::task::spawn_blocking(move || file.holds(&print)).await;
                looked.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
            }
            Self::Endpoint { url, client } => {
                let url = format!("{url}/{}", print.prefix());
                // Padded answers are alike in length, whatever was asked for.
                let answer = client.get(&url, &[("add-padding", "true")]).await.map_err(|error| error.to_string())?;
                if !answer.is_success() || !answer.is_complete {
                    return Err(format!("the endpoint answered {}, complete: {}", answer.status, answer.is_complete));
                }
                Ok(print.is_in(&String::from_utf8_lossy(&answer.body)))
            }
        }
    }
}

impl Engine {
    /// Judges a new password of a user and answers it ready to be hashed.
    ///
    /// # Errors
    /// `Password` with what is wrong; `Busy` when the hash queue is full, or
    /// when the policy wants breaches looked up and that is not possible now.
    pub(super) async fn accept_password(&self, tenancy: &Tenancy, user: &User, password: &Secret) -> Outcome<Secret> {
        let normal = tenancy.check_password(user, password).map_err(Failure::Password)?;
        self.refuse_breached(&tenancy.passwords, &normal).await?;
        self.refuse_reused(&tenancy.passwords, user, password, &normal).await?;
        Ok(normal)
    }

    async fn refuse_breached(&self, policy: &PasswordPolicy, password: &Secret) -> Outcome<()> {
        if !policy.breached_pwd_detection_enabled {
            return Ok(());
        }
        match (self.breaches.knows(password).await, policy.breach_check_failure) {
            (Ok(false), _) => Ok(()),
            (Ok(true), _) => Err(Failure::Password(vec![Violation::Breached])),
            (Err(error), BreachCheckFailure::Allow) => {
                tracing::warn!(%error, "breached passwords cannot be looked up; the policy lets this one pass");
                Ok(())
            }
            (Err(error), BreachCheckFailure::Refuse) => {
                tracing::warn!(%error, "breached passwords cannot be looked up; the policy lets none pass");
                Err(Failure::Busy { retry_after: UNKNOWN })
            }
        }
    }

    /// Compares with the password that the user has and those of before.
    async fn refuse_reused(
        &self,
        policy: &PasswordPolicy,
        user: &User,
        typed: &Secret,
        password: &Secret,
    ) -> Outcome<()> {
        if policy.history_length == 0 {
            return Ok(());
        }
        let earlier = password_history::list(self.database.read(), user.id, remembered(policy)).await?;
        for stored in user.password_hash.iter().cloned().chain(earlier) {
            match self.hasher.verify_typed(typed, password.clone(), stored).await {
                Ok(verdict) if verdict.matches => return Err(Failure::Password(vec![Violation::Reused])),
                // A hash that nobody can verify any more is no password that could come back.
                Ok(_) | Err(HashError::Unreadable) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

/// Remembers the password that a user has, before another takes its place;
/// forgets those that the policy does not ask for any more. Locks the user
/// when there is something to do.
pub(super) async fn keep_password(
    transaction: &Transaction,
    scope: &Scope,
    tenancy: &Tenancy,
    id: UserId,
    now: Timestamp,
) -> Outcome<()> {
    if tenancy.passwords.history_length > 0
        && let Some(user) = users::lock(transaction, scope, id).await?
    {
        keep_hash(transaction, tenancy, &user, now).await?;
    }
    Ok(())
}

/// The same for a user whose row the caller has locked.
pub(super) async fn keep_hash(
    transaction: &Transaction,
    tenancy: &Tenancy,
    user: &User,
    now: Timestamp,
) -> Outcome<()> {
    if tenancy.passwords.history_length > 0 {
        password_history::keep(transaction, user, remembered(&tenancy.passwords), now).await?;
    }
    Ok(())
}

/// How many passwords are remembered beside the one in use.
fn remembered(policy: &PasswordPolicy) -> u64 {
    u64::from(policy.history_length.saturating_sub(1))
}
