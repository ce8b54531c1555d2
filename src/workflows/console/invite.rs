//! Inviting somebody to be an operator: by whoever may run the program beside
//! the database, or by an operator.

use crate::credentials::sealed;
use crate::domain::access::Origin;
use crate::domain::audit::Act;
use crate::domain::entropy::Entropy;
use crate::domain::ids::{OperatorId, OperatorInvitationId};
use crate::domain::keys::{KeyRing, Purpose};
use crate::domain::operator::{INVITATION, Invitation};
use crate::domain::second_factor::Authenticator;
use crate::domain::secret::Secret;
use crate::store::{Database, operator_invitations};
use crate::workflows::audit::record_above;
use crate::workflows::{Engine, Failure, Outcome};

use super::random_token;

/// The page that an invitation leads to.
pub const JOIN: &str = "/console/join";

/// Makes an invitation, and the token that goes into its link. The token is
/// shown once and kept by digest only.
///
/// # Errors
/// When the database is gone.
pub async fn invite(
    database: &Database,
    keys: &KeyRing,
    entropy: &dyn Entropy,
    name: &str,
    origin: &Origin,
) -> Outcome<(Invitation, Secret)> {
    let now = database.now().await?;
    let operator = OperatorId::generate(now, entropy);
    let secret = Authenticator::generate(entropy).secret();
    let sealed = sealed::seal(keys, entropy, Purpose::OperatorTotp, &operator.to_string(), &secret)
        .map_err(|_| Failure::InvalidAuthenticator)?;
    let invitation = Invitation {
        id: OperatorInvitationId::generate(now, entropy),
        operator,
        name: name.trim().to_owned(),
        email: None,
        password_hash: None,
        sealed,
        invited_by: origin.actor.kind().to_owned(),
        created_at: now,
        expires_at: now + INVITATION,
        used_at: None,
    };
    let token = random_token(entropy);
    let transaction = database.begin().await?;
    operator_invitations::insert(&transaction, &invitation, &token.digest()).await?;
    let act = Act::new("operator.invited", operator).with("invitationId", invitation.id.to_string());
    record_above(&transaction, origin, entropy, now, act).await?;
    transaction.commit().await?;
    Ok((invitation, token))
}

/// The link of an invitation.
#[must_use]
pub fn link(public_url: &str, token: &Secret) -> Secret {
    Secret::new(format!("{public_url}{JOIN}?token={}", token.expose()))
}

impl Engine {
    /// Invites somebody in the name of an operator; answers the link, which is
    /// shown once.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn invite_operator(&self, name: &str, origin: &Origin) -> Outcome<(Invitation, Secret)> {
        let (invitation, token) = invite(&self.database, &self.keys, &*self.entropy, name, origin).await?;
        Ok((invitation, link(&self.public_url, &token)))
    }
}
