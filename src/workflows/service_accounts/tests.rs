//! Nobody grants, or takes over, more than they hold.

use std::collections::BTreeSet;

use super::*;
use crate::domain::access::{Actor, Boundary, Permission};
use crate::store::service_accounts as stored;
use crate::workflows::fixture::{Fixture, everywhere};

fn holder(account: &ServiceAccount, grants: Vec<Grant>) -> Caller {
    Caller {
        actor: Actor::ServiceAccount(account.id),
        client_id: account.client_id.clone(),
        application: account.application,
        home: None,
        grants,
    }
}

#[tokio::test]
async fn grants_come_back_as_they_were_given() {
    let fixture = Fixture::new().await;
    let mut limited = Grant::new(Permission::PasswordResetExecute, Boundary::TenantExclusionList(BTreeSet::new()));
    limited.limits.source_networks = Some(vec!["192.0.2.0/24".parse().unwrap()]);
    limited.limits.expires_at = Some(Timestamp::from_millis(7));
    let grants = vec![everywhere(Permission::UserRead), limited];
    let (account, _) = fixture.account(grants.clone()).await;
    let mut read = stored::grants(fixture.database.read(), account.id).await.unwrap();
    read.sort_by_key(|grant| grant.permission.as_str().len());
    assert_eq!(read, grants);
    assert_eq!(stored::find(fixture.database.read(), &fixture.scope, account.id).await.unwrap(), Some(account));
}

#[tokio::test]
async fn j04_nobody_grants_more_than_they_hold() {
    let fixture = Fixture::new().await;
    let tenant = TenantId::generate(fixture.now(), &fixture.entropy);
    let (account, _) = fixture.account(vec![]).await;
    let held = Grant::new(Permission::UserRead, Boundary::Tenant(tenant));
    let caller = holder(&account, vec![held.clone(), everywhere(Permission::ServiceAccountWrite)]);
    let (write, now) = (fixture.database.write(), fixture.now());
    let make = async |grants: Vec<Grant>| {
        let new = NewServiceAccount { name: "new".into(), home: None, grants };
        create(write, &fixture.scope, Manager::Caller(&caller, None), new, now, &fixture.entropy).await
    };
    assert!(make(vec![held]).await.is_ok());
    for wider in [
        everywhere(Permission::UserRead),
        Grant::new(Permission::UserWrite, Boundary::Tenant(tenant)),
        Grant::new(Permission::UserRead, Boundary::TenantExclusionList(BTreeSet::new())),
    ] {
        let refused = make(vec![wider.clone()]).await;
        assert!(matches!(refused, Err(NotManaged::ExceedsGranter)), "{wider:?}");
    }
}

#[tokio::test]
async fn j04_nobody_takes_over_an_account_that_holds_more() {
    let fixture = Fixture::new().await;
    let (powerful, _) = fixture.account(vec![everywhere(Permission::OriginWrite)]).await;
    let caller = holder(&powerful, vec![everywhere(Permission::ServiceAccountWrite)]);
    let manager = Manager::Caller(&caller, None);
    let (write, scope, now, entropy) = (fixture.database.write(), &fixture.scope, fixture.now(), &fixture.entropy);
    let id = powerful.id;
    let exceeds = |error: Option<NotManaged>| matches!(error, Some(NotManaged::ExceedsGranter));
    assert!(exceeds(rotate_secret(write, scope, manager, id, now, entropy).await.err()));
    assert!(exceeds(add_key(write, scope, manager, id, "k".into(), now, entropy).await.err()));
    assert!(exceeds(replace_grants(write, scope, manager, id, vec![], now, entropy).await.err()));
    assert!(exceeds(disable(write, scope, manager, id, now).await.err()));
    assert!(exceeds(end_rotation(write, scope, manager, id, now).await.err()));
    assert!(exceeds(enable(write, scope, manager, id, now).await.err()));
}

#[tokio::test]
async fn j02_an_account_of_another_application_is_not_there() {
    let fixture = Fixture::new().await;
    let other = fixture.another_application().await;
    let (account, _) = fixture.account(vec![]).await;
    let (write, now, entropy) = (fixture.database.write(), fixture.now(), &fixture.entropy);
    let (key, _) =
        add_key(write, &fixture.scope, Manager::Operator, account.id, "k".into(), now, entropy).await.unwrap();
    let absent = |error: Option<NotManaged>| matches!(error, Some(NotManaged::NotFound));
    let operator = Manager::Operator;
    assert!(absent(rotate_secret(write, &other, operator, account.id, now, entropy).await.err()));
    assert!(absent(end_rotation(write, &other, operator, account.id, now).await.err()));
    assert!(absent(add_key(write, &other, operator, account.id, "k".into(), now, entropy).await.err()));
    assert!(absent(revoke_key(write, &other, operator, account.id, key.id, now).await.err()));
    assert!(absent(disable(write, &other, operator, account.id, now).await.err()));
    assert!(absent(replace_grants(write, &other, operator, account.id, vec![], now, entropy).await.err()));
    assert!(!stored::delete(write, &other, account.id).await.unwrap());
    assert_eq!(stored::find(write, &fixture.scope, account.id).await.unwrap(), Some(account));
}

#[tokio::test]
async fn a_deleted_account_leaves_no_key_and_no_grant() {
    let fixture = Fixture::new().await;
    let (account, _) = fixture.account(vec![everywhere(Permission::UserRead)]).await;
    let (write, now) = (fixture.database.write(), fixture.now());
    let (_, secret) =
        add_key(write, &fixture.scope, Manager::Operator, account.id, "k".into(), now, &fixture.entropy).await.unwrap();
    assert!(stored::delete(write, &fixture.scope, account.id).await.unwrap());
    assert!(api_keys::find_live(write, &secret.digest()).await.unwrap().is_none());
    assert!(stored::grants(write, account.id).await.unwrap().is_empty());
}
