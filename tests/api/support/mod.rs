//! What the tests stand on.

pub mod app;
pub mod database;
pub mod http;
pub mod proofs;
pub mod resets;
pub mod smtp;
