//! `POST /user_management/authenticate`
//!
//! The caller's own credentials are in the body, as SDKs send them:
//! `client_secret` is its API key or its client secret. A malformed call is
//! refused in OAuth form.

use std::net::IpAddr;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::credentials::api_key::API_KEY_PREFIX;
use crate::domain::access::{Ask, Caller, Permission, Scope};
use crate::domain::clock::Timestamp;
use crate::domain::email_address::EmailAddress;
use crate::domain::secret::Secret;
use crate::http::extract::authorization::{self, Authorization};
use crate::http::extract::require::unavailable;
use crate::http::extract::{ClientAddress, JsonOrForm};
use crate::http::problem::{Kind, OAuthError, Problem};
use crate::http::workos::auth_factors::objects as factors;
use crate::http::workos::checks::Given;
use crate::http::workos::{error, implied_tenant, objects};
use crate::workflows::authenticate_caller::Authenticator;
use crate::workflows::resets::Client;
use crate::workflows::second_factor::answer::ChallengeAnswer;
use crate::workflows::sessions::SignedIn;
use crate::workflows::{Engine, Failure, Outcome};

/// The grant that completes a sign-in with an authenticator.
const MFA_TOTP: &str = "urn:workos:oauth:grant-type:mfa-totp";
/// What is kept of a `User-Agent`, in characters.
const USER_AGENT: usize = 512;

/// Who calls, and who signs in.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(in crate::http::workos) struct Authenticate {
    /// The service account's client id.
    #[serde(default)]
    #[schema(required = true, value_type = String)]
    client_id: Given<String>,
    /// Its API key or client secret; not needed beside `Authorization: Bearer`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    client_secret: Given<Secret>,
    /// `password`, `refresh_token` or `urn:workos:oauth:grant-type:mfa-totp`.
    #[serde(default)]
    #[schema(required = true, value_type = String, example = "password")]
    grant_type: Given<String>,
    /// For `password`: the address.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    email: Given<String>,
    /// For `password`: the password, as typed.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    password: Given<Secret>,
    /// For `refresh_token`: the token.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    refresh_token: Given<Secret>,
    /// For `mfa-totp`: the code of the authenticator.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    code: Given<Secret>,
    /// For `mfa-totp`: the token that the password was answered with.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pending_authentication_token: Given<Secret>,
    /// For `mfa-totp`: the challenge that the password, or the enrolment of a
    /// new authenticator, was answered with.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    authentication_challenge_id: Given<String>,
    /// The user's address, for the limits on guessing and for the session.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    ip_address: Given<String>,
    /// The user's software, for the session.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    user_agent: Given<String>,
}

/// What is asked for.
#[derive(Debug)]
enum Grant {
    Password { email: EmailAddress, password: Secret, client: Client },
    RefreshToken(Secret),
    MfaTotp(ChallengeAnswer),
}

/// Who says to be calling.
#[derive(Debug)]
struct Claim {
    client_id: String,
    secret: Option<Secret>,
}

impl Authenticate {
    fn read(self) -> Result<(Claim, Grant), Problem> {
        let client_id = required("client_id", self.client_id)?;
        let secret = optional("client_secret", self.client_secret)?;
        let grant = match required("grant_type", self.grant_type)?.as_str() {
            "password" => Grant::Password {
                email: EmailAddress::parse(&required("email", self.email)?)
                    .map_err(|_| malformed("The parameter email is not an email address."))?,
                password: required("password", self.password)?,
                client: client(optional("ip_address", self.ip_address)?, optional("user_agent", self.user_agent)?)?,
            },
            "refresh_token" => Grant::RefreshToken(required("refresh_token", self.refresh_token)?),
            MFA_TOTP => Grant::MfaTotp(ChallengeAnswer {
                code: required("code", self.code)?,
                token: required("pending_authentication_token", self.pending_authentication_token)?,
                challenge: required("authentication_challenge_id", self.authentication_challenge_id)?
                    .parse()
                    .map_err(|_| error::problem(Failure::InvalidPendingSignIn, ""))?,
                client: client(optional("ip_address", self.ip_address)?, optional("user_agent", self.user_agent)?)?,
            }),
            _ => return Err(malformed("This grant_type is not supported.")),
        };
        Ok((Claim { client_id, secret }, grant))
    }
}

