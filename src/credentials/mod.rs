//! Proofs of who somebody is: tokens, keys and client secrets of callers;
//! password hashes of users and the threads that compute them; and the seal on
//! secrets that have to be read again.
//!
//! Hashing is the one thing here that is meant to be slow. It has threads of
//! its own, so that it never holds up a thread that answers requests; as many
//! as there are cores, each giving way at once, so that cheap requests stay
//! fast under load; memory of its own, because getting 19 MiB from the allocator
//! for every hash costs a fifth of its time; and a bounded queue, because an
//! unbounded one turns a rush into answers that nobody waits for any more.
//!
//! Order: whoever calls has checked the proof and the password policy before;
//! nothing unproven costs a hash.

pub mod api_key;
pub mod breach;
mod fill;
pub mod foreign;
mod hasher;
pub mod imported;
mod phc;
mod queue;
mod room;
pub mod sealed;
mod settings;
pub mod signing_keys;
mod stats;
pub mod tokens;
mod worker;

pub use hasher::{HashError, Hasher, HasherError, Verdict};
pub use settings::HashSettings;
pub use stats::HasherStats;
