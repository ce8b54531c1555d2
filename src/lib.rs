//! rekey
pub mod domain;
pub mod mail;
