//! rekey

pub mod credentials;
pub mod domain;
pub mod http;
pub mod store;
pub mod workflows;
