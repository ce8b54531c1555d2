//! Somebody who knows an address asks. Nobody is looked up here: a row is
//! written, the same for every address, and a job does the rest.

use serde::{Deserialize, Serialize};

use crate::domain::access::Scope;
use crate::domain::client::{RequestedFrom, client_key};
use crate::domain::clock::Timestamp;
use crate::domain::email_address::EmailAddress;
use crate::domain::ids::{ApplicationId, JobId, ResetRequestId, TenantId};
use crate::domain::keys::Purpose;
use crate::domain::reset::{ResetRequest, Strategy, proof};
use crate::domain::secret::Secret;
use crate::store::idempotency::{CallKey, Outcome as Kept};
use crate::store::jobs::Job;
use crate::store::requests;
use crate::store::writer::{Arrival, Landed};
use crate::telemetry::metrics::{self, ResetStep};
use crate::workflows::tenancy::Tenancy;
use crate::workflows::{Engine, Failure, Noun, Outcome};

use super::Client;
use super::idempotency::Idempotent;

/// The kind of the job that answers a request.
pub const ISSUE_JOB: &str = "issue_requested_reset";

/// What is asked.
#[derive(Debug)]
pub struct AskByAddress {
    /// The tenant; the application's default one when absent.
    pub tenant: Option<TenantId>,
    /// The address.
    pub email: EmailAddress,
    /// The language of the mail.
    pub locale: Option<String>,
    /// Where to go after success; must be a registered one.
    pub redirect_url: Option<String>,
    /// The caller's own text, handed back with the result.
    pub state: Option<String>,
    /// The client behind the call.
    pub client: Client,
    /// The idempotency key that came with the call.
    pub idempotent: Option<Idempotent>,
}

/// The answer, which depends on the request alone.
#[derive(Debug)]
pub struct Accepted {
    /// What will be mailed, if there is an account.
    pub strategy: Strategy,
    /// The handle of an OTP request.
    pub otp: Option<OtpHandle>,
}

/// What the holder of an OTP request works with.
#[derive(Debug)]
pub struct OtpHandle {
    /// The `requestCode`.
    pub request_code: Secret,
    /// From when on it is refused.
    pub expires_at: Option<Timestamp>,
    /// From when on a resend may be asked for.
    pub resend_at: Timestamp,
}

/// What the job needs; gone with the job's row.
#[derive(Debug, Serialize, Deserialize)]
pub struct IssueJob {
    /// The request to answer.
    pub request: ResetRequestId,
    /// Its application.
    pub application: ApplicationId,
    /// The address in canonical form.
    pub canonical: String,
    /// The address as it was typed, for a notice that there is no account.
    pub typed: String,
    /// Where it came from.
    pub from: RequestedFrom,
}

impl Engine {
    /// Accepts a request by address.
    ///
    /// # Errors
    /// `NotFound(Tenant)`, `InvalidRedirectUrl`, `PasswordAuthDisabled`,
    /// `Throttled` (by client, never by account), `KeyReused`.
    pub async fn request_reset(&self, scope: &Scope, ask: AskByAddress) -> Outcome<Accepted> {
        let tenancy = self.tenancy(scope, ask.tenant).await?;
        if ask.redirect_url.as_ref().is_some_and(|url| !tenancy.workflow.allows_redirect(url)) {
            return Err(Failure::InvalidRedirectUrl);
        }
        if !tenancy.workflow.password_auth_enabled {
            return Err(Failure::PasswordAuthDisabled);
        }
        metrics::reset(ResetStep::Requested, tenancy.workflow.strategy.mode());
        let now = self.now().await?;
        let arrival = self.arrival(&tenancy, ask, now)?;
        let (request, kept) = (arrival.request.clone(), arrival.idempotency.clone());
        match (self.requests.commit(arrival).await?, kept) {
            (Landed::Throttled { retry_after }, _) => Err(Failure::Throttled { retry_after }),
            (Landed::Repeated, Some((call, outcome))) => self.repeat_request(scope, &call, &outcome, now).await,
            (Landed::Committed | Landed::Repeated, _) => self.accepted(&request),
        }
    }

