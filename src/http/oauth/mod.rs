//! OAuth 2.0 for service accounts: client credentials for an access token,
//! and what a verifier of tokens needs to know.

mod keys;
mod metadata;
mod token;

#[cfg(test)]
mod tests;

use crate::http::routes::routes;
use keys::KeySet;
use metadata::Metadata;
use token::{TokenAnswer, TokenRequest};

routes! {
    POST "/api/v1/oauth2/token" => token::handle, tag "OAuth 2.0",
        summary "Exchanges client credentials for an access token",
        form TokenRequest, ok 200 TokenAnswer, errors [400, 401, 415, 429, 503];
    GET "/api/v1/oauth2/jwks" => keys::handle, tag "OAuth 2.0",
        summary "Publishes the keys that verify access tokens", ok 200 KeySet, errors [];
    GET "/.well-known/oauth-authorization-server" => metadata::handle, tag "OAuth 2.0",
        summary "Describes the token endpoint", ok 200 Metadata, errors [];
}
