//! Tests through the front doors, in one binary.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, its helpers too"
)]

mod invariant_alike;
mod invariant_atomic;
mod invariant_expiry;
mod invariant_guessing;
mod invariant_mail;
mod invariant_once;
mod invariant_reading;
mod invariant_target;
mod invariant_waiting;
mod mail_wire;
mod outbox;
mod support;
mod workflow_link;
