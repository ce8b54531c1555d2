//! What an application does about passwords, users and sessions works with
//! every SDK.

use rekey::domain::entropy::SystemEntropy;
use rekey::workflows::service_accounts::{self, Manager, NewServiceAccount};

use crate::installation::Installation;
use crate::program::{Sdk, on_both_databases};

/// What each program has to have done at its end.
const EVERYTHING: [&str; 14] = [
    "a user is created, read, changed and deleted",
    "users are listed page by page",
    "a reset is created and read again",
    "a weak password is refused and the token stays good",
    "the token sets the new password",
    "the session from before is refused",
    "the old password is refused and the new one signs in",
    "a used token is not found",
    "a refresh token is exchanged for the next one",
    "a session is listed and revoked",
    "an unknown address is not found",
    "an unreadable address is refused",
    "a key without the permission is refused",
    "an unknown key is refused",
];

/// A key of the application that may do nothing.
async fn powerless_key(installation: &Installation) -> String {
    let app = installation.inside().await;
    let transaction = app.engine.database.begin().await.unwrap();
    let now = app.engine.database.now().await.unwrap();
    let (scope, operator) = (installation.scope(), Manager::Operator);
    let new = NewServiceAccount { name: "powerless".to_owned(), home: None, grants: Vec::new() };
    let (account, _) =
        service_accounts::create(&transaction, &scope, operator, new, now, &SystemEntropy).await.unwrap();
    let name = "key".to_owned();
    let key = service_accounts::add_key(&transaction, &scope, operator, account.id, name, now, &SystemEntropy);
    let (_, key) = key.await.unwrap();
    transaction.commit().await.unwrap();
    app.engine.database.clone().close().await.unwrap();
    key.expose().to_owned()
}

fn everything_works_with(sdk: Sdk) {
    on_both_databases(async |installation| {
        installation.bootstrap();
        let powerless = powerless_key(installation).await;
        let node = installation.node().await;
        let worked = sdk.run("resets", installation, &node, &[("REKEY_POWERLESS_KEY", &powerless)]);
        assert_eq!(worked, EVERYTHING, "{sdk:?}");
        assert!(node.stop());
    });
}

#[test]
fn the_sdk_for_node_7_works_unmodified() {
    everything_works_with(Sdk::Node(7));
}

#[test]
fn the_sdk_for_node_8_works_unmodified() {
    everything_works_with(Sdk::Node(8));
}

#[test]
fn the_sdk_for_node_11_works_unmodified() {
    everything_works_with(Sdk::Node(11));
}

#[test]
fn the_sdk_for_python_5_works_unmodified() {
    everything_works_with(Sdk::Python(5));
}

#[test]
fn the_sdk_for_python_10_works_unmodified() {
    everything_works_with(Sdk::Python(10));
}

#[test]
fn the_sdk_for_rust_works_unmodified() {
    everything_works_with(Sdk::Rust);
}
