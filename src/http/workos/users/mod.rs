//! The user calls.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod external;
mod fields;
pub(super) mod list;
mod password;
pub(super) mod read;
pub(super) mod update;