    fn arrival(&self, tenancy: &Tenancy, ask: AskByAddress, now: Timestamp) -> Outcome<Arrival> {
        let strategy = tenancy.workflow.strategy;
        let application = tenancy.application.id;
        let request = ResetRequest {
            id: ResetRequestId::generate(now, &*self.entropy),
            application,
            tenant: tenancy.tenant.id,
            address_key: self.mailbox(tenancy.tenant.id, ask.email.canonical()),
            strategy,
            key_id: self.keys.current().id().to_owned(),
            nonce: self.entropy.nonce(),
            attempts: 0,
            resends: 0,
            resend_at: now + self.limits.resend_wait(&tenancy.workflow, 0),
            expires_at: Some(now + tenancy.workflow.lifetime(strategy.mode())),
            reset: None,
            locale: ask.locale,
            redirect_url: ask.redirect_url,
            state: ask.state,
            created_at: now,
        };
        let job = IssueJob {
            request: request.id,
            application,
            canonical: ask.email.canonical().to_owned(),
            typed: ask.email.original().to_owned(),
            from: ask.client.requested_from(),
        };
        let code = self.accepted(&request)?.otp.map(|otp| otp.request_code.digest());
        let throttle = ask.client.ip.filter(|_| self.limits.enabled).map(|ip| {
            let client = self.keys.pseudonym(Purpose::AddressPseudonym, &[client_key(ip).as_bytes()]);
            (format!("ask:{application}:{client}"), self.limits.requests_per_client)
        });
        let idempotency = ask.idempotent.map(|key| (key.call, Kept { body: key.body, made: request.id.to_string() }));
        Ok(Arrival { request, code, job: self.job(ISSUE_JOB, &job, now), throttle, idempotency, now })
    }

    /// The answer to the holder of a request row.
    fn accepted(&self, request: &ResetRequest) -> Outcome<Accepted> {
        let otp = match request.strategy {
            Strategy::Link => None,
            Strategy::Otp => Some(OtpHandle {
                request_code: self.request_code(request)?,
                expires_at: request.expires_at,
                resend_at: request.resend_at,
            }),
        };
        Ok(Accepted { strategy: request.strategy, otp })
    }

    /// Derives the `requestCode` of a request row.
    ///
    /// # Errors
    /// `NotFound(PasswordReset)` when the key that made it was revoked.
    pub fn request_code(&self, request: &ResetRequest) -> Outcome<Secret> {
        let key = self.keys.find(&request.key_id).ok_or(Failure::NotFound(Noun::PasswordReset))?;
        Ok(proof::request_code(key, request.application, request.id, &request.nonce))
    }

    async fn repeat_request(&self, scope: &Scope, call: &CallKey, asked: &Kept, now: Timestamp) -> Outcome<Accepted> {
        let made: ResetRequestId = self.made_before(call, &asked.body, now).await?;
        let request = requests::find(self.database.read(), scope, made).await?;
        self.accepted(&request.ok_or(Failure::KeyReused)?)
    }

    /// A job that is due at once.
    pub fn job(&self, kind: &str, payload: &impl Serialize, now: Timestamp) -> Job {
        Job {
            id: JobId::generate(now, &*self.entropy),
            kind: kind.to_owned(),
            // These payloads are plain structs of strings: they always serialise.
            payload: serde_json::to_string(payload).unwrap_or_default(),
            run_at: now,
            attempts: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::store::jobs;
    use crate::store::writer::RequestWriter;
    use crate::workflows::fixture::Fixture;

    /// Begins a transaction in the line, and says how many requests are there then.
    async fn requests_seen_from_the_line(fixture: &Fixture) -> usize {
        let transaction = fixture.database.begin().await.unwrap();
        let (lease, later) = (Duration::from_secs(1), fixture.now() + Duration::from_secs(60));
        let work = jobs::lease(&transaction, "observer", 10, lease, later).await.unwrap();
        transaction.rollback().await.unwrap();
        work.len()
    }

    #[tokio::test]
    async fn a_request_by_address_waits_for_none_of_the_transactions_in_line() {
        let fixture = Fixture::new().await;
        let mut engine = fixture.engine();
        let (requests, commits) = RequestWriter::new(fixture.database.clone());
        engine.requests = requests;
        let under_way = fixture.database.begin().await.unwrap();
        let ask = AskByAddress {
            tenant: None,
            email: EmailAddress::parse("ada@example.com").unwrap(),
            locale: None,
            redirect_url: None,
            state: None,
            client: Client::default(),
            idempotent: None,
        };
        let release = async {
            while engine.requests.unanswered() == 0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            // The writer takes it up.
            tokio::time::sleep(Duration::from_millis(20)).await;
            under_way.commit().await.unwrap();
        };
        let line = || requests_seen_from_the_line(&fixture);
        let all = async { tokio::join!(line(), line(), line(), engine.request_reset(&fixture.scope, ask), release) };
        let (first, second, third, accepted, ()) = tokio::select! {
            all = all => all,
            () = commits => panic!("the writer ended"),
        };
        accepted.unwrap();
        assert_eq!([first, second, third], [1; 3]);
    }
}
