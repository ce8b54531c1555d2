//! The events call.

pub(super) mod list;
