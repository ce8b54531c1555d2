//! The user calls.

pub(super) mod create;
pub(super) mod delete;
mod fields;
pub(super) mod list;
pub(super) mod read;
pub(super) mod update;
