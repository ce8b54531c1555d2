//! Operators: those who run the installation, above every application.

pub mod managed;

use crate::credentials::api_key;
use crate::domain::access::Origin;
use crate::domain::audit::Act;
use crate::domain::entropy::Entropy;
use crate::domain::ids::{ApiKeyId, OperatorId};
use crate::domain::secret::Secret;
use crate::store::Database;
use crate::store::operators::{self, Operator};

use super::Outcome;
use super::audit::record_above;

/// Makes an operator with an API key, for whoever may run the program beside
/// the database. The key is shown to them and never again.
///
/// # Errors
/// When the database is gone.
pub async fn make_operator(database: &Database, entropy: &dyn Entropy, name: &str) -> Outcome<(Operator, Secret)> {
    let now = database.now().await?;
    let operator = Operator {
        id: OperatorId::generate(now, entropy),
        name: name.to_owned(),
        email: None,
        disabled: false,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let key = api_key::generate_operator_key(entropy);
    let (id, hint) = (ApiKeyId::generate(now, entropy), api_key::hint(&key));
    let transaction = database.begin().await?;
    operators::insert(&transaction, &operator).await?;
    operators::insert_key(&transaction, operator.id, id, &key.digest(), hint, now).await?;
    let act = Act::new("operator.created", operator.id).with("apiKeyId", id.to_string());
    record_above(&transaction, &Origin::command_line(), entropy, now, act).await?;
    transaction.commit().await?;
    Ok((operator, key))
}
