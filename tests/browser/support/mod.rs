//! A server, a browser, and what a visitor does with both.

mod axe;
mod driver;
mod server;
mod visitor;

pub use driver::{Looks, Scheme};
pub use server::{ADA, Server};
pub use visitor::{PASSWORD, Visitor};

/// Runs a test on a runtime of its own.
pub fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap().block_on(test);
}
