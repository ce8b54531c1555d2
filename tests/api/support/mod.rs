//! What the tests stand on.

pub mod app;
pub mod console;
pub mod database;
pub mod delivery;
pub mod http;
pub mod identity_provider;
pub mod managed;
pub mod proofs;
pub mod receiver;
pub mod resets;
pub mod second_factor;
pub mod smtp;
pub mod webhooks;
pub mod workos;
pub mod workos_steps;
