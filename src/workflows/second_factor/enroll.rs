//! Giving a user an authenticator. A trusted backend does it, so the factor
//! counts at once; its secret is shown in the answer and never again.

use crate::credentials::sealed;
use crate::domain::access::Scope;
use crate::domain::ids::{AuthFactorId, UserId};
use crate::domain::keys::Purpose;
use crate::domain::second_factor::{AuthFactor, Authenticator};
use crate::domain::secret::Secret;
use crate::domain::user::User;
use crate::store::{auth_factors, users};
use crate::workflows::{Engine, Failure, Noun, Outcome};

/// How many authenticators a user may have. Each has right codes of its own,
/// so each makes a guess likelier.
const MOST: usize = 5;

/// What a new authenticator is.
#[derive(Debug, Default)]
pub struct NewTotp {
    /// Who it is for; the application's name when absent.
    pub issuer: Option<String>,
    /// Which account it is for; the user's address when absent.
    pub account: Option<String>,
    /// What the user's app knows already; a new secret when absent.
    pub authenticator: Option<Authenticator>,
}

/// A new authenticator, with what is shown once.
#[derive(Debug)]
pub struct Enrolled {
    /// The factor.
    pub factor: AuthFactor,
    /// The secret in base32.
    pub secret: Secret,
    /// The `otpauth` URI.
    pub uri: Secret,
    /// The same as a QR code, in a data URI.
    pub qr_code: Secret,
}

impl Engine {
    /// Gives a user an authenticator. `protected` is where the caller may do
    /// so for protected users: whoever adds a factor of their own has got
    /// round the others.
    ///
    /// # Errors
    /// `NotFound(User)`, `Forbidden`, `TooManyFactors`, `InvalidAuthenticator`.
    pub async fn enroll_totp(
        &self,
        scope: &Scope,
        protected: Option<&Scope>,
        id: UserId,
        new: NewTotp,
    ) -> Outcome<Enrolled> {
        let now = self.now().await?;
        let read = self.get_user(scope, id).await?;
        let tenancy = self.tenancy(scope, Some(read.tenant)).await?;
        let authenticator = new.authenticator.unwrap_or_else(|| Authenticator::generate(&*self.entropy));
        let issuer = new.issuer.unwrap_or_else(|| name(&tenancy.application.display_name));
        let account = new.account.unwrap_or_else(|| name(&read.email));
        let (uri, qr_code) = authenticator.uri(&issuer, &account).ok_or(Failure::InvalidAuthenticator)?;
        let factor_id = AuthFactorId::generate(now, &*self.entropy);
        let (secret, owner) = (authenticator.secret(), factor_id.to_string());
        let sealed = sealed::seal(&self.keys, &*self.entropy, Purpose::TotpSecret, &owner, &secret)
            .map_err(|_| Failure::InvalidAuthenticator)?;
        let transaction = self.database.begin().await?;
        let user = users::lock(&transaction, scope, id).await?.ok_or(Failure::NotFound(Noun::User))?;
        guard_protected(&user, protected)?;
        if auth_factors::list(&transaction, id).await?.len() >= MOST {
            return Err(Failure::TooManyFactors);
        }
        let factor = AuthFactor {
            id: factor_id,
            application: user.application,
            tenant: user.tenant,
            user: id,
            issuer,
            account,
            sealed,
            key_id: self.keys.current().id().to_owned(),
            last_step: None,
            created_at: now,
            updated_at: now,
        };
        auth_factors::insert(&transaction, &factor).await?;
        transaction.commit().await?;
        Ok(Enrolled { factor, secret, uri, qr_code })
    }

    /// The factors of a user inside the scope, oldest first.
    ///
    /// # Errors
    /// `NotFound(User)`.
    pub async fn list_factors(&self, scope: &Scope, user: UserId) -> Outcome<Vec<AuthFactor>> {
        self.get_user(scope, user).await?;
        Ok(auth_factors::list(self.database.read(), user).await?)
    }
}

/// A text of ours as a name in an `otpauth` URI, where a colon separates.
fn name(text: &str) -> String {
    text.replace(':', " ")
}

fn guard_protected(user: &User, allowed: Option<&Scope>) -> Outcome<()> {
    let open = !user.protected || allowed.is_some_and(|scope| scope.covers_row(user.application, user.tenant));
    if open { Ok(()) } else { Err(Failure::Forbidden) }
}
