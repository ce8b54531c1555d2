//! The permission of a call, in the signature of its handler.
//!
//! ```text
//! async fn handle(caller: Require<may::UserRead>) -> … { caller.scope … }
//! ```
//! Without credentials that hold the answer is 401, without the permission
//! 403; what lies outside the scope is the handler's 404.

use std::future::Future;
use std::marker::PhantomData;
use std::net::IpAddr;
use std::ops::Deref;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};

use super::ClientAddress;
use super::authorization::{self, Authorization};
use super::known;
use crate::domain::access::{Actor, Ask, Authority, Caller, NamesPermission, Origin, Scope};
use crate::domain::clock::Timestamp;
use crate::domain::reset::Mode;
use crate::domain::secret::Secret;
use crate::http::middleware::Ticket;
use crate::http::problem::{Problem, Violations};
use crate::store::StoreError;
use crate::workflows::authenticate_caller::{Authenticator, NotAuthenticated};

/// How long to stay away when the database is gone.
const OUTAGE: Duration = Duration::from_secs(2);

type Extraction<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

/// A caller who may do what the handler asked for.
#[derive(Debug, Clone)]
pub struct Authorized {
    /// Who calls.
    pub caller: Arc<Caller>,
    /// What the call may reach.
    pub scope: Scope,
    /// The time by which the whole call is judged.
    pub now: Timestamp,
    /// Where the call comes from.
    pub source_ip: Option<IpAddr>,
    ticket: Ticket,
}

/// Needs the permission `P` inside any boundary but `SELF`. A grant that is
/// limited to modes does not count here; see [`RequireHeld`].
#[derive(Debug)]
pub struct Require<P>(Authorized, PhantomData<P>);

/// Needs the permission `P` with the boundary `APPLICATION`. A grant that is
/// limited to modes does not count here; see [`RequireHeld`].
#[derive(Debug)]
pub struct RequireApplication<P>(Authorized, PhantomData<P>);

/// Needs the permission `P` in any form, for handlers that learn only from
/// the body which mode and lifetime the call is about. They get their scope
/// from [`Self::scope`] or [`Self::application_scope`].
#[derive(Debug)]
pub struct RequireHeld<P> {
    /// Who calls.
    pub caller: Arc<Caller>,
    /// The time by which the whole call is judged.
    pub now: Timestamp,
    /// Where the call comes from.
    pub source_ip: Option<IpAddr>,
    ticket: Ticket,
    permission: PhantomData<P>,
}

impl<P> Require<P> {
    /// The caller without the type.
    #[must_use]
    pub fn into_inner(self) -> Authorized {
        self.0
    }
}

impl<P> RequireApplication<P> {
    /// The caller without the type.
    #[must_use]
    pub fn into_inner(self) -> Authorized {
        self.0
    }
}

impl<P> Deref for Require<P> {
    type Target = Authorized;

    fn deref(&self) -> &Authorized {
        &self.0
    }
}

impl<P> Deref for RequireApplication<P> {
    type Target = Authorized;

    fn deref(&self) -> &Authorized {
        &self.0
    }
}

impl Authorized {
    /// What a use case needs to do it and to write down who did.
    #[must_use]
    pub fn authority(&self) -> Authority {
        Authority::new(self.scope.clone(), origin(&self.caller, &self.ticket, self.source_ip))
    }

    /// What the caller may reach with another permission as well.
    ///
    /// # Errors
    /// 403 when it has no such permission.
    pub fn also<P: NamesPermission>(&self, mode: Option<Mode>, lifetime: Option<Duration>) -> Result<Scope, Problem> {
        let ask = Ask { now: self.now, source_ip: self.source_ip, mode, lifetime };
        self.caller.scope(P::PERMISSION, &ask).ok_or_else(Problem::forbidden)
    }
}

/// Who acts in a request.
fn origin(caller: &Caller, ticket: &Ticket, source_ip: Option<IpAddr>) -> Origin {
    Origin { actor: caller.actor, request: Some(ticket.to_string()), source_ip }
}

