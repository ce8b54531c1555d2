//! rekey

pub mod credentials;
pub mod domain;
pub mod store;
pub mod workflows;
