//! Passwords people choose: what a tenant asks of them, and how guessable
//! one is. How they are hashed is not decided here.

mod blocklist;
mod policy;
mod strength;
mod violation;

pub use blocklist::Identity;
pub use policy::{
    BreachCheckFailure, MAX_BYTES, MAX_LENGTH, Normalization, PasswordOverrides, PasswordPolicy, PasswordRules,
};
pub use violation::Violation;
