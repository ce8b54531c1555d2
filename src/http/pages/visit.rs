//! One request to a page, with everything that its answer needs.

use std::cell::RefCell;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::{StatusCode, header};
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use serde_json::Value;

use crate::domain::clock::Timestamp;
use crate::domain::locale::{Because, Locale};
use crate::domain::secret::Secret;
use crate::http::HttpKit;
use crate::http::extract::ClientAddress;
use crate::http::language::Wishes;
use crate::http::problem::Problem;
use crate::workflows::Engine;
use crate::workflows::resets::Client;

use super::cookies::Jar;
use super::flow::Flow;
use super::look::Look;
use super::place::Place;
use super::{Pages, dead, failure, guard, words};

/// What forms outside a flow are about.
const NO_FLOW: &str = "";

/// One request to a page.
pub(super) struct Visit {
    request: HttpRequest,
    kit: web::Data<HttpKit>,
    pages: web::Data<Pages>,
    wishes: Wishes,
    /// What those want whom the page turned out to be about.
    heard: RefCell<Vec<(Because, String)>>,
    pub(super) engine: web::Data<Engine>,
}

impl FromRequest for Visit {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let parts = || {
            Some(Self {
                request: request.clone(),
                kit: request.app_data::<web::Data<HttpKit>>()?.clone(),
                pages: request.app_data::<web::Data<Pages>>()?.clone(),
                wishes: Wishes::of(request),
                heard: RefCell::default(),
                engine: request.app_data::<web::Data<Engine>>()?.clone(),
            })
        };
        ready(parts().ok_or_else(|| Problem::internal("the pages were registered without their parts")))
    }
}

impl Visit {
    /// The client behind the request.
    pub(super) async fn client(&self) -> Client {
        let address = ClientAddress::extract(&self.request).await;
        let agent = self.request.headers().get(header::USER_AGENT);
        Client {
            ip: address.ok().and_then(|address| address.0),
            user_agent: agent.and_then(|agent| agent.to_str().ok()).map(str::to_owned),
        }
    }

    /// What time it is.
    pub(super) async fn now(&self) -> Result<Timestamp, Problem> {
        self.engine.now().await.map_err(failure::problem)
    }

    /// The flow that the browser is in.
    pub(super) fn flow(&self) -> Option<Flow> {
        Flow::open(&Jar::Flow.read(&self.request, self.kit.is_https())?, &self.engine.keys)
    }

    /// The language that the visitor chose for themselves.
    pub(super) fn chosen(&self) -> Option<Locale> {
        self.wishes.chosen()
    }

    /// Somebody whom the page is about wants this language, if any.
    pub(super) fn hear(&self, because: Because, tag: Option<&str>) {
        self.heard.borrow_mut().extend(tag.map(|tag| (because, tag.to_owned())));
    }

    /// The language to speak at a place.
    pub(super) fn locale(&self, place: Option<&Place>) -> Locale {
        let heard = self.heard.borrow();
        let tenant = place.and_then(|place| place.tenancy.tenant.locale.as_deref());
        let heard = heard.iter().map(|(because, tag)| (*because, tag.as_str()));
        self.wishes.decide(heard.chain(tenant.map(|tag| (Because::Tenant, tag))))
    }

    /// A number of seconds as people say it there.
    pub(super) fn wait(&self, place: &Place, seconds: u64) -> String {
        words::wait(&self.kit.locales, self.locale(Some(place)), seconds)
    }

    /// A page without a form.
    pub(super) fn page(
        &self,
        status: StatusCode,
        template: &str,
        place: Option<&Place>,
        view: Value,
    ) -> Result<HttpResponse, Problem> {
        let look = Look::new(self.locale(place), self.request.path(), self.request.query_string(), place);
        self.remembering(self.pages.answer(status, template, &look, view)?)
    }

    /// A page with forms, each of which carries the token in `form_token`.
    pub(super) fn form(
        &self,
        status: StatusCode,
        template: &str,
        place: &Place,
        mut view: Value,
    ) -> Result<HttpResponse, Problem> {
        let half = guard::half(&self.request, self.kit.is_https(), &*self.engine.entropy);
        if let Value::Object(members) = &mut view {
            let token = guard::token(&self.engine.keys, &half, &self.about());
            members.insert("form_token".to_owned(), token.into());
        }
        let mut answer = self.page(status, template, Some(place), view)?;
        let cookie = Jar::Form.holding(half, self.kit.is_https());
        answer.add_cookie(&cookie).map_err(Problem::internal)?;
        Ok(answer)
    }

    /// Whether a form that arrived is one that this browser was shown here,
    /// for the flow it is in.
    pub(super) fn is_ours(&self, presented: &Secret) -> bool {
        let half = Jar::Form.read(&self.request, self.kit.is_https());
        !guard::is_foreign(self.request.headers(), &self.kit.public_url)
            && guard::fits(&self.engine.keys, half.as_deref(), &self.about(), presented)
    }

    /// What to answer a form that is not: `page` is where to see it anew.
    pub(super) fn stale(&self, page: &str) -> Result<HttpResponse, Problem> {
        dead::stale(self, page)
    }

    /// See other, having begun or changed a flow.
    pub(super) fn go_with(&self, flow: &Flow, target: &str) -> Result<HttpResponse, Problem> {
        let mut answer = go(target);
        let cookie = Jar::Flow.holding(flow.seal(&self.engine.keys), self.kit.is_https());
        answer.add_cookie(&cookie).map_err(Problem::internal)?;
        self.remembering(answer)
    }

    /// The same answer; the browser remembers the language that was asked for.
    fn remembering(&self, mut answer: HttpResponse) -> Result<HttpResponse, Problem> {
        if let Some(cookie) = self.wishes.to_remember(self.kit.is_https()) {
            answer.add_cookie(&cookie).map_err(Problem::internal)?;
        }
        Ok(answer)
    }

    /// See other, having ended the flow.
    pub(super) fn go_free(&self, target: &str) -> Result<HttpResponse, Problem> {
        let mut answer = go(target);
        answer.add_cookie(&Jar::Flow.cleared(self.kit.is_https())).map_err(Problem::internal)?;
        Ok(answer)
    }

    /// The flow as it came, so that a form shown for one account is void in
    /// another's flow.
    fn about(&self) -> String {
        let flow_page = self.request.path().starts_with("/reset-password");
        let flow = Jar::Flow.read(&self.request, self.kit.is_https()).filter(|_| flow_page);
        flow.unwrap_or_else(|| NO_FLOW.to_owned())
    }
}

/// See other: the browser follows with GET, and a reload sends nothing twice.
pub(super) fn go(target: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, target)).finish()
}
