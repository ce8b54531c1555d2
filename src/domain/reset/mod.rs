//! A password reset: its three modes, its life and its proofs.

pub mod lifecycle;
pub mod mode;
pub mod proof;

pub use lifecycle::{Origin, Refusal, Reset, ResetRequest, Status};
pub use mode::{Mode, Strategy};
pub use proof::Proof;
