//! Becoming an operator: an invitation, then a password, then an
//! authenticator, whose first code makes it count.

use thiserror::Error;

use crate::credentials::sealed;
use crate::domain::access::Actor;
use crate::domain::audit::Act;
use crate::domain::clock::Timestamp;
use crate::domain::email_address::EmailAddress;
use crate::domain::ids::OperatorId;
use crate::domain::keys::Purpose;
use crate::domain::operator::{Credential, Invitation, Uninvited};
use crate::domain::password::{Identity, PasswordPolicy};
use crate::domain::second_factor::{Authenticator, Checked};
use crate::domain::secret::Secret;
use crate::store::operators::{self, Operator};
use crate::store::{StoreError, Transaction, operator_credentials, operator_invitations, operator_sessions};
use crate::workflows::audit::record_above;
use crate::workflows::{Engine, Failure};

use super::Visitor;
use super::signed_in::Begun;

/// Why nobody joins.
#[derive(Debug, Error)]
pub enum JoinFailure {
    /// The invitation leads nowhere.
    #[error("not invited: {0:?}")]
    Uninvited(Uninvited),
    /// What was chosen will not do, or the database is gone.
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl From<StoreError> for JoinFailure {
    fn from(error: StoreError) -> Self {
        Self::Failure(error.into())
    }
}

/// What an invited person chooses.
#[derive(Debug)]
pub struct Chosen {
    /// What they are called.
    pub name: String,
    /// The address they will sign in with.
    pub email: EmailAddress,
    /// The password they will sign in with.
    pub password: Secret,
}

impl Engine {
    /// The policy of operators' passwords: the server's own.
    #[must_use]
    pub fn operator_passwords(&self) -> PasswordPolicy {
        PasswordPolicy::merge([&self.password_defaults])
    }

    /// The invitation that a token belongs to.
    ///
    /// # Errors
    /// `Uninvited`.
    pub async fn invitation(&self, token: &Secret) -> Result<Invitation, JoinFailure> {
        let now = self.now().await?;
        self.invitation_at(token, now).await
    }

    async fn invitation_at(&self, token: &Secret, now: Timestamp) -> Result<Invitation, JoinFailure> {
        let found = operator_invitations::find_by_token(self.database.read(), &token.digest()).await?;
        let invitation = found.ok_or(JoinFailure::Uninvited(Uninvited::Unknown))?;
        invitation.usable(now).map_err(JoinFailure::Uninvited)?;
        Ok(invitation)
    }

    /// The authenticator that an invitation comes with.
    ///
    /// # Errors
    /// When its seal does not open any more.
    pub fn authenticator_of(&self, invitation: &Invitation) -> Result<Authenticator, JoinFailure> {
        let owner = invitation.operator.to_string();
        let opened = sealed::open(&self.keys, Purpose::OperatorTotp, &owner, &invitation.sealed).ok();
        let read = opened.and_then(|secret| Authenticator::read(&secret));
        read.ok_or(JoinFailure::Uninvited(Uninvited::Unknown))
    }

    /// Notes the name, the address and the password that an invited person has
    /// chosen. Nothing counts before their authenticator's code.
    ///
    /// # Errors
    /// `Uninvited`, `EmailTaken`, `Password`, `Busy`.
    pub async fn choose_account(&self, token: &Secret, chosen: Chosen) -> Result<Invitation, JoinFailure> {
        let mut invitation = self.invitation(token).await?;
        self.address_is_free(&invitation, &chosen.email).await?;
        let identity = Identity {
            email: Some(chosen.email.original()),
            first_name: Some(&chosen.name),
            last_name: None,
            service_names: &["rekey"],
        };
        let checked = self.operator_passwords().check(&chosen.password, &identity);
        let hash = self.hash(checked.map_err(Failure::Password)?).await?;
        invitation.name = chosen.name;
        invitation.email = Some(chosen.email.original().to_owned());
        invitation.password_hash = Some(hash);
        let now = self.now().await?;
        let kept = operator_invitations::choose(self.database.write(), &invitation, now).await?;
        if kept { Ok(invitation) } else { Err(JoinFailure::Uninvited(Uninvited::Over)) }
    }

