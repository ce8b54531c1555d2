//! The operators of an installation, as one of them sees the others.

use crate::store::operator_credentials;
use crate::store::operators::Operator;
use crate::workflows::{Engine, Outcome};

impl Engine {
    /// Every operator, oldest first, and the address they sign in with; those
    /// with API keys alone have none.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn list_operators(&self) -> Outcome<Vec<(Operator, Option<String>)>> {
        Ok(operator_credentials::list_operators(self.database.read()).await?)
    }
}
