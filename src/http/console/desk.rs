//! One request of an operator who is signed in. A handler that takes a
//! [`Desk`] answers nobody else: whoever is not signed in is led to where one
//! signs in, and nothing is looked at before.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use actix_web::dev::Payload;
use actix_web::http::uri::PathAndQuery;
use actix_web::http::{Method, StatusCode};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::domain::access::Origin;
use crate::domain::clock::Timestamp;
use crate::domain::keys::Purpose;
use crate::domain::operator::ConsoleSession;
use crate::domain::secret::Secret;
use crate::http::problem::Problem;
use crate::http::same_origin::is_led_from_elsewhere;
use crate::store::operators::Operator;
use crate::workflows::console::Visitor;
use crate::workflows::{Engine, Failure};

use super::cookies::Jar;
use super::flash::Flash;
use super::lobby::{Lobby, put};
use super::proof;
use super::stop::Stop;

/// One request of an operator.
#[derive(Clone)]
pub(super) struct Desk {
    pub(super) lobby: Lobby,
    pub(super) operator: Operator,
    pub(super) session: ConsoleSession,
    pub(super) visitor: Visitor,
    pub(super) now: Timestamp,
    /// What the form at hand says, kept as long as a proof may have to be
    /// asked for before it is acted on.
    pub(super) typed: Rc<[(String, String)]>,
    /// What tells the form at hand from the same one shown again.
    pub(super) once: Option<Rc<str>>,
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
        Ok(Self { lobby, operator, session, visitor, now, typed: Rc::from([]), once: None })
    }

    /// The use cases.
    pub(super) fn engine(&self) -> &Engine {
        &self.lobby.engine
    }

    /// The operator as whoever acts.
    pub(super) fn origin(&self) -> Origin {
        self.visitor.acting_as(self.operator.id)
    }

    /// Refuses to go on unless password and code are recent: asks for them, and
    /// keeps what was typed. `back` is where the form is.
    pub(super) fn confirmed(&self, back: &str) -> Result<(), Stop> {
        if self.session.is_fresh(self.now) { Ok(()) } else { Err(proof::ask(self, back)) }
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
        let whole = self.whole(flash.as_deref(), [around, view]);
        let mut answer = self.lobby.console.answer(status, template, whole)?;
        if flash.is_some() {
            put(&mut answer, &self.lobby.cleared(Jar::Flash))?;
        }
        Ok(answer)
    }

    /// A page outside of any application, as text.
    pub(super) fn text(&self, template: &str, view: Value) -> Result<String, Problem> {
        let around = json!({"application": null, "menu": []});
        self.lobby.console.text(template, self.whole(None, [around, view]))
    }

    fn whole(&self, flash: Option<&str>, parts: [Value; 2]) -> Value {
        let mut whole = json!({
            "operator": self.operator.name,
            "form_token": self.form_token(),
            "form_once": BASE64_URL_SAFE_NO_PAD.encode(self.engine().entropy.nonce()),
            "flash": flash.map_or(Value::Null, Flash::read),
        });
        for part in parts {
            if let (Value::Object(whole), Value::Object(part)) = (&mut whole, part) {
                whole.extend(part);
            }
        }
        whole
    }

    /// Whether the form at hand was not acted on before. A page that shows a
    /// secret is the answer to a form, so a reload sends that form again.
    pub(super) async fn is_first(&self) -> Result<bool, Failure> {
        let Some(once) = &self.once else { return Ok(true) };
        let form = format!("{} {once}", self.lobby.request.path());
        self.engine().use_form_once(&self.session, &form, self.now).await
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
