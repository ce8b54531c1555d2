//! Users brought along from elsewhere, and their addresses.
//!
//! `PASSWORD_HASH` is of the password below. `EMAIL_CODE` was mailed to the
//! user `EMAIL_USER`.

use std::env::var;

use workos::user_management::{
    AuthenticateWithPasswordParams, CreateUserParams, CreateUserParamsBody, Password, UserManagementApi,
    VerifyEmailParams,
};
use workos::{AuthenticateResponse, Client, CreateUserPasswordHashType, Error, User, VerifyEmailAddress};

use crate::shared::{refused, works};

const PASSWORD: &str = "Sunny-Meadow-Walk-0042";

async fn sign_in(users: &UserManagementApi<'_>, password: &str) -> Result<AuthenticateResponse, Error> {
    users.authenticate_with_password(AuthenticateWithPasswordParams::new("grace@example.com", password)).await
}

async fn imported(users: &UserManagementApi<'_>) {
    let mut body = CreateUserParamsBody::new("grace@example.com");
    body.external_id = Some("customer-8".to_owned());
    body.password = Some(Password::Hashed {
        password_hash: var("PASSWORD_HASH").unwrap(),
        password_hash_type: CreateUserPasswordHashType::Pbkdf2,
        password_salt_position: None,
    });
    let made = users.create_user(CreateUserParams::new(body)).await.unwrap();
    refused(sign_in(users, "Another-Meadow-Walk-0042").await, 400, Some("invalid_credentials"));
    // The first sign-in replaces the hash; the second one uses what took its place.
    for _ in 0..2 {
        assert_eq!(sign_in(users, PASSWORD).await.unwrap().user.id, made.id);
    }
    works("a user with a hash made elsewhere signs in");
    assert_eq!(users.get_user_by_external_id("customer-8").await.unwrap().id, made.id);
    works("a user is found by the id of the application");
    assert_eq!(users.send_verification_email(&made.id).await.unwrap().user.id, made.id);
    works("a verification mail is asked for");
}

async fn verify(users: &UserManagementApi<'_>, user: &str, code: &str) -> Result<User, Error> {
    let params = VerifyEmailParams::new(VerifyEmailAddress { code: code.into() });
    users.verify_email(user, params).await.map(|answer| answer.user)
}

async fn verified(users: &UserManagementApi<'_>) {
    let (user, code) = (var("EMAIL_USER").unwrap(), var("EMAIL_CODE").unwrap());
    let wrong = if code == "000000" { "000001" } else { "000000" };
    refused(verify(users, &user, wrong).await, 400, Some("email_verification_code_incorrect"));
    assert!(verify(users, &user, &code).await.unwrap().email_verified);
    refused(users.send_verification_email(&user).await, 400, Some("email_already_verified"));
    works("an address is verified with the code that was mailed");
}

/// Does it all.
pub async fn run(workos: &Client) {
    let users = workos.user_management();
    imported(&users).await;
    verified(&users).await;
}
