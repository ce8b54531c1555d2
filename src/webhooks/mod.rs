//! Calls to addresses that customers name: webhook endpoints and the keys of
//! their identity providers.
//!
//! Whoever may register a URL decides where this server connects to, so no
//! such call is made but through [`client::GuardedClient`]: it judges the addresses
//! that a name resolves to ([`guard`]) and connects to exactly those.

pub mod client;
pub mod guard;
pub mod resolve;
pub mod sign;

mod ranges;
mod tls;
