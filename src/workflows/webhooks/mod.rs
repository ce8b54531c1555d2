//! Webhooks: the endpoints that applications register, and the deliveries to
//! them.

pub mod call;
pub mod deliveries;
pub mod endpoints;

use thiserror::Error;

use crate::webhooks::guard::Refused;

/// Why something about webhooks was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum WebhookRefusal {
    /// The URL can never be called.
    #[error("the URL {0}")]
    Url(Refused),
    /// The application has an endpoint at this URL.
    #[error("there is an endpoint at this URL")]
    Duplicate,
    /// The application has as many endpoints as it may have.
    #[error("too many endpoints")]
    TooMany,
    /// The endpoint is told of nothing.
    #[error("the endpoint is disabled")]
    Disabled,
    /// The delivery is being made at this moment.
    #[error("under way")]
    UnderWay,
}
