//! rekey
pub mod domain;
