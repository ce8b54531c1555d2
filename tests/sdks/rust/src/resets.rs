//! What an application does about users, passwords and sessions.

use std::collections::HashMap;
use std::env::var;

use base64::Engine as _;
use workos::user_management::{
    AuthenticateWithPasswordParams, AuthenticateWithRefreshTokenParams, ConfirmPasswordResetParams, CreateUserParams,
    CreateUserParamsBody, ListSessionsParams, ListUsersParams, Password, ResetPasswordParams, RevokeSessionParams,
    UpdateUserParams, UpdateUserParamsBody, UserManagementApi,
};
use workos::{
    AuthenticateResponse, Client, CreatePasswordReset, CreatePasswordResetToken, Error, PasswordReset, RevokeSession,
    User, UserSessionsStatus,
};

use crate::shared::{client, refused, works};

const PASSWORD: &str = "Sunny-Meadow-Walk-0042";
const NEW_PASSWORD: &str = "Quiet-Harbour-Lamp-7319";

async fn sign_in(users: &UserManagementApi<'_>, password: &str) -> Result<AuthenticateResponse, Error> {
    let mut params = AuthenticateWithPasswordParams::new("ada@example.com", password);
    params.ip_address = Some("192.0.2.7".to_owned());
    params.user_agent = Some("Mozilla/5.0".to_owned());
    users.authenticate_with_password(params).await
}

async fn refresh(users: &UserManagementApi<'_>, token: &str) -> Result<AuthenticateResponse, Error> {
    users.authenticate_with_refresh_token(AuthenticateWithRefreshTokenParams::new(token)).await
}

async fn create_reset(users: &UserManagementApi<'_>, email: &str) -> Result<PasswordReset, Error> {
    users.reset_password(ResetPasswordParams::new(CreatePasswordResetToken { email: email.to_owned() })).await
}

async fn confirm(users: &UserManagementApi<'_>, token: &str, password: &str) -> Result<User, Error> {
    let body = CreatePasswordReset { token: token.into(), new_password: password.into() };
    users.confirm_password_reset(ConfirmPasswordResetParams::new(body)).await.map(|answer| answer.user)
}

fn metadata(key: &str, value: &str) -> HashMap<String, String> {
    HashMap::from([(key.to_owned(), value.to_owned())])
}

async fn a_user(users: &UserManagementApi<'_>) -> User {
    let mut body = CreateUserParamsBody::new("Ada@example.com");
    body.first_name = Some("Ada".to_owned());
    body.last_name = Some("Lovelace".to_owned());
    body.external_id = Some("customer-7".to_owned());
    body.metadata = Some(metadata("plan", "pro"));
    body.password = Some(Password::Plaintext { password: PASSWORD.to_owned() });
    let made = users.create_user(CreateUserParams::new(body)).await.unwrap();
    assert_eq!((made.object.as_str(), made.email_verified), ("user", false));
    let read = users.get_user(&made.id).await.unwrap();
    assert_eq!((read.external_id.as_deref(), read.updated_at), (Some("customer-7"), made.updated_at));
    let mut change = UpdateUserParamsBody::new();
    change.first_name = Some("Augusta".to_owned());
    change.metadata = Some(metadata("seat", "4"));
    let changed = users.update_user(&made.id, UpdateUserParams::new(change)).await.unwrap();
    assert_eq!((changed.first_name.as_deref(), changed.metadata.map(|all| all.len())), (Some("Augusta"), Some(2)));
    let other = users.create_user(CreateUserParams::new(CreateUserParamsBody::new("gone@example.com"))).await.unwrap();
    users.delete_user(&other.id).await.unwrap();
    refused(users.get_user(&other.id).await, 404, Some("entity_not_found"));
    works("a user is created, read, changed and deleted");
    read_again(users, &made.id).await
}

async fn read_again(users: &UserManagementApi<'_>, id: &str) -> User {
    users.get_user(id).await.unwrap()
}

async fn a_list(users: &UserManagementApi<'_>) {
    for name in ["one", "two", "three"] {
        let body = CreateUserParamsBody::new(format!("{name}@example.com"));
        users.create_user(CreateUserParams::new(body)).await.unwrap();
    }
    let list = async |params| {
        let page = users.list_users(params).await.unwrap();
        let emails: Vec<String> = page.data.into_iter().map(|user| user.email).collect();
        (emails, page.list_metadata.after)
    };
    let found = ListUsersParams { email: Some("ADA@example.com".to_owned()), ..ListUsersParams::default() };
    assert_eq!(list(found).await.0, ["Ada@example.com"]);
    let (first, after) = list(ListUsersParams { limit: Some(2), ..ListUsersParams::default() }).await;
    assert_eq!(first, ["three@example.com", "two@example.com"]);
    let (next, _) = list(ListUsersParams { limit: Some(2), after, ..ListUsersParams::default() }).await;
    assert_eq!(next, ["one@example.com", "Ada@example.com"]);
    works("users are listed page by page");
}