fn required<T>(name: &str, given: Given<T>) -> Result<T, Problem> {
    optional(name, given)?.ok_or_else(|| malformed(format!("The parameter {name} is missing.")))
}

fn optional<T>(name: &str, given: Given<T>) -> Result<Option<T>, Problem> {
    match given {
        Given::Missing | Given::Null => Ok(None),
        Given::Value(value) => Ok(Some(value)),
        Given::Wrong => Err(malformed(format!("The parameter {name} must be a text."))),
    }
}

/// An address that cannot be read is an unknown one: backends pass on what
/// their proxies tell them.
fn client(ip: Option<String>, user_agent: Option<String>) -> Result<Client, Problem> {
    if user_agent.as_ref().is_some_and(|text| text.contains('\0')) {
        return Err(malformed("The parameter user_agent holds a character that cannot be stored."));
    }
    let ip = ip.and_then(|text| text.trim().parse::<IpAddr>().ok()).map(|ip| ip.to_canonical());
    Ok(Client { ip, user_agent: user_agent.map(|text| text.chars().take(USER_AGENT).collect()) })
}

fn malformed(description: impl Into<std::borrow::Cow<'static, str>>) -> Problem {
    Problem::oauth("invalid_request", description)
}

/// A body that cannot be read, in OAuth form; other refusals as they are.
fn in_oauth_form(problem: Problem) -> Problem {
    match problem.kind() {
        Kind::InvalidRequest(message) => malformed(message.clone()),
        _ => problem,
    }
}

pub(in crate::http::workos) async fn handle(
    request: HttpRequest,
    body: Result<JsonOrForm<Authenticate>, Problem>,
    ClientAddress(source_ip): ClientAddress,
    authenticator: web::Data<Authenticator>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let JsonOrForm(body) = body.map_err(in_oauth_form)?;
    let (claim, grant) = body.read()?;
    let now = authenticator.now().await.map_err(|error| unavailable(&error))?;
    let caller = identify(&authenticator, &request, claim, now).await?;
    let scope = caller.scope(Permission::SessionWrite, &Ask::plain(now, source_ip)).ok_or_else(Problem::forbidden)?;
    match carry_out(&engine, &scope, grant).await? {
        Ok(signed_in) => {
            let token = engine.access_token(&signed_in, &caller.client_id);
            let token = token.map_err(|failure| error::problem(failure, ""))?;
            Ok(HttpResponse::Ok().json(objects::authentication(&signed_in, &token)))
        }
        // Written here and not as a problem: it holds a token, and problems may be logged.
        Err(Failure::MfaAwaited(awaited)) => Ok(HttpResponse::Forbidden().json(factors::awaited(&awaited))),
        Err(failure) => Err(error::problem(failure, "")),
    }
}

/// Who calls. The secret in the body comes first: SDKs repeat an API key in
/// the header.
async fn identify(
    authenticator: &Authenticator,
    request: &HttpRequest,
    claim: Claim,
    now: Timestamp,
) -> Result<Arc<Caller>, Problem> {
    let caller = match (claim.secret, authorization::of(request.headers())) {
        (Some(key), _) if key.expose().starts_with(API_KEY_PREFIX) => authenticator.authenticate(&key, now).await?,
        (Some(secret), _) => authenticator.authenticate_client(&claim.client_id, &secret, now).await?,
        (None, Authorization::Bearer(bearer)) => authenticator.authenticate(&bearer, now).await?,
        (None, Authorization::Missing | Authorization::Basic(..) | Authorization::Unusable) => {
            return Err(Problem::unauthorized());
        }
    };
    if caller.client_id == claim.client_id {
        return Ok(caller);
    }
    Err(Problem::new(Kind::OAuth(OAuthError {
        status: StatusCode::BAD_REQUEST,
        error: "invalid_client",
        description: "The client_id does not belong to these credentials.".into(),
    })))
}

async fn carry_out(engine: &Engine, scope: &Scope, grant: Grant) -> Result<Outcome<SignedIn>, Problem> {
    Ok(match grant {
        Grant::Password { email, password, client } => {
            let tenant = implied_tenant(engine, scope).await?;
            engine.sign_in(scope, Some(tenant), &email, &password, &client).await
        }
        Grant::RefreshToken(token) => engine.refresh_session(scope, &token).await,
        Grant::MfaTotp(answer) => engine.answer_challenge(scope, &answer).await,
    })
}
