//! What only the console needs: how operators come, sign in and prove
//! themselves again, and what its screens count. Everything else that it does
//! is a use case that the management API has too.

pub mod accounts;
pub mod invite;
pub mod join;
pub mod overview;
pub mod sign_in;
pub mod signed_in;
pub mod timeline;

use crate::domain::access::{Actor, Origin};
use crate::domain::entropy::Entropy;
use crate::domain::ids::OperatorId;
use crate::domain::reset::proof;
use crate::domain::secret::{Secret, SecretBytes};

use super::resets::Client;

/// Who stands before the console, known or not.
#[derive(Debug, Clone, Default)]
pub struct Visitor {
    /// The client.
    pub client: Client,
    /// The request, `req_…`.
    pub request: Option<String>,
}

impl Visitor {
    /// The visitor as an operator who acts.
    #[must_use]
    pub fn acting_as(&self, operator: OperatorId) -> Origin {
        Origin { actor: Actor::ConsoleOperator(operator), request: self.request.clone(), source_ip: self.client.ip }
    }
}

/// A secret of 256 random bits that is kept by digest only: the token of an
/// invitation or of a session.
fn random_token(entropy: &dyn Entropy) -> Secret {
    proof::token(&SecretBytes::new(entropy.nonce()))
}
