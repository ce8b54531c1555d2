//! What is true without any I/O: pure, synchronous, no framework.
//!
//! Nothing here reads a clock, a random source, a file or a row; what a rule
//! needs is an argument. Every other room of the house may use this one, and
//! this one uses none of them.

pub mod access;
pub mod client;
pub mod clock;
pub mod email_address;
pub mod entropy;
pub mod event;
pub mod ids;
pub mod keys;
pub mod mail;
pub mod password;
pub mod policy;
pub mod reset;
pub mod secret;
pub mod user;
