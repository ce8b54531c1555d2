//! An operator in one application: the one that the path names. What they do
//! there they do with an [`Authority`] over the whole of it, as one with an
//! operator's API key would.

use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use serde_json::{Value, json};

use crate::domain::access::{Actor, Authority, Boundary, Caller, Grant, Permission, Scope};
use crate::domain::ids::ApplicationId;
use crate::store::applications::{self, Application};
use crate::workflows::Failure;

use super::desk::Desk;
use super::flash::Flash;
use super::menu::{self, Screen};
use super::stop::Stop;

/// An operator in one application.
#[derive(Clone)]
pub(super) struct Room {
    desk: Desk,
    pub(super) application: Application,
    pub(super) scope: Scope,
}

impl Deref for Room {
    type Target = Desk;

    fn deref(&self) -> &Desk {
        &self.desk
    }
}

impl FromRequest for Room {
    type Error = Stop;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Stop>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let desk = Desk::from_request(request, payload);
        Box::pin(async move { Self::at(desk.await?).await })
    }
}

impl Room {
    /// The application that the path of a request names.
    pub(super) async fn at(desk: Desk) -> Result<Self, Stop> {
        let named = desk.lobby.request.match_info().get("application").and_then(|id| id.parse::<ApplicationId>().ok());
        let scope = Scope::of_record(named.ok_or_else(Stop::nothing)?);
        let found = applications::find(desk.engine().database.read(), &scope).await;
        let application = found.map_err(Failure::from)?.ok_or_else(Stop::nothing)?;
        Ok(Self { desk, application, scope })
    }

    /// The operator's authority here.
    pub(super) fn authority(&self) -> Authority {
        Authority::new(self.scope.clone(), self.origin())
    }

    /// The operator as a caller who holds every grant here, for use cases that
    /// ask who calls.
    pub(super) fn caller(&self) -> Caller {
        let actor = Actor::ConsoleOperator(self.operator.id);
        let grants = Permission::ALL.iter().map(|permission| Grant::new(*permission, Boundary::Application)).collect();
        Caller { actor, client_id: actor.to_string(), application: self.application.id, home: None, grants }
    }

    /// The path of something here.
    pub(super) fn path(&self, rest: &str) -> String {
        format!("/console/applications/{}/{rest}", self.application.id)
    }

    /// A page of this application.
    pub(super) fn page(&self, template: &str, screen: Screen, view: Value) -> Result<HttpResponse, Stop> {
        self.page_as(StatusCode::OK, template, screen, view)
    }

    /// The same with a status.
    pub(super) fn page_as(
        &self,
        status: StatusCode,
        template: &str,
        screen: Screen,
        view: Value,
    ) -> Result<HttpResponse, Stop> {
        let around = json!({
            "application": {"name": self.application.display_name, "id": self.application.id},
            "here": format!("/console/applications/{}", self.application.id),
            "menu": menu::of(self.application.id, screen),
        });
        self.desk.page_with(status, template, around, view)
    }

    /// See other, here, which will say something.
    pub(super) fn go_saying(&self, rest: &str, flash: Flash) -> Result<HttpResponse, Stop> {
        self.desk.go_saying(&self.path(rest), flash)
    }
}
