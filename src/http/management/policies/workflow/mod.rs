//! `/api/v1/workflow-policies`

pub mod read;
pub mod remove;
pub mod replace;
