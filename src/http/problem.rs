//! Every error the outside can see, once.
//!
//! A [`Problem`] has a public [`Kind`] and an internal cause. The cause is
//! logged where the problem is rendered and never shown. Which words and
//! which shape the caller gets is the renderer's business: one per dialect,
//! chosen by the path ([`Dialect::of`]).

mod dialect;
mod oauth;
mod page;
mod render;
mod shed;
mod violations;
mod workflow;
mod workos;

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use actix_web::http::{Method, StatusCode};
use actix_web::{HttpResponse, ResponseError};
use serde_json::{Map, Value};

pub use dialect::Dialect;
pub use render::render;
pub use violations::{Violation, Violations};

/// An error on its way out: what the caller may know, and what only the log may.
#[derive(Debug, Clone)]
pub struct Problem {
    kind: Kind,
    cause: Option<String>,
    closes: bool,
}

/// What the caller is told.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// 401: no credentials, or none that hold.
    Unauthorized,
    /// 403: a permission is missing.
    Forbidden,
    /// 403: the tenant signs in without passwords.
    PasswordAuthDisabled,
    /// 404: nothing there that this caller may know of.
    NotFound(Missing),
    /// 400 (422 in the WorkOS dialect): the body is well-formed, its values are not.
    Violations(Violations),
    /// 400 (422 in the WorkOS dialect): the request cannot be read. The text
    /// names what and where, never the value.
    InvalidRequest(Cow<'static, str>),
    /// 400: the same `Idempotency-Key` with another body.
    IdempotencyKeyReused,
    /// 405, with the methods that would do.
    MethodNotAllowed {
        /// The content of `Allow`.
        allow: Vec<Method>,
    },
    /// 406: the caller accepts nothing we speak.
    NotAcceptable,
    /// 413: more than the route's limit.
    PayloadTooLarge,
    /// 415: not the media type, charset or encoding the route takes.
    UnsupportedMediaType,
    /// 429: come back later, with `Retry-After`.
    TooManyRequests {
        /// How long to wait, rounded up to whole seconds.
        retry_after: Duration,
    },
    /// 503: busy or cut off; nothing was consumed.
    TryAgainLater {
        /// How long to wait, rounded up to whole seconds.
        retry_after: Duration,
    },
    /// Anything a single door defines for itself.
    Refused(Box<Refusal>),
    /// An error in OAuth form, whatever the dialect of the path.
    OAuth(OAuthError),
    /// 500: ours.
    Internal,
}

/// What was not found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// No route has this path.
    Route,
    /// No such user.
    User(String),
    /// No such tenant.
    Tenant(String),
    /// No such password reset.
    PasswordReset(String),
    /// No such thing of another kind; the code becomes `<kind>_not_found`.
    Entity {
        /// For example `service_account`.
        kind: &'static str,
        /// The id as the caller gave it.
        id: String,
    },
}

/// A refusal that one door defines: `{code, message, …}` in both JSON dialects.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// The status of the answer.
    pub status: StatusCode,
    /// The stable machine-readable code.
    pub code: Cow<'static, str>,
    /// One sentence for a person.
    pub message: Cow<'static, str>,
    /// Members beside `code` and `message`, for example `errors`. A member
    /// named `error` is not written (SDKs take it for an OAuth error).
    pub extra: Map<String, Value>,
}

/// An error as RFC 6749 § 5.2 writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OAuthError {
    /// 400, or 401 for `invalid_client`.
    pub status: StatusCode,
    /// One of the registered codes.
    pub error: &'static str,
    /// One sentence for a developer.
    pub description: Cow<'static, str>,
}

impl Problem {
    /// A problem without an internal cause.
    #[must_use]
    pub const fn new(kind: Kind) -> Self {
        Self { kind, cause: None, closes: false }
    }

    /// 401.
    #[must_use]
    pub const fn unauthorized() -> Self {
        Self::new(Kind::Unauthorized)
    }

    /// 403.
    #[must_use]
    pub const fn forbidden() -> Self {
        Self::new(Kind::Forbidden)
    }

