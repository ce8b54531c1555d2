//! The demo application of the development profile: something to try before
//! anything is set up.

use crate::domain::access::Scope;
use crate::domain::email_address::EmailAddress;
use crate::domain::secret::Secret;
use crate::store::{StoreError, applications, service_accounts};
use crate::workflows::bootstrap::{all_powerful, bootstrap};
use crate::workflows::users::NewUser;
use crate::workflows::{Failure, Outcome};

use super::App;

/// The name of the demo application.
const NAME: &str = "demo";
/// The demo user.
pub const EMAIL: &str = "ada@example.com";
/// Her password until she forgets it.
pub const PASSWORD: &str = "correct horse battery staple";

/// What to show whoever starts rekey for the first time.
#[derive(Debug)]
pub struct Demo {
    /// An API key, new at every start: only digests are kept.
    pub api_key: Secret,
}

/// Makes the demo application when there is no other, and a fresh API key for
/// it. `None` when somebody has made an application of their own.
///
/// # Errors
/// When the database is gone.
pub async fn prepare(app: &App) -> Outcome<Option<Demo>> {
    let engine = &app.engine;
    let database = &engine.database;
    if let Some(application) = applications::find_public(database.read(), Some(NAME)).await? {
        let now = database.now().await?;
        let scope = Scope::of_record(application.id);
        let transaction = database.begin().await?;
        service_accounts::delete_named(&transaction, &scope, "bootstrap").await?;
        let (_, _, api_key) = all_powerful(&transaction, application.id, now, &*engine.entropy).await?;
        transaction.commit().await.map_err(StoreError::from)?;
        return Ok(Some(Demo { api_key }));
    }
    if applications::count_some(database.read()).await? > 0 {
        return Ok(None);
    }
    let made = bootstrap(database, &*engine.entropy, NAME, None).await?;
    let scope = Scope::of_record(made.application);
    let email = EmailAddress::parse(EMAIL).map_err(|_| StoreError::Corrupt("demo"))?;
    let ada = NewUser {
        email_verified: true,
        first_name: Some("Ada".to_owned()),
        last_name: Some("Lovelace".to_owned()),
        password: Some(Secret::new(PASSWORD)),
        ..NewUser::default()
    };
    match engine.create_user(&scope, &email, ada).await {
        Ok(_) | Err(Failure::EmailTaken) => Ok(Some(Demo { api_key: made.api_key })),
        Err(failure) => Err(failure),
    }
}