    /// An address signs one operator in. Whoever may run the program beside
    /// the database may give that operator a new password and a new
    /// authenticator: it is how one comes back who has lost theirs.
    async fn address_is_free(
        &self,
        invitation: &Invitation,
        email: &EmailAddress,
    ) -> Result<Option<OperatorId>, JoinFailure> {
        let held = operator_credentials::find_by_address(self.database.read(), email.canonical()).await?;
        match held {
            Some(_) if invitation.invited_by != Actor::CommandLine.kind() => Err(Failure::EmailTaken.into()),
            held => Ok(held.map(|credential| credential.operator)),
        }
    }

    /// Makes the invited person an operator, with the first code of their
    /// authenticator, and signs them in.
    ///
    /// # Errors
    /// `Uninvited`, `InvalidTotpCode`, `EmailTaken`.
    pub async fn join(&self, token: &Secret, code: &Secret, visitor: &Visitor) -> Result<Begun, JoinFailure> {
        let now = self.now().await?;
        let invitation = self.invitation_at(token, now).await?;
        let chosen = invitation.email.as_deref().and_then(|email| EmailAddress::parse(email).ok());
        let (Some(email), Some(password_hash)) = (chosen, invitation.password_hash.clone()) else {
            return Err(Failure::InvalidTotpCode.into());
        };
        let authenticator = self.authenticator_of(&invitation)?;
        let Checked::Right(step) = authenticator.check(code, now, None) else {
            return Err(Failure::InvalidTotpCode.into());
        };
        let known = self.address_is_free(&invitation, &email).await?;
        let operator = Operator {
            id: known.unwrap_or(invitation.operator),
            name: invitation.name.clone(),
            email: Some(email.original().to_owned()),
            disabled: false,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        let sealed = self.seal_for(operator.id, &authenticator)?;
        let credential = Credential {
            operator: operator.id,
            email: email.original().to_owned(),
            email_canonical: email.canonical().to_owned(),
            password_hash,
            sealed,
            key_id: self.keys.current().id().to_owned(),
            last_step: Some(step),
            created_at: now,
            updated_at: now,
        };
        let transaction = self.database.begin().await?;
        if !operator_invitations::use_up(&transaction, invitation.id, now).await? {
            return Err(JoinFailure::Uninvited(Uninvited::Used));
        }
        write_operator(&transaction, &operator, known.is_some(), now).await?;
        let put = operator_credentials::put(&transaction, &credential).await;
        put.map_err(|error| if error.is_duplicate() { Failure::EmailTaken } else { error.into() })?;
        operator_sessions::end_all(&transaction, operator.id, now).await?;
        let begun = self.begin_console_session(&transaction, operator.id, visitor, now).await?;
        let act = Act::new("operator.joined", operator.id).with("invitationId", invitation.id.to_string());
        record_above(&transaction, &visitor.acting_as(operator.id), &*self.entropy, now, act).await?;
        transaction.commit().await?;
        Ok(begun)
    }

    /// Seals an authenticator's secret for its operator, with today's key.
    pub(super) fn seal_for(&self, operator: OperatorId, authenticator: &Authenticator) -> Result<String, Failure> {
        let (owner, secret) = (operator.to_string(), authenticator.secret());
        sealed::seal(&self.keys, &*self.entropy, Purpose::OperatorTotp, &owner, &secret)
            .map_err(|_| Failure::InvalidAuthenticator)
    }
}

async fn write_operator(
    transaction: &Transaction,
    operator: &Operator,
    known: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    if known {
        operator_credentials::update_operator(transaction, operator, now).await?;
        return Ok(());
    }
    operators::insert(transaction, operator).await
}
