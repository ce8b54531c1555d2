//! `/api/v1/password-policies`

pub mod read;
pub mod remove;
pub mod replace;
