//! The authenticators of users.

pub(super) mod create;
pub(super) mod list;
pub(super) mod objects;
