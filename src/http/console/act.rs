//! A form that an operator sends: read only when they are signed in and the
//! form is one that this session was shown.

use std::collections::HashMap;
use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;
use std::rc::Rc;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::{FromRequest, HttpRequest};
use serde::Deserialize;
use serde::de::value::{Error, MapDeserializer};

use crate::domain::secret::Secret;
use crate::http::extract::{Form, WideForm};
use crate::http::problem::Problem;

use super::desk::Desk;
use super::proof::Proof;
use super::stop::Stop;

/// The field that carries the form's token.
const TOKEN: &str = "form_token";
/// The field that tells one sending of a form from its repetition.
const ONCE: &str = "form_once";

/// A form of type `T`, whose fields are texts, and the operator who sent it.
pub(super) struct Act<T, const WIDE: bool = false> {
    desk: Desk,
    pub(super) form: T,
}

/// The same for a form that holds whole documents.
pub(super) type WideAct<T> = Act<T, true>;

impl<T, const WIDE: bool> Deref for Act<T, WIDE> {
    type Target = Desk;

    fn deref(&self) -> &Desk {
        &self.desk
    }
}

impl<T, const WIDE: bool> Act<T, WIDE> {
    /// The operator and the form.
    pub(super) fn into_parts(self) -> (Desk, T) {
        (self.desk, self.form)
    }

    /// The operator, without the form.
    pub(super) fn into_desk(self) -> Desk {
        self.desk
    }
}

/// A form without fields.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

impl<T: for<'de> Deserialize<'de> + 'static, const WIDE: bool> FromRequest for Act<T, WIDE> {
    type Error = Stop;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Stop>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let mut desk = Desk::from_request(&request, &mut Payload::None).await?;
            let mut fields = if WIDE {
                WideForm::<HashMap<String, String>>::from_request(&request, &mut payload).await?.0
            } else {
                Form::<HashMap<String, String>>::from_request(&request, &mut payload).await?.0
            };
            let presented = Secret::new(fields.remove(TOKEN).unwrap_or_default());
            let ours = Secret::new(desk.form_token()).matches(&presented) && *request.method() == Method::POST;
            if !ours || desk.lobby.is_foreign() {
                return Err(Problem::forbidden().because("a form that this session was not shown").into());
            }
            desk.once = fields.get(ONCE).map(|once| Rc::from(once.as_str()));
            let proof = Proof::taken_from(&mut fields);
            if !desk.session.is_fresh(desk.now) {
                desk.typed = fields.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
            }
            if let Some(proof) = proof.filter(|_| !desk.session.is_fresh(desk.now)) {
                desk = proof.prove(desk).await?;
            }
            fields.remove(ONCE);
            let form = T::deserialize(MapDeserializer::<_, Error>::new(fields.into_iter()))
                .map_err(|_| Problem::invalid_request("The form is malformed or lacks a field."))?;
            Ok(Self { desk, form })
        })
    }
}
