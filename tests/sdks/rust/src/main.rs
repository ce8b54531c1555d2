//! What an application does with the WorkOS SDK for Rust, against a rekey.
//!
//! `sdk-rust PROGRAM` prints one line for each thing that worked; what did not
//! ends it.

mod events;
mod resets;
mod shared;
mod users;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let workos = shared::client(&std::env::var("REKEY_KEY").unwrap());
    match std::env::args().nth(1).as_deref() {
        Some("resets") => resets::run(&workos).await,
        Some("events") => events::run(&workos).await,
        Some("users") => users::run(&workos).await,
        other => panic!("no such program: {other:?}"),
    }
}
