//! The use cases: what happens when somebody asks, proves, completes, signs
//! in. One file each. They know nothing of HTTP, and decide everything that
//! the doors only translate.

pub mod applications;
pub mod audit;
pub mod authenticate_caller;
pub mod bootstrap;
pub mod branding;
pub mod console;
pub mod decoy;
pub mod deliver;
pub mod email_policy;
pub mod email_templates;
pub mod email_verification;
pub mod engine;
pub mod events;
pub mod failure;
pub mod gather;
pub mod import;
pub mod issuers;
pub mod journal;
pub mod log_out;
pub mod messages;
pub mod operators;
pub mod origins;
pub mod outbox;
pub mod passwords;
pub mod permission_boundaries;
pub mod policies;
pub mod resets;
pub mod second_factor;
pub mod service_accounts;
pub mod sessions;
pub mod settle;
pub mod sign_in;
pub mod tenancy;
pub mod tenants;
pub mod users;
pub mod webhooks;

#[cfg(test)]
pub(crate) mod fixture;

pub use engine::{Engine, Limits};
pub use failure::{Failure, Noun};

/// A result of a use case.
pub type Outcome<T> = std::result::Result<T, Failure>;
