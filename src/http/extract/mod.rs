//! Reading requests: every body bounded in size, time and shape.

pub(crate) mod authorization;
mod body;
pub mod client;
pub mod form;
pub mod in_order;
pub mod json;
pub mod known;
mod media;
pub mod pairs;
pub mod require;
mod strict;

pub(crate) use body::LIMIT as BODY_LIMIT;
pub use client::{ClientAddress, TrustedProxies};
pub use form::{Form, Query, WideForm};
pub use in_order::InOrder;
pub use json::{Json, JsonOrForm, UserJson};
pub use known::KnownParameters;
pub use pairs::Pairs;
pub use require::{Authorized, Require, RequireApplication, RequireHeld, RequireOperator};
