//! Second factors: given to a user, asked for at sign-in and at a reset.
//!
//! A code is paid for before it is compared, the attempt is given back when
//! the code is right, and its step is marked in the transaction of what it
//! proves: so it counts once, and only when something came of it.

pub mod answer;
pub mod ask;
pub mod at_reset;
pub mod compare;
pub mod enroll;
