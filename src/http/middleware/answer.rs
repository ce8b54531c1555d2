//! The way out: problems become answers, answers get their headers.

use std::cell::RefCell;
use std::fmt;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::cookie::Cookie;
use actix_web::dev::ServiceResponse;
use actix_web::http::{Method, StatusCode, header};
use actix_web::{Error, HttpMessage, HttpResponse, ResponseError, web};

use super::{Ticket, headers};
use crate::domain::locale::Locale;
use crate::http::HttpKit;
use crate::http::problem::{Dialect, Kind, Missing, Problem, render};

/// An extension of an answer: its handler said everything, though it went the
/// way of errors.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InOwnWords;

/// An extension of a request: a cookie that its answer is to carry, whatever
/// else becomes of it.
#[derive(Debug, Clone)]
pub(crate) struct LateCookie(pub(crate) Cookie<'static>);

/// What the way out needs to know of the way in.
pub(super) struct Exchange {
    pub kit: web::Data<HttpKit>,
    pub dialect: Dialect,
    /// The dialect of the answer that there is no such route.
    pub nowhere: Dialect,
    pub ticket: Ticket,
    /// The language that pages are to speak.
    pub locale: Locale,
}

impl Exchange {
    /// Renders what went wrong, passes on what did not, and dresses both.
    ///
    /// An `Err` has lost its request (a panic, a refusal of an inner
    /// middleware); the answer then travels as an error that holds it.
    pub(super) fn finish(
        &self,
        outcome: Result<ServiceResponse<BoxBody>, Error>,
    ) -> Result<ServiceResponse<BoxBody>, Error> {
        match outcome {
            Ok(response) => {
                let (request, mut response) = response.into_parts();
                let mut response = match problem_in(&mut response) {
                    Some(problem) => self.rendered(&problem),
                    None => self.dressed(response),
                };
                let late = request.extensions_mut().remove::<LateCookie>();
                if let Some(LateCookie(cookie)) = late
                    && let Err(error) = response.add_cookie(&cookie)
                {
                    tracing::error!(error = %error, "a cookie of our own cannot be written");
                }
                Ok(ServiceResponse::new(request, response))
            }
            Err(error) => {
                let mut carrier = error.as_response_error().error_response();
                let problem = carrier.extensions_mut().remove::<Problem>();
                let problem = problem.unwrap_or_else(|| Problem::from_status(carrier.status()));
                Err(Answered::new(self.rendered(&problem)).into())
            }
        }
    }

    fn rendered(&self, problem: &Problem) -> HttpResponse {
        let dialect = match problem.kind() {
            Kind::NotFound(Missing::Route) => self.nowhere,
            _ => self.dialect,
        };
        let speech = (&*self.kit.locales, self.locale);
        self.dressed(render(problem, dialect, self.ticket.as_str(), speech))
    }

    fn dressed(&self, response: HttpResponse) -> HttpResponse {
        dressed(&self.kit, &self.ticket, response)
    }
}

/// An answer with the headers that every answer has.
pub(super) fn dressed(kit: &HttpKit, ticket: &Ticket, mut response: HttpResponse) -> HttpResponse {
    headers::dress(response.headers_mut(), ticket, kit.is_https());
    response
}

/// The problem an answer stands for: one of ours, or what a library said in
/// its own words, or nothing in the body of an error at all.
fn problem_in(response: &mut HttpResponse) -> Option<Problem> {
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        return Some(problem);
    }
    if response.extensions_mut().remove::<InOwnWords>().is_some() {
        return None;
    }
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return None;
    }
    let empty = matches!(response.body().size(), BodySize::None | BodySize::Sized(0));
    if response.error().is_none() && !empty {
        return None;
    }
    if status == StatusCode::METHOD_NOT_ALLOWED {
        return Some(Problem::method_not_allowed(allowed(response)));
    }
    Some(Problem::from_status(status))
}

fn allowed(response: &HttpResponse) -> Vec<Method> {
    let line = response.headers().get(header::ALLOW).and_then(|line| line.to_str().ok()).unwrap_or_default();
    line.split(',').filter_map(|name| Method::from_bytes(name.trim().as_bytes()).ok()).collect()
}

/// A finished answer on the error path.
struct Answered {
    status: StatusCode,
    response: RefCell<Option<HttpResponse>>,
}

impl Answered {
    fn new(response: HttpResponse) -> Self {
        Self { status: response.status(), response: RefCell::new(Some(response)) }
    }
}

impl fmt::Debug for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answered({})", self.status.as_u16())
    }
}

impl fmt::Display for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl ResponseError for Answered {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        self.response.take().unwrap_or_else(|| HttpResponse::new(self.status))
    }
}
