//! The use cases: what happens when somebody asks for something.

pub mod authenticate_caller;
pub mod service_accounts;

#[cfg(test)]
pub(crate) mod fixture;
