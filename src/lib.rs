//! rekey
pub mod credentials;
pub mod domain;
