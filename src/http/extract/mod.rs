//! Reading requests: every body bounded in size, time and shape.

mod body;
pub mod client;
pub mod form;
pub mod json;
mod media;
mod strict;

pub(crate) use body::LIMIT as BODY_LIMIT;
pub use client::{ClientAddress, TrustedProxies};
pub use form::{Form, Query};
pub use json::{Json, JsonOrForm};
