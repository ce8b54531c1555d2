//! Reading requests: every body bounded in size, time and shape.

pub(crate) mod authorization;
mod body;
pub mod client;
pub mod form;
pub mod in_order;
pub mod json;
mod media;
pub mod require;
mod strict;

pub(crate) use body::LIMIT as BODY_LIMIT;
pub use client::{ClientAddress, TrustedProxies};
pub use form::{Form, Query};
pub use in_order::InOrder;
pub use json::{Json, JsonOrForm};
pub use require::{Authorized, Require, RequireApplication, RequireHeld};
