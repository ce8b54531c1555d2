//! The official WorkOS SDKs, as their registries hand them out, against the
//! real binary. Nothing of theirs is changed, and nothing is set but the base
//! URL and the key. `tests/sdks/install` fetches them; `tests/run` calls it.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, its helpers too"
)]

#[path = "../api/support/database.rs"]
#[expect(dead_code, reason = "shared with the other test binaries, which use the rest")]
mod database;
mod described;
mod events;
#[path = "../api/support/http.rs"]
#[expect(dead_code, reason = "shared with the other test binaries, which use the rest")]
mod http;
#[path = "../nodes/installation.rs"]
#[expect(dead_code, reason = "shared with the other test binary, which uses the rest")]
mod installation;
mod program;
mod resets;
mod second_factor;
#[path = "../api/support/smtp.rs"]
#[expect(dead_code, reason = "shared with the other test binaries, which use the rest")]
mod smtp;
mod users;