impl<P: NamesPermission> RequireHeld<P> {
    /// What a use case needs to do something within a scope that was judged
    /// here, and to write down who did.
    #[must_use]
    pub fn authority(&self, scope: Scope) -> Authority {
        Authority::new(scope, origin(&self.caller, &self.ticket, self.source_ip))
    }

    /// What the caller may reach in a call about this mode, which makes a link
    /// of this lifetime or none.
    ///
    /// # Errors
    /// 403 when no grant applies.
    pub fn scope(&self, mode: Option<Mode>, lifetime: Option<Duration>) -> Result<Scope, Problem> {
        self.caller.scope(P::PERMISSION, &self.ask(mode, lifetime)).ok_or_else(Problem::forbidden)
    }

    /// The same for calls where only the boundary `APPLICATION` may apply.
    ///
    /// # Errors
    /// 403 when no grant applies.
    pub fn application_scope(&self, mode: Option<Mode>, lifetime: Option<Duration>) -> Result<Scope, Problem> {
        self.caller.application_scope(P::PERMISSION, &self.ask(mode, lifetime)).ok_or_else(Problem::forbidden)
    }

    /// Refuses a caller without the boundary `APPLICATION` in any mode, before
    /// anything that the call names is looked at. What happens then is judged
    /// by [`Self::application_scope`].
    ///
    /// # Errors
    /// 403 when there is no such grant.
    pub fn needs_application(&self) -> Result<(), Problem> {
        let held = self.caller.holds_in_application(P::PERMISSION, self.now, self.source_ip);
        if held { Ok(()) } else { Err(Problem::forbidden()) }
    }

    /// What the caller may look at before the mode and lifetime of the call
    /// are known: the union over all modes. What happens then is judged by
    /// [`Self::scope`].
    ///
    /// # Errors
    /// 403 when no grant applies.
    pub fn reach(&self) -> Result<Scope, Problem> {
        self.caller.reach_in_any_mode(P::PERMISSION, self.now, self.source_ip).ok_or_else(Problem::forbidden)
    }

    const fn ask(&self, mode: Option<Mode>, lifetime: Option<Duration>) -> Ask {
        Ask { now: self.now, source_ip: self.source_ip, mode, lifetime }
    }
}

impl<P: NamesPermission> FromRequest for Require<P> {
    type Error = Problem;
    type Future = Extraction<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let call = identify(&request).await?;
            let scope = call.caller.scope(P::PERMISSION, &Ask::plain(call.now, call.source_ip));
            Ok(Self(call.authorized(scope)?, PhantomData))
        })
    }
}

impl<P: NamesPermission> FromRequest for RequireApplication<P> {
    type Error = Problem;
    type Future = Extraction<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let call = identify(&request).await?;
            let scope = call.caller.application_scope(P::PERMISSION, &Ask::plain(call.now, call.source_ip));
            Ok(Self(call.authorized(scope)?, PhantomData))
        })
    }
}

impl<P: NamesPermission> FromRequest for RequireHeld<P> {
    type Error = Problem;
    type Future = Extraction<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let Identified { caller, now, source_ip, ticket } = identify(&request).await?;
            if !caller.holds(P::PERMISSION, now, source_ip) {
                return Err(Problem::forbidden());
            }
            Ok(Self { caller, now, source_ip, ticket, permission: PhantomData })
        })
    }
}

/// A caller who is known, and may still be allowed nothing.
struct Identified {
    caller: Arc<Caller>,
    now: Timestamp,
    source_ip: Option<IpAddr>,
    ticket: Ticket,
}

impl Identified {
    fn authorized(self, scope: Option<Scope>) -> Result<Authorized, Problem> {
        let scope = scope.ok_or_else(Problem::forbidden)?;
        Ok(Authorized { caller: self.caller, scope, now: self.now, source_ip: self.source_ip, ticket: self.ticket })
    }
}

/// Credentials, and what they are judged by.
struct Presented {
    authenticator: web::Data<Authenticator>,
    bearer: Secret,
    now: Timestamp,
    source_ip: Option<IpAddr>,
    ticket: Ticket,
}

