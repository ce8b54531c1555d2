//! Who may do what: permissions, boundaries, grants and their evaluation.
//!
//! What somebody may do is the union of their grants, each inside its own
//! boundary and limits; what no grant allows is denied.

mod actor;
mod boundary;
mod caller;
mod grant;
mod network;
mod permission;

pub use actor::{Actor, Authority, Origin};
pub use boundary::{Boundary, Filter, Tenants};
pub use caller::{Ask, Caller, Scope};
pub use grant::{Grant, GrantLimits};
pub use network::{InvalidNetwork, Network};
pub use permission::{NamesPermission, Permission, may};

#[cfg(test)]
mod tests;
