//! The doors: everything that speaks HTTP, and the only room that knows actix.
//!
//! This level holds what all doors share and no business logic: one
//! [`problem::Problem`] with a renderer per dialect, bounded extractors, the
//! middleware around every request, the declarative route table and the
//! server itself.

pub(crate) mod assets;
mod audit_export;
pub mod console;
pub mod extract;
mod kit;
pub mod language;
pub mod management;
pub mod middleware;
pub mod oauth;
pub mod ops;
pub mod pages;
pub mod problem;
pub mod routes;
mod same_origin;
pub mod server;
pub mod workflow;
pub mod workos;

pub use kit::HttpKit;

#[cfg(test)]
mod tests;