async fn present(request: &HttpRequest) -> Result<Presented, Problem> {
    let Authorization::Bearer(bearer) = authorization::of(request.headers()) else {
        return Err(Problem::unauthorized());
    };
    let authenticator = request
        .app_data::<web::Data<Authenticator>>()
        .cloned()
        .ok_or_else(|| Problem::internal("the authenticator is not part of the application"))?;
    let ClientAddress(source_ip) = ClientAddress::extract(request).await?;
    let now = authenticator.now().await.map_err(|error| unavailable(&error))?;
    let Ok(ticket) = Ticket::extract(request).await;
    Ok(Presented { authenticator, bearer, now, source_ip, ticket })
}

async fn identify(request: &HttpRequest) -> Result<Identified, Problem> {
    let Presented { authenticator, bearer, now, source_ip, ticket } = present(request).await?;
    let caller = match authenticator.authenticate_operator(&bearer, now).await? {
        Some(operator) => in_application(request, &authenticator, Actor::Operator(operator)).await?,
        None => authenticator.authenticate(&bearer, now).await?,
    };
    tracing::Span::current().record("application_id", tracing::field::display(caller.application));
    known::check(request)?;
    Ok(Identified { caller, now, source_ip, ticket })
}

/// How an operator names the application that a call is about.
const APPLICATION: &str = "Rekey-Application";

/// An operator in the application that the call names, or in the only one.
async fn in_application(
    request: &HttpRequest,
    authenticator: &Authenticator,
    actor: Actor,
) -> Result<Arc<Caller>, Problem> {
    let mut lines = request.headers().get_all(APPLICATION);
    let named = match (lines.next(), lines.next()) {
        (None, _) => None,
        (Some(line), None) => Some(line.to_str().ok().and_then(|text| text.parse().ok()).ok_or_else(unknown)?),
        (Some(_), Some(_)) => return Err(unknown()),
    };
    let caller = authenticator.in_application(actor, named).await.map_err(|error| unavailable(&error))?;
    caller.ok_or_else(|| match named {
        Some(_) => unknown(),
        None => Violations::one(APPLICATION, "required").into(),
    })
}

fn unknown() -> Problem {
    Violations::one(APPLICATION, "unknown_application").into()
}

/// Needs an operator, for what is above all applications.
#[derive(Debug)]
pub struct RequireOperator {
    /// Who acts, and from where.
    pub origin: Origin,
    /// The time by which the whole call is judged.
    pub now: Timestamp,
}

impl FromRequest for RequireOperator {
    type Error = Problem;
    type Future = Extraction<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let Presented { authenticator, bearer, now, source_ip, ticket } = present(&request).await?;
            let Some(operator) = authenticator.authenticate_operator(&bearer, now).await? else {
                // Whoever is known is told that this is not for them.
                authenticator.authenticate(&bearer, now).await?;
                return Err(Problem::forbidden());
            };
            known::check(&request)?;
            let origin = Origin { actor: Actor::Operator(operator), request: Some(ticket.to_string()), source_ip };
            Ok(Self { origin, now })
        })
    }
}

impl From<NotAuthenticated> for Problem {
    fn from(error: NotAuthenticated) -> Self {
        match error {
            NotAuthenticated::Unknown => Self::unauthorized(),
            NotAuthenticated::TooMany { retry_after } => Self::too_many_requests(retry_after),
            NotAuthenticated::KeysUnreachable { retry_after } => Self::try_again_later(retry_after),
            NotAuthenticated::Store(error) => unavailable(&error),
            NotAuthenticated::Signing(error) => Self::internal(error),
        }
    }
}

/// The database is gone, or holds what it should not.
pub(crate) fn unavailable(error: &StoreError) -> Problem {
    match error {
        StoreError::Database(_) | StoreError::Gone(_) => Problem::try_again_later(OUTAGE).because(error),
        StoreError::Corrupt(_) => Problem::internal(error),
    }
}
