//! The request id: in every answer, in every error as `ticket`, in every log
//! line. Always ours; one that a caller sends is not taken over.

use std::convert::Infallible;
use std::fmt;
use std::future::{Ready, ready};
use std::rc::Rc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use crate::domain::ids::RequestId;
use crate::http::HttpKit;

/// The id of the request at hand, `req_…`. Handlers may take it as an argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket(Rc<str>);

impl Ticket {
    pub(super) fn new(kit: &HttpKit) -> Self {
        let id = RequestId::generate((kit.clock)(), kit.entropy.as_ref());
        Self(id.to_string().into())
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromRequest for Ticket {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    /// Outside the shell (which no route is) the ticket is empty.
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let ticket = request.extensions().get::<Self>().cloned();
        ready(Ok(ticket.unwrap_or_else(|| Self("".into()))))
    }
}
