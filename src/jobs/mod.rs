//! Work behind the answers: leased from the database, so that any number of
//! instances share it, and taken over when its worker dies.
//!
//! The workers look for work at fixed ticks and are never woken by a request:
//! what a request by address causes must not show in the time of the next one.

mod beside;
mod housekeeping;
mod mail;
mod pace;
mod places;
mod queue;
mod runner;
mod settling;
mod webhooks;

pub use runner::{Heartbeat, Runner};
