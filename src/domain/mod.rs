//! What is true without any I/O: pure, synchronous, no framework.
//!
//! Nothing here reads a clock, a random source, a file or a row; what a rule
//! needs is an argument. Every other room of the house may use this one, and
//! this one uses none of them.

pub mod access;
pub mod audit;
pub mod branding;
pub mod cascade;
pub mod client;
pub mod clock;
pub mod color;
pub mod email_address;
pub mod email_policy;
pub mod entropy;
pub mod event;
pub mod ids;
pub mod issuer;
pub mod keys;
pub mod line;
pub mod locale;
pub mod mail;
pub mod operator;
pub mod origins;
pub mod password;
pub mod policy;
pub mod reset;
pub mod second_factor;
pub mod secret;
pub mod sender;
pub mod suppression;
pub mod template;
pub mod user;
pub mod user_fields;
pub mod verification;
pub mod webhook;