    /// 404.
    #[must_use]
    pub const fn not_found(missing: Missing) -> Self {
        Self::new(Kind::NotFound(missing))
    }

    /// 400, in words that name what and where but no value.
    #[must_use]
    pub fn invalid_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::InvalidRequest(message.into()))
    }

    /// 405.
    #[must_use]
    pub const fn method_not_allowed(allow: Vec<Method>) -> Self {
        Self::new(Kind::MethodNotAllowed { allow })
    }

    /// 429.
    #[must_use]
    pub const fn too_many_requests(retry_after: Duration) -> Self {
        Self::new(Kind::TooManyRequests { retry_after })
    }

    /// 503.
    #[must_use]
    pub const fn try_again_later(retry_after: Duration) -> Self {
        Self::new(Kind::TryAgainLater { retry_after })
    }

    /// A door's own code and status.
    #[must_use]
    pub fn refused(status: StatusCode, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        let refusal = Refusal { status, code: code.into(), message: message.into(), extra: Map::new() };
        Self::new(Kind::Refused(Box::new(refusal)))
    }

    /// OAuth form; `invalid_client` is 401, everything else 400.
    #[must_use]
    pub fn oauth(error: &'static str, description: impl Into<Cow<'static, str>>) -> Self {
        let status = if error == "invalid_client" { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
        Self::new(Kind::OAuth(OAuthError { status, error, description: description.into() }))
    }

    /// 500. `cause` goes to the log and nowhere else; it must hold no secret.
    #[must_use]
    pub fn internal(cause: impl fmt::Display) -> Self {
        Self::new(Kind::Internal).because(cause)
    }

    /// Adds what the log should know.
    #[must_use]
    pub fn because(self, cause: impl fmt::Display) -> Self {
        Self { cause: Some(cause.to_string()), ..self }
    }

    /// Answers, then closes the connection: what is still on its way is not waited for.
    #[must_use]
    pub fn closing(self) -> Self {
        Self { closes: true, ..self }
    }

    /// Adds a member beside `code` and `message` of a [`Kind::Refused`];
    /// nothing happens to other kinds.
    #[must_use]
    pub fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        if let Kind::Refused(refusal) = &mut self.kind {
            refusal.extra.insert(member.to_owned(), value.into());
        }
        self
    }

    /// What the caller is told.
    #[must_use]
    pub const fn kind(&self) -> &Kind {
        &self.kind
    }

    /// What the log is told.
    #[must_use]
    pub fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }

    /// Whether the connection ends with the answer.
    #[must_use]
    pub const fn closes(&self) -> bool {
        self.closes || matches!(self.kind, Kind::PayloadTooLarge)
    }

    /// The problem behind an error that a library answered by itself. Its
    /// words are dropped: they may quote what was sent.
    #[must_use]
    pub fn from_status(status: StatusCode) -> Self {
        match status.as_u16() {
            401 => Self::unauthorized(),
            403 => Self::forbidden(),
            404 => Self::not_found(Missing::Route),
            405 => Self::method_not_allowed(Vec::new()),
            406 => Self::new(Kind::NotAcceptable),
            413 => Self::new(Kind::PayloadTooLarge),
            415 => Self::new(Kind::UnsupportedMediaType),
            429 => Self::too_many_requests(Duration::from_secs(1)),
            503 => Self::try_again_later(Duration::from_secs(1)),
            400..=499 => Self::invalid_request("The request could not be read."),
            _ => Self::new(Kind::Internal),
        }
    }
}

impl From<Violations> for Problem {
    fn from(violations: Violations) -> Self {
        Self::new(Kind::Violations(violations))
    }
}

impl From<Kind> for Problem {
    fn from(kind: Kind) -> Self {
        Self::new(kind)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let workflow = workflow::face(&self.kind);
        write!(f, "{} {}", workflow.status.as_u16(), workflow.code)
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        workflow::face(&self.kind).status
    }

    /// A carrier: the middleware knows the path and the request id, and
    /// renders the problem that travels in the extensions.
    fn error_response(&self) -> HttpResponse {
        let mut carrier = HttpResponse::new(self.status_code());
        carrier.extensions_mut().insert(self.clone());
        carrier
    }
}
