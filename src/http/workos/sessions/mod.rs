//! The session calls.

pub(super) mod authenticate;
pub(super) mod list;
pub(super) mod logout;
pub(super) mod revoke;
