//! One extractor after the other. Arguments of a handler are extracted side
//! by side, so a malformed body could be answered before an unknown caller
//! is, and would be read for nobody.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{Error, FromRequest, HttpRequest};

/// `A`, which must not need the body, and only then `B`:
/// `InOrder(caller, Json(body)): InOrder<Require<may::UserWrite>, Json<NewUser>>`.
#[derive(Debug, Clone, Copy)]
pub struct InOrder<A, B>(pub A, pub B);

impl<A: FromRequest + 'static, B: FromRequest + 'static> FromRequest for InOrder<A, B> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let first = A::extract(&request).await.map_err(Into::into)?;
            let second = B::from_request(&request, &mut payload).await.map_err(Into::into)?;
            Ok(Self(first, second))
        })
    }
}
