//! Looking at a link token without using it: what a reset page needs to know
//! before it shows its form.

use std::sync::Arc;

use crate::domain::access::Scope;
use crate::domain::reset::{Mode, Refusal, Reset};
use crate::domain::secret::Secret;
use crate::workflows::tenancy::Tenancy;
use crate::workflows::{Engine, Outcome};

use super::Client;

/// What a known token is good for.
#[derive(Debug)]
pub struct Introspection {
    /// The reset.
    pub reset: Reset,
    /// Whose rules apply.
    pub tenancy: Arc<Tenancy>,
    /// Whether it can be used, or why not.
    pub verdict: Result<(), Refusal>,
    /// Where its completion would lead.
    pub redirect_url: Option<String>,
}

impl Engine {
    /// Looks at a link token. Changes nothing of the reset; an unknown token
    /// counts against the client that brought it.
    ///
    /// # Errors
    /// `InvalidProof` when no reset of this mode in this application has it;
    /// `Throttled`.
    pub async fn introspect(
        &self,
        scope: &Scope,
        mode: Mode,
        token: &Secret,
        client: &Client,
    ) -> Outcome<Introspection> {
        let now = self.now().await?;
        let reset = self.prove_link(scope, mode, token, client, now).await?;
        let tenancy = self.tenancy(&Scope::of_record(reset.application), Some(reset.tenant)).await?;
        let redirect_url = self.redirect_after(&tenancy, &reset);
        Ok(Introspection { verdict: reset.usable(now), redirect_url, reset, tenancy })
    }
}
