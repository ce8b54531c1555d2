//! The demo application of the development profile: something to try before
//! anything is set up. Its key and its user's password have been shown to
//! whoever started rekey, so that production takes both away.

use crate::domain::access::{Authority, Origin, Scope};
use crate::domain::email_address::EmailAddress;
use crate::domain::secret::Secret;
use crate::domain::user::User;
use crate::store::applications::{self, Application};
use crate::store::{StoreError, Transaction, api_keys, service_accounts, users};
use crate::workflows::bootstrap::{ACCOUNT, all_powerful, another_key, bootstrap_as};
use crate::workflows::resets::Client;
use crate::workflows::users::{NewUser, UserChange};
use crate::workflows::{Engine, Failure, Outcome};

use super::App;

/// The name of the demo application.
pub const NAME: &str = "demo";
/// The name of its service account.
const DEMO_ACCOUNT: &str = "development demo";
/// The demo user.
pub const EMAIL: &str = "ada@example.com";
/// Her password until she forgets it.
pub const PASSWORD: &str = "correct horse battery staple";
/// How many keys of earlier starts go on working.
const KEYS: usize = 20;

/// What to show whoever starts rekey for the first time.
#[derive(Debug)]
pub struct Demo {
    /// An API key, a further one at every start: only digests are kept.
    pub api_key: Secret,
}

/// Makes the demo application when there is no other, and a further API key
/// for it. `None` when somebody has made an application of their own and no
/// demo is there.
///
/// # Errors
/// When the database is gone.
pub async fn prepare(app: &App) -> Outcome<Option<Demo>> {
    let engine = &app.engine;
    let database = &engine.database;
    if let Some(application) = applications::find_public(database.read(), Some(NAME)).await? {
        if let Some(ada) = ada(engine, &application).await?.filter(|ada| ada.disabled) {
            change_ada(engine, &ada, false).await?;
        }
        return Ok(Some(Demo { api_key: further_key(engine, &application).await? }));
    }
    if applications::count_some(database.read()).await? > 0 {
        return Ok(None);
    }
    let made = bootstrap_as(database, &*engine.entropy, NAME, None, DEMO_ACCOUNT).await?;
    let scope = Scope::of_record(made.application);
    let email = EmailAddress::parse(EMAIL).map_err(|_| StoreError::Corrupt("demo"))?;
    let ada = NewUser {
        email_verified: true,
        first_name: Some("Ada".to_owned()),
        last_name: Some("Lovelace".to_owned()),
        password: Some(Secret::new(PASSWORD)),
        ..NewUser::default()
    };
    match engine.create_user(&Authority::new(scope, Origin::command_line()), &email, ada).await {
        Ok(_) | Err(Failure::EmailTaken) => Ok(Some(Demo { api_key: made.api_key })),
        Err(failure) => Err(failure),
    }
}

/// A key beside those of earlier starts, which may still be running.
async fn further_key(engine: &Engine, application: &Application) -> Outcome<Secret> {
    let now = engine.database.now().await?;
    let scope = Scope::of_record(application.id);
    let transaction = engine.database.begin().await?;
    applications::lock(&transaction, &scope).await?;
    let accounts = service_accounts::list(&transaction, &scope).await?;
    let account = accounts.into_iter().find(|account| account.name == DEMO_ACCOUNT && !account.disabled);
    let api_key = match account {
        None => all_powerful(&transaction, application.id, DEMO_ACCOUNT, now, &*engine.entropy).await?.2,
        Some(account) => {
            let mut live = api_keys::list(&transaction, account.id).await?;
            live.retain(|key| key.revoked_at.is_none());
            for old in live.iter().rev().skip(KEYS - 1) {
                api_keys::revoke(&transaction, account.id, old.id, now).await?;
            }
            another_key(&transaction, &scope, account.id, DEMO_ACCOUNT, now, &*engine.entropy).await?
        }
    };
    transaction.commit().await?;
    Ok(api_key)
}

/// Takes away what a start in development left behind: the demo's keys, and
/// its user with the password that everybody knows. True when there was
/// something.
///
/// # Errors
/// When the database is gone.
pub async fn withdraw(app: &App) -> Outcome<bool> {
    let engine = &app.engine;
    if !engine.database.pending_migrations().await?.is_empty() {
        return Ok(false);
    }
    let Some(application) = applications::find_public(engine.database.read(), Some(NAME)).await? else {
        return Ok(false);
    };
    let ada = ada(engine, &application).await?;
    let transaction = engine.database.begin().await?;
    let withdrawn = withdraw_keys(&transaction, &application, ada.is_some()).await?;
    transaction.commit().await?;
    let shut_out = match ada.filter(|ada| !ada.disabled) {
        Some(ada) => change_ada(engine, &ada, true).await.map(|()| true)?,
        None => false,
    };
    Ok(withdrawn || shut_out)
}

/// With the demo user there, an account with the name that `bootstrap` gives
/// is a demo's too: earlier versions made theirs with it.
async fn withdraw_keys(transaction: &Transaction, application: &Application, with_ada: bool) -> Outcome<bool> {
    let scope = Scope::of_record(application.id);
    let is_demo = |name: &str| name == DEMO_ACCOUNT || (with_ada && name == ACCOUNT);
    let accounts = service_accounts::list(transaction, &scope).await?;
    let mut any = false;
    for account in accounts.into_iter().filter(|account| is_demo(&account.name)) {
        any |= service_accounts::delete(transaction, &scope, account.id).await?;
    }
    Ok(any)
}

/// The demo user.
async fn ada(engine: &Engine, application: &Application) -> Outcome<Option<User>> {
    let scope = Scope::of_record(application.id);
    Ok(users::find_by_address(engine.database.read(), &scope, application.default_tenant, EMAIL).await?)
}

async fn change_ada(engine: &Engine, ada: &User, disabled: bool) -> Outcome<()> {
    let authority = Authority::new(Scope::of_record(ada.application), Origin::command_line());
    let change = UserChange { disabled: Some(disabled), ..UserChange::default() };
    engine.update_user(&authority, None, ada.id, change, &Client::default()).await.map(drop)
}
