//! rekey

pub mod domain;
pub mod store;
