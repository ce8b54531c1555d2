//! A reset from the first question to the new password: one file per step.

pub mod answer;
pub mod cancel;
pub mod complete;
pub mod exhaust;
pub mod hosted;
pub mod idempotency;
pub mod in_flight;
pub mod introspect;
pub mod issue;
pub mod link;
pub mod look;
pub mod prove;
pub mod repeat;
pub mod request;
pub mod resend;
pub mod session_code;
pub mod trusted;
pub mod workos;

use std::net::IpAddr;

use crate::domain::client::RequestedFrom;

/// The client behind a call, as far as it is known.
#[derive(Debug, Clone, Default)]
pub struct Client {
    /// Its address.
    pub ip: Option<IpAddr>,
    /// Its software, as it says itself.
    pub user_agent: Option<String>,
}

impl Client {
    /// What mails and events may tell of it.
    #[must_use]
    pub fn requested_from(&self) -> RequestedFrom {
        RequestedFrom::new(self.ip, self.user_agent.as_deref())
    }
}
