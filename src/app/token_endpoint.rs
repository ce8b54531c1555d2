//! Asking an OAuth 2.0 token endpoint (RFC 6749 § 4.4 and § 6) for what mail
//! providers take instead of a password.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;

use crate::domain::secret::Secret;
use crate::mail::smtp::{AccessToken, Fetching, TokenEndpoint};
use crate::webhooks::client::GuardedClient;

/// The longest error code that is repeated, in characters.
const LONGEST_CODE: usize = 60;

/// An endpoint, and what it is asked with.
pub struct OauthEndpoint {
    /// What calls it.
    pub client: Arc<GuardedClient>,
    /// Where it is.
    pub url: String,
    /// Who asks.
    pub client_id: String,
    /// How that is proven.
    pub client_secret: Option<Secret>,
    /// What allows to ask for somebody; without it the client asks for itself.
    pub refresh_token: Option<Secret>,
    /// What for.
    pub scope: Option<String>,
}

/// What is read of its answer.
#[derive(Deserialize)]
struct Answer {
    access_token: Option<Secret>,
    expires_in: Option<u64>,
    error: Option<String>,
}

impl TokenEndpoint for OauthEndpoint {
    fn fetch(&self) -> Fetching<'_> {
        Box::pin(self.ask())
    }
}

impl OauthEndpoint {
    async fn ask(&self) -> Result<AccessToken, String> {
        let mut form = vec![("client_id", self.client_id.as_str())];
        match &self.refresh_token {
            Some(token) => form.extend([("grant_type", "refresh_token"), ("refresh_token", token.expose())]),
            None => form.push(("grant_type", "client_credentials")),
        }
        form.extend(self.client_secret.as_ref().map(|secret| ("client_secret", secret.expose())));
        form.extend(self.scope.as_deref().map(|scope| ("scope", scope)));
        let body = serde_urlencoded::to_string(form).map_err(|error| error.to_string())?;
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("accept", "application/json")];
        let answer = self.client.post(&self.url, &headers, body.into_bytes()).await;
        let answer = answer.map_err(|error| format!("the token endpoint: {error}"))?;
        let read: Option<Answer> = serde_json::from_slice(&answer.body).ok();
        match read {
            Some(Answer { access_token: Some(secret), expires_in, .. }) if answer.is_success() => {
                Ok(AccessToken { secret, lives: expires_in.map(Duration::from_secs) })
            }
            // A code (RFC 6749 § 5.2), and nothing longer: a description may repeat what was sent.
            Some(Answer { error: Some(code), .. }) => {
                let code: String = code.chars().filter(char::is_ascii_graphic).take(LONGEST_CODE).collect();
                Err(format!("the token endpoint says {} {code}", answer.status))
            }
            _ => Err(format!("the token endpoint answers {} and no token", answer.status)),
        }
    }
}
