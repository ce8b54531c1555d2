//! `/api/v1/email-policies`

pub mod read;
pub mod remove;
pub mod replace;
