//! The pages in a real browser: headless Chromium, driven over `WebDriver`,
//! against the real binary. What every page and state looks like is kept in
//! `target/screenshots`.
//!
//! Needs the packages chromium and chromium-driver, and axe-core from
//! `tests/browser/install`; `./tests/run` sees to both.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, its helpers too"
)]

mod bare;
mod branded;
mod console;
mod gallery;
mod keyboard;
mod modes;
mod support;
mod typing;
