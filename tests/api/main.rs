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
mod permissions;
mod support;
mod workflow_enumeration;
mod workflow_errors;
mod workflow_idempotency;
mod workflow_immediate_login;
mod workflow_juggling;
mod workflow_lifecycle;
mod workflow_limits;
mod workflow_link;
mod workflow_lost_answer;
mod workflow_mail_rules;
mod workflow_modes;
mod workflow_otp;
mod workflow_otp_limits;
mod workflow_purposes;
mod workflow_redirect;
mod workflow_reset_link;
