//! Looking at resets, as administrators do: what they are, never their
//! secrets.

use crate::domain::access::Scope;
use crate::domain::clock::Timestamp;
use crate::domain::ids::PasswordResetId;
use crate::store::resets::{self, Record, ResetAttribute, ResetFilter};
use crate::store::slice::{Slice, Term};
use crate::workflows::{Engine, Failure, Noun, Outcome};

impl Engine {
    /// A page of the resets inside the scope, and how many there are.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn page_resets(
        &self,
        scope: &Scope,
        which: (&ResetFilter, Timestamp),
        terms: &[Term<ResetAttribute>],
        by: ResetAttribute,
        slice: Slice,
    ) -> Outcome<(u64, Vec<Record>)> {
        Ok(resets::page(self.database.read(), scope, which, terms, by, slice).await?)
    }

    /// Reads one reset inside the scope.
    ///
    /// # Errors
    /// `NotFound(PasswordReset)`.
    pub async fn get_reset_record(&self, scope: &Scope, id: PasswordResetId) -> Outcome<Record> {
        let found = resets::find_record(self.database.read(), scope, id).await?;
        found.ok_or(Failure::NotFound(Noun::PasswordReset))
    }
}
