//! Proving addresses. All three calls need `user:write`: whoever may see a code
//! may as well verify the address.

pub(super) mod confirm;
pub(super) mod read;
pub(super) mod send;
