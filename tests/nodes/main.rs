//! The real binary, started as an operator starts it: several at once on one
//! database, killed at the wrong moment, and listened to by somebody hostile.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, its helpers too"
)]

mod canary;
mod commands;
mod crash;
mod crash_mail;
#[path = "../api/support/database.rs"]
#[expect(dead_code, reason = "shared with the other test binary, which uses the rest")]
mod database;
mod full_disk;
mod hostile;
#[path = "../api/support/http.rs"]
#[expect(dead_code, reason = "shared with the other test binary, which uses the rest")]
mod http;
mod installation;
mod profiles;
#[path = "../api/support/smtp.rs"]
#[expect(dead_code, reason = "shared with the other test binary, which uses the rest")]
mod smtp;
mod templates;
mod together;
mod users;
