//! Proofs of who somebody is: keys, tokens and passwords.

pub mod api_key;
pub mod signing_keys;
pub mod tokens;
