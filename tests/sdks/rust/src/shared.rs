//! What the programs share.

use std::env::var;

use workos::{Client, Error};

/// Says that something worked.
pub fn works(what: &str) {
    println!("works: {what}");
}

/// The base URL and the key are all that differs from a program that talks to
/// WorkOS.
pub fn client(key: &str) -> Client {
    let client = Client::builder().api_key(key).client_id(var("REKEY_CLIENT_ID").unwrap());
    client.base_url(var("REKEY_URL").unwrap()).build()
}

/// The error that a call is refused with; status and code must be these.
pub fn refused<T>(outcome: Result<T, Error>, status: u16, code: Option<&str>) -> Error {
    let error = outcome.err().expect("it is refused");
    assert_eq!((error.status(), error.code()), (Some(status), code), "{error}");
    assert!(error.request_id().is_some_and(|id| id.starts_with("req_")), "{error}");
    error
}