async fn a_reset(users: &UserManagementApi<'_>, user: &User) -> String {
    let reset = create_reset(users, "ada@example.com").await.unwrap();
    let token = reset.password_reset_token.expose().to_owned();
    assert_eq!((reset.object.as_str(), &reset.user_id), ("password_reset", &user.id));
    assert!(reset.password_reset_url.expose().ends_with(&format!("token={token}")));
    let read = users.get_password_reset(&reset.id).await.unwrap();
    assert_eq!((read.password_reset_token.expose(), read.expires_at), (token.as_str(), reset.expires_at));
    works("a reset is created and read again");
    token
}

async fn a_new_password(users: &UserManagementApi<'_>, token: &str) {
    let before = sign_in(users, PASSWORD).await.unwrap();
    let weak = refused(confirm(users, token, "short").await, 400, Some("password_reset_error"));
    let body: serde_json::Value = serde_json::from_slice(&weak.api().unwrap().raw_body).unwrap();
    assert_eq!(body["errors"][0]["code"], "password_too_weak");
    works("a weak password is refused and the token stays good");
    assert!(confirm(users, token, NEW_PASSWORD).await.unwrap().email_verified);
    works("the token sets the new password");
    refused(refresh(users, before.refresh_token.expose()).await, 400, Some("invalid_grant"));
    works("the session from before is refused");
    refused(sign_in(users, PASSWORD).await, 400, Some("invalid_credentials"));
    assert!(sign_in(users, NEW_PASSWORD).await.unwrap().user.last_sign_in_at.is_some());
    works("the old password is refused and the new one signs in");
    refused(confirm(users, token, PASSWORD).await, 404, Some("password_reset_token_not_found"));
    works("a used token is not found");
}

/// The id of the session that an access token belongs to.
fn session_of(access_token: &str) -> String {
    let claims = access_token.split('.').nth(1).unwrap();
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(claims).unwrap();
    let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
    claims["sid"].as_str().unwrap().to_owned()
}

async fn sessions(users: &UserManagementApi<'_>, user: &User) {
    let first = sign_in(users, NEW_PASSWORD).await.unwrap();
    let second = refresh(users, first.refresh_token.expose()).await.unwrap();
    assert_ne!(second.refresh_token.expose(), first.refresh_token.expose());
    works("a refresh token is exchanged for the next one");
    let sid = session_of(second.access_token.expose());
    let list = async || users.list_sessions(&user.id, ListSessionsParams::default()).await.unwrap().data;
    let session = list().await.into_iter().find(|session| session.id == sid).unwrap();
    assert!(matches!(session.status, UserSessionsStatus::Active), "{session:?}");
    assert_eq!(
        (session.ip_address.as_deref(), session.user_agent.as_deref()),
        (Some("192.0.2.7"), Some("Mozilla/5.0"))
    );
    users.revoke_session(RevokeSessionParams::new(RevokeSession { session_id: sid.clone() })).await.unwrap();
    assert!(list().await.iter().all(|session| session.id != sid));
    refused(refresh(users, second.refresh_token.expose()).await, 400, Some("invalid_grant"));
    works("a session is listed and revoked");
}

async fn refusals(users: &UserManagementApi<'_>) {
    refused(create_reset(users, "nobody@example.com").await, 404, Some("entity_not_found"));
    works("an unknown address is not found");
    refused(create_reset(users, "nobody").await, 422, Some("invalid_request_parameters"));
    works("an unreadable address is refused");
    let powerless = client(&var("REKEY_POWERLESS_KEY").unwrap());
    refused(create_reset(&powerless.user_management(), "ada@example.com").await, 403, Some("forbidden"));
    works("a key without the permission is refused");
    let stranger = client("sk_nobody");
    refused(create_reset(&stranger.user_management(), "ada@example.com").await, 401, None);
    works("an unknown key is refused");
}

/// Does it all.
pub async fn run(workos: &Client) {
    let users = workos.user_management();
    let user = a_user(&users).await;
    a_list(&users).await;
    let token = a_reset(&users, &user).await;
    a_new_password(&users, &token).await;
    sessions(&users, &user).await;
    refusals(&users).await;
}
