//! One request of somebody who is not signed in: to the sign-in page or with
//! an invitation.

use std::future::{Ready, ready};

use actix_web::cookie::Cookie;
use actix_web::dev::Payload;
use actix_web::http::{StatusCode, header};
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::domain::keys::Purpose;
use crate::domain::secret::Secret;
use crate::http::HttpKit;
use crate::http::extract::ClientAddress;
use crate::http::middleware::Ticket;
use crate::http::problem::Problem;
use crate::http::same_origin::is_foreign;
use crate::workflows::Engine;
use crate::workflows::console::Visitor;
use crate::workflows::resets::Client;

use super::Console;
use super::cookies::Jar;
use super::stop::{Stop, go};

/// One request, with everything that its answer needs.
#[derive(Clone)]
pub(super) struct Lobby {
    pub(super) request: HttpRequest,
    pub(super) kit: web::Data<HttpKit>,
    pub(super) console: web::Data<Console>,
    pub(super) engine: web::Data<Engine>,
}

impl FromRequest for Lobby {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let parts = || {
            Some(Self {
                request: request.clone(),
                kit: request.app_data::<web::Data<HttpKit>>()?.clone(),
                console: request.app_data::<web::Data<Console>>()?.clone(),
                engine: request.app_data::<web::Data<Engine>>()?.clone(),
            })
        };
        ready(parts().ok_or_else(|| Problem::internal("the console was registered without its parts")))
    }
}

impl Lobby {
    /// Who it is, as far as the request tells.
    pub(super) async fn visitor(&self) -> Visitor {
        let address = ClientAddress::extract(&self.request).await;
        let agent = self.request.headers().get(header::USER_AGENT);
        let Ok(ticket) = Ticket::extract(&self.request).await;
        Visitor {
            client: Client {
                ip: address.ok().and_then(|address| address.0),
                user_agent: agent.and_then(|agent| agent.to_str().ok()).map(str::to_owned),
            },
            request: Some(ticket.to_string()),
        }
    }

    /// What a cookie of ours holds.
    pub(super) fn cookie(&self, jar: Jar) -> Option<String> {
        jar.read(&self.request, self.kit.is_https())
    }

    /// A page with forms, for somebody who is not signed in.
    pub(super) fn form(&self, status: StatusCode, template: &str, mut view: Value) -> Result<HttpResponse, Stop> {
        let half = self.half().unwrap_or_else(|| BASE64_URL_SAFE_NO_PAD.encode(self.engine.entropy.nonce()));
        if let Value::Object(members) = &mut view {
            members.insert("form_token".to_owned(), self.token(&half).into());
        }
        let mut answer = self.console.answer(status, template, view)?;
        put(&mut answer, &Jar::Form.holding(half, self.kit.is_https()))?;
        Ok(answer)
    }

    /// Whether a form that arrived is one that this browser was shown here.
    pub(super) fn is_ours(&self, presented: &Secret) -> bool {
        let expected = self.half().map(|half| Secret::new(self.token(&half)));
        !self.is_foreign() && expected.is_some_and(|expected| expected.matches(presented))
    }

    /// Whether the browser says that the request came from another site.
    pub(super) fn is_foreign(&self) -> bool {
        is_foreign(self.request.headers(), &self.kit.public_url)
    }

    /// See other, with cookies.
    #[expect(clippy::unused_self, reason = "an answer to the request at hand, as the others are")]
    pub(super) fn go_with(&self, target: &str, cookies: &[Cookie<'_>]) -> Result<HttpResponse, Stop> {
        let mut answer = go(target);
        for cookie in cookies {
            put(&mut answer, cookie)?;
        }
        Ok(answer)
    }

    /// The cookie of a session that begins or goes on.
    pub(super) fn session_cookie(&self, token: &Secret) -> Cookie<'static> {
        Jar::Session.holding(token.expose().to_owned(), self.kit.is_https())
    }

    /// The cookie that makes the browser forget something.
    pub(super) fn cleared(&self, jar: Jar) -> Cookie<'static> {
        jar.cleared(self.kit.is_https())
    }

    /// The cookie with a value.
    pub(super) fn holding(&self, jar: Jar, value: &str) -> Cookie<'static> {
        jar.holding(value.to_owned(), self.kit.is_https())
    }

    fn half(&self) -> Option<String> {
        let held = self.cookie(Jar::Form)?;
        BASE64_URL_SAFE_NO_PAD.decode(&held).is_ok_and(|bytes| bytes.len() == 32).then_some(held)
    }

    fn token(&self, half: &str) -> String {
        self.engine.keys.pseudonym(Purpose::FormToken, &[b"console lobby", half.as_bytes()])
    }
}

/// Adds a cookie to an answer.
pub(super) fn put(answer: &mut HttpResponse, cookie: &Cookie<'_>) -> Result<(), Problem> {
    answer.add_cookie(cookie).map_err(Problem::internal)
}
