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
use crate::domain::access::{Ask, Caller, NamesPermission, Scope};
use crate::domain::clock::Timestamp;
use crate::domain::reset::Mode;
use crate::http::problem::Problem;
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
    /// What the caller may reach with another permission as well.
    ///
    /// # Errors
    /// 403 when it has no such permission.
    pub fn also<P: NamesPermission>(&self, mode: Option<Mode>, lifetime: Option<Duration>) -> Result<Scope, Problem> {
        let ask = Ask { now: self.now, source_ip: self.source_ip, mode, lifetime };
        self.caller.scope(P::PERMISSION, &ask).ok_or_else(Problem::forbidden)
    }
}

impl<P: NamesPermission> RequireHeld<P> {
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
            let Identified { caller, now, source_ip } = identify(&request).await?;
            if !caller.holds(P::PERMISSION, now, source_ip) {
                return Err(Problem::forbidden());
            }
            Ok(Self { caller, now, source_ip, permission: PhantomData })
        })
    }
}

/// A caller who is known, and may still be allowed nothing.
struct Identified {
    caller: Arc<Caller>,
    now: Timestamp,
    source_ip: Option<IpAddr>,
}

impl Identified {
    fn authorized(self, scope: Option<Scope>) -> Result<Authorized, Problem> {
        let scope = scope.ok_or_else(Problem::forbidden)?;
        Ok(Authorized { caller: self.caller, scope, now: self.now, source_ip: self.source_ip })
    }
}

async fn identify(request: &HttpRequest) -> Result<Identified, Problem> {
    let Authorization::Bearer(bearer) = authorization::of(request.headers()) else {
        return Err(Problem::unauthorized());
    };
    let authenticator = request
        .app_data::<web::Data<Authenticator>>()
        .ok_or_else(|| Problem::internal("the authenticator is not part of the application"))?;
    let ClientAddress(source_ip) = ClientAddress::extract(request).await?;
    let now = authenticator.now().await.map_err(|error| unavailable(&error))?;
    let caller = authenticator.authenticate(&bearer, now).await?;
    tracing::Span::current().record("application_id", tracing::field::display(caller.application));
    Ok(Identified { caller, now, source_ip })
}

impl From<NotAuthenticated> for Problem {
    fn from(error: NotAuthenticated) -> Self {
        match error {
            NotAuthenticated::Unknown => Self::unauthorized(),
            NotAuthenticated::TooMany { retry_after } => Self::too_many_requests(retry_after),
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
