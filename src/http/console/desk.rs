//! One request of an operator who is signed in. A handler that takes a
//! [`Desk`] answers nobody else: whoever is not signed in is led to where one
//! signs in, and nothing is looked at before.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::uri::PathAndQuery;
use actix_web::http::{Method, StatusCode};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use serde_json::{Value, json};

use crate::domain::access::Origin;
use crate::domain::clock::Timestamp;
use crate::domain::keys::Purpose;
use crate::domain::operator::ConsoleSession;
use crate::domain::secret::Secret;
use crate::http::same_origin::is_led_from_elsewhere;
use crate::store::operators::Operator;
use crate::workflows::Engine;
use crate::workflows::console::Visitor;

use super::cookies::Jar;
use super::flash::Flash;
use super::lobby::{Lobby, put};
use super::stop::Stop;

/// One request of an operator.
#[derive(Clone)]
pub(super) struct Desk {
    pub(super) lobby: Lobby,
    pub(super) operator: Operator,
    pub(super) session: ConsoleSession,
    pub(super) visitor: Visitor,
    pub(super) now: Timestamp,
}

impl FromRequest for Desk {
    type Error = Stop;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Stop>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let lobby = Lobby::from_request(request, payload).into_inner();
        Box::pin(async move { Self::of(lobby?).await })
    }
}

impl Desk {
    async fn of(lobby: Lobby) -> Result<Self, Stop> {
        let Some(token) = lobby.cookie(Jar::Session) else { return Err(turned_away(&lobby)) };
        let now = lobby.engine.now().await?;
        let Some((operator, session)) = lobby.engine.signed_in_operator(&Secret::new(token), now).await? else {
            return Err(turned_away(&lobby));
        };
        let visitor = lobby.visitor().await;
        Ok(Self { lobby, operator, session, visitor, now })
    }

    /// The use cases.
    pub(super) fn engine(&self) -> &Engine {
        &self.lobby.engine
    }

    /// The operator as whoever acts.
    pub(super) fn origin(&self) -> Origin {
        self.visitor.acting_as(self.operator.id)
    }

    /// Refuses to go on unless password and code are recent. `back` is where
    /// the form is.
    pub(super) fn confirmed(&self, back: &str) -> Result<(), Stop> {
        if self.session.is_fresh(self.now) { Ok(()) } else { Err(Stop::confirm(back)) }
    }

    /// A page outside of any application.
    pub(super) fn page(&self, status: StatusCode, template: &str, view: Value) -> Result<HttpResponse, Stop> {
        self.page_with(status, template, json!({"application": null, "menu": []}), view)
    }

    /// A page with what belongs around it. The members of `view` win.
    pub(super) fn page_with(
        &self,
        status: StatusCode,
        template: &str,
        around: Value,
        view: Value,
    ) -> Result<HttpResponse, Stop> {
        let flash = self.lobby.cookie(Jar::Flash);
        let mut whole = json!({
            "operator": self.operator.name,
            "form_token": self.form_token(),
            "flash": flash.as_deref().map_or(Value::Null, Flash::read),
        });
        for part in [around, view] {
            if let (Value::Object(whole), Value::Object(part)) = (&mut whole, part) {
                whole.extend(part);
            }
        }
        let mut answer = self.lobby.console.answer(status, template, whole)?;
        if flash.is_some() {
            put(&mut answer, &self.lobby.cleared(Jar::Flash))?;
        }
        Ok(answer)
    }

    /// See other, which will say something.
    pub(super) fn go_saying(&self, target: &str, flash: Flash) -> Result<HttpResponse, Stop> {
        self.lobby.go_with(target, &[self.lobby.holding(Jar::Flash, flash.code())])
    }

    /// What each form of this session carries.
    pub(super) fn form_token(&self) -> String {
        let session = self.session.id.to_string();
        self.engine().keys.pseudonym(Purpose::FormToken, &[b"console desk", session.as_bytes()])
    }
}

/// Where somebody goes who is not signed in. What a form would have done is
/// not done later either.
fn turned_away(lobby: &Lobby) -> Stop {
    let request = &lobby.request;
    let reads = *request.method() == Method::GET || *request.method() == Method::HEAD;
    if !reads {
        return Stop::sign_in(None);
    }
    if lobby.cookie(Jar::Session).is_none() && is_led_from_elsewhere(request.headers()) {
        return Stop::ComeAgain;
    }
    let back = request.uri().path_and_query().map(PathAndQuery::as_str).filter(|back| *back != "/console");
    Stop::sign_in(back)
}
