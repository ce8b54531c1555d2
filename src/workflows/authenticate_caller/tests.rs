//! Who is known, for how long, and how often.

use super::*;
use crate::domain::access::{Actor, Ask, Permission};
use crate::domain::ids::ServiceAccountId;
use crate::workflows::fixture::{Fixture, everywhere};
use crate::workflows::service_accounts::{self as accounts, Manager};

async fn key_of(fixture: &Fixture, id: ServiceAccountId) -> (crate::store::api_keys::ApiKey, Secret) {
    let (connection, now) = (fixture.database.write(), fixture.now());
    accounts::add_key(connection, &fixture.scope, Manager::Operator, id, "ci".into(), now, &fixture.entropy)
        .await
        .unwrap()
}

#[expect(clippy::needless_pass_by_value, reason = "reads better where it is used")]
fn is_unknown<T>(result: Result<T, NotAuthenticated>) -> bool {
    matches!(result, Err(NotAuthenticated::Unknown))
}

#[tokio::test]
async fn an_api_key_and_a_token_both_name_their_account_and_its_grants() {
    let fixture = Fixture::new().await;
    let (account, secret) = fixture.account(vec![everywhere(Permission::UserRead)]).await;
    let (_, key) = key_of(&fixture, account.id).await;
    let (server, now) = (fixture.instance(None), fixture.now());
    let issued = server.exchange(&account.client_id, &secret, now, &fixture.entropy).await.unwrap();
    assert_eq!(issued.lifetime.as_secs(), 900);
    for bearer in [&key, &issued.token] {
        let caller = server.authenticate(bearer, now).await.unwrap();
        assert_eq!(
            (caller.actor, caller.application),
            (Actor::ServiceAccount(account.id), fixture.scope.application())
        );
        assert!(caller.scope(Permission::UserRead, &Ask::plain(now, None)).is_some());
        assert!(caller.scope(Permission::UserWrite, &Ask::plain(now, None)).is_none());
    }
}

#[tokio::test]
async fn what_is_no_credential_of_ours_is_unknown() {
    let fixture = Fixture::new().await;
    let (account, secret) = fixture.account(vec![]).await;
    let (_, key) = key_of(&fixture, account.id).await;
    let (server, now) = (fixture.instance(None), fixture.now());
    let foreign = format!("sk_{}", "a".repeat(43));
    for bearer in ["", "sk_", "Bearer x", secret.expose(), account.client_id.as_str(), foreign.as_str(), "a.b.c"] {
        assert!(is_unknown(server.authenticate(&Secret::new(bearer), now).await), "{bearer}");
    }
    for (client, secret) in [
        (account.client_id.as_str(), key.expose()),
        (account.client_id.as_str(), ""),
        ("client_none", secret.expose()),
        ("", secret.expose()),
    ] {
        let exchanged = server.exchange(client, &Secret::new(secret), now, &fixture.entropy).await;
        assert!(is_unknown(exchanged), "{client}");
    }
}

#[tokio::test]
async fn j05_a_revoked_key_stops_within_the_bound_on_every_instance() {
    let fixture = Fixture::new().await;
    let (account, _) = fixture.account(vec![]).await;
    let (key, secret) = key_of(&fixture, account.id).await;
    let instances = [fixture.instance(None), fixture.instance(None)];
    for server in &instances {
        server.authenticate(&secret, fixture.now()).await.unwrap();
    }
    let write = fixture.database.write();
    accounts::revoke_key(write, &fixture.scope, Manager::Operator, account.id, key.id, fixture.now()).await.unwrap();
    fixture.pass(MEMORY);
    for server in &instances {
        assert!(is_unknown(server.authenticate(&secret, fixture.now()).await));
    }
}

#[tokio::test]
async fn j05_a_disabled_account_stops_and_its_old_tokens_stay_ended() {
    let fixture = Fixture::new().await;
    let (account, secret) = fixture.account(vec![]).await;
    let (_, key) = key_of(&fixture, account.id).await;
    let server = fixture.instance(None);
    let token = server.exchange(&account.client_id, &secret, fixture.now(), &fixture.entropy).await.unwrap().token;
    server.authenticate(&token, fixture.now()).await.unwrap();
    let write = fixture.database.write();
    accounts::disable(write, &fixture.scope, Manager::Operator, account.id, fixture.now()).await.unwrap();
    fixture.pass(MEMORY);
    let now = fixture.now();
    assert!(is_unknown(server.authenticate(&key, now).await));
    assert!(is_unknown(server.authenticate(&token, now).await));
    assert!(is_unknown(server.exchange(&account.client_id, &secret, now, &fixture.entropy).await));
    accounts::enable(write, &fixture.scope, Manager::Operator, account.id, now).await.unwrap();
    assert!(server.authenticate(&key, now).await.is_ok());
    assert!(is_unknown(server.authenticate(&token, now).await));
}

#[tokio::test]
async fn j05_a_rotation_keeps_the_last_secret_and_ends_older_tokens() {
    let fixture = Fixture::new().await;
    let (account, first) = fixture.account(vec![]).await;
    let (server, now, write) = (fixture.instance(None), fixture.now(), fixture.database.write());
    let exchange = |secret: Secret| {
        let (server, fixture, client) = (&server, &fixture, account.client_id.clone());
        async move { server.exchange(&client, &secret, now, &fixture.entropy).await.map(|issued| issued.token) }
    };
    let old_token = exchange(first.clone()).await.unwrap();
    server.authenticate(&old_token, now).await.unwrap();
    let rotate =
        || accounts::rotate_secret(write, &fixture.scope, Manager::Operator, account.id, now, &fixture.entropy);
    let second = rotate().await.unwrap();
    let new_token = exchange(second.clone()).await.unwrap();
    assert!(exchange(first.clone()).await.is_ok());
    // A newer token is known at once, and with it the older one is not.
    assert!(server.authenticate(&new_token, now).await.is_ok());
    assert!(is_unknown(server.authenticate(&old_token, now).await));
    let third = rotate().await.unwrap();
    assert!(is_unknown(exchange(first).await));
    assert!(exchange(second.clone()).await.is_ok());
    accounts::end_rotation(write, &fixture.scope, Manager::Operator, account.id, now).await.unwrap();
    assert!(is_unknown(exchange(second).await));
    assert!(exchange(third).await.is_ok());
}

#[tokio::test]
async fn the_rate_of_an_account_holds_over_all_instances() {
    let fixture = Fixture::new().await;
    let (account, _) = fixture.account(vec![]).await;
    let (_, key) = key_of(&fixture, account.id).await;
    let instances = [fixture.instance(Some(DEFAULT_RATE)), fixture.instance(Some(DEFAULT_RATE))];
    let calls = async |times: usize| {
        let mut admitted = 0;
        for n in 0..times {
            match instances[n % 2].authenticate(&key, fixture.now()).await {
                Ok(_) => admitted += 1,
                Err(NotAuthenticated::TooMany { .. }) => {}
                Err(other) => panic!("{other}"),
            }
        }
        admitted
    };
    assert_eq!(calls(600).await, 500);
    fixture.pass(Duration::from_secs(1));
    assert_eq!(calls(300).await, 100);
    let (other, _) = fixture.account(vec![]).await;
    let (_, other_key) = key_of(&fixture, other.id).await;
    assert!(instances[0].authenticate(&other_key, fixture.now()).await.is_ok());
}
