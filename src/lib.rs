//! rekey

pub mod app;
pub mod cli;
pub mod config;
pub mod credentials;
pub mod domain;
pub mod http;
pub mod jobs;
pub mod mail;
pub mod store;
pub mod telemetry;
pub mod workflows;
