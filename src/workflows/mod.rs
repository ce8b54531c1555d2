//! The use cases: what happens when somebody asks, proves, completes, signs
//! in. One file each. They know nothing of HTTP, and decide everything that
//! the doors only translate.

pub mod authenticate_caller;
pub mod bootstrap;
pub mod deliver;
pub mod engine;
pub mod failure;
pub mod journal;
pub mod outbox;
pub mod resets;
pub mod service_accounts;
pub mod sessions;
pub mod sign_in;
pub mod tenancy;
pub mod users;

#[cfg(test)]
pub(crate) mod fixture;

pub use engine::{Engine, Limits};
pub use failure::{Failure, Noun};

/// A result of a use case.
pub type Outcome<T> = std::result::Result<T, Failure>;
