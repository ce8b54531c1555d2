//! `/reset-password`: takes the token out of the address, asks for the new
//! password, and sets it. Opening the page changes nothing, however often and
//! by whomever it is done; only the form completes the reset. That somebody
//! has the form before them is noted, once, when the page's script says that a
//! key or a pointer moved, or when the form is sent: a mail scanner that opens
//! the page is not mistaken for a reader.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use serde::Deserialize;
use serde_json::json;

use crate::domain::email_address::mask;
use crate::domain::ids::PasswordResetId;
use crate::domain::locale::Because;
use crate::domain::reset::{Mode, Proof, Refusal};
use crate::domain::secret::Secret;
use crate::http::extract::{Form, Query};
use crate::http::problem::Problem;
use crate::locales::helpers::Said;
use crate::workflows::Failure;
use crate::workflows::resets::complete::Complete;

use super::code::place_of;
use super::failure::{problem, seconds};
use super::flow::Flow;
use super::place::Place;
use super::visit::{Visit, go};
use super::{dead, done, words};

/// Where this page is.
const HERE: &str = "/reset-password";

/// What a link carries.
#[derive(Deserialize)]
pub(super) struct Carried {
    token: Option<Secret>,
}

/// The form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Chosen {
    form_token: Secret,
    new_password: Secret,
    repeat_password: Secret,
    /// Only on the forms of users who have an authenticator.
    totp_code: Option<Secret>,
}

/// What the page's script sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Read {
    form_token: Secret,
}

/// What a right proof opens.
#[derive(Clone)]
struct Opened {
    /// Which one; `None` when its user was deleted meanwhile.
    reset: Option<PasswordResetId>,
    place: Place,
    account: String,
    proof: Proof,
    redirect: Option<String>,
    used: bool,
    second_factor: bool,
}

impl Opened {
    /// Notes for the overview that its form is before somebody.
    async fn note(&self, visit: &Visit) {
        if let Some(reset) = self.reset.filter(|_| !self.used) {
            visit.engine.note_form_opened(reset).await;
        }
    }
}

/// What the form says beside its fields.
#[derive(Default)]
struct Notes {
    notice: Option<Said>,
    new_password: Vec<Said>,
    repeat_password: Vec<Said>,
    totp_code: Vec<Said>,
}

/// `GET /reset-password`.
pub(super) async fn show(visit: Visit, Query(carried): Query<Carried>) -> Result<HttpResponse, Problem> {
    if let Some(token) = carried.token {
        return visit.go_with(&Flow::of_link(token), HERE);
    }
    match open(&visit).await? {
        Ok(opened) if opened.used => dead::refused(&visit, Refusal::Used, &opened.place),
        Ok(opened) => form(&visit, &opened, StatusCode::OK, &Notes::default()),
        Err(instead) => instead.answer(&visit, false).await,
    }
}

/// `POST /reset-password/opened`: somebody has the form before them. The
/// answer is the same whatever became of the reset meanwhile.
pub(super) async fn note(visit: Visit, Form(read): Form<Read>) -> Result<HttpResponse, Problem> {
    if visit.is_ours(&read.form_token)
        && let Ok(opened) = open(&visit).await?
    {
        opened.note(&visit).await;
    }
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /reset-password`.
pub(super) async fn submit(visit: Visit, Form(chosen): Form<Chosen>) -> Result<HttpResponse, Problem> {
    if !visit.is_ours(&chosen.form_token) {
        return visit.stale(HERE);
    }
    let opened = match open(&visit).await? {
        Ok(opened) => opened,
        Err(instead) => return instead.answer(&visit, true).await,
    };
    opened.note(&visit).await;
    match slips(&chosen) {
        Some(_) if opened.used => return dead::refused(&visit, Refusal::Used, &opened.place),
        Some(notes) => return form(&visit, &opened, StatusCode::UNPROCESSABLE_ENTITY, &notes),
        None => {}
    }
    if !matches!(opened.proof, Proof::EmailOtp { .. }) {
        visit.engine.admit_link_form(&visit.client().await).await.map_err(problem)?;
    }
    let ask = Complete {
        proof: opened.proof.clone(),
        new_password: chosen.new_password,
        totp_code: chosen.totp_code.filter(|code| !code.expose().is_empty()),
        suppress_notice: false,
        client: visit.client().await,
    };
    match visit.engine.complete_reset(&opened.place.scope(), &ask).await {
        Ok(completed) => {
            let target = completed.redirect_url.as_deref().and_then(done::target);
            let target = target.map_or_else(|| opened.place.address("/reset-password/done"), String::from);
            visit.go_free(&target)
        }
        Err(failure) => failed(&visit, &opened, failure).await,
    }
}

/// The answer to a completion that did not take place.
async fn failed(visit: &Visit, opened: &Opened, failure: Failure) -> Result<HttpResponse, Problem> {
    match failure {
        Failure::Password(violations) => {
            let new_password = violations.iter().map(words::violation).collect();
            let notes = Notes { new_password, ..Notes::default() };
            form(visit, opened, StatusCode::UNPROCESSABLE_ENTITY, &notes)
        }
        Failure::MfaRequired => wrong_code(visit, opened, "totp-missing"),
        Failure::InvalidTotpCode => wrong_code(visit, opened, "totp-wrong"),
        Failure::UsedTotpCode => wrong_code(visit, opened, "totp-used"),
        Failure::Busy { retry_after } => {
            let notes = Notes { notice: Some(Said::new("busy")), ..Notes::default() };
            let mut answer = form(visit, opened, StatusCode::SERVICE_UNAVAILABLE, &notes)?;
            answer.headers_mut().insert(header::RETRY_AFTER, seconds(retry_after).into());
            Ok(answer)
        }
        Failure::PasswordAuthDisabled => dead::no_passwords(visit, &opened.place),
        Failure::ExpiredProof(Mode::EmailOtp) => dead::expired_code(visit, &opened.place),
        Failure::InvalidProof(Mode::EmailOtp) => dead::dead_code(visit, &opened.place),
        Failure::ExpiredProof(_) => dead::refused(visit, Refusal::Expired, &opened.place),
        // Right when the form was opened, not any more: look again for the reason.
        Failure::InvalidProof(_) => match open(visit).await? {
            Ok(opened) => dead::refused(visit, Refusal::Used, &opened.place),
            Err(instead) => instead.answer(visit, false).await,
        },
        failure => Err(problem(failure)),
    }
}

/// The form again, because of the second factor.
fn wrong_code(visit: &Visit, opened: &Opened, told: &'static str) -> Result<HttpResponse, Problem> {
    let asked = Opened { second_factor: true, ..opened.clone() };
    let notes = Notes { totp_code: vec![Said::new(told)], ..Notes::default() };
    form(visit, &asked, StatusCode::UNPROCESSABLE_ENTITY, &notes)
}

/// What a visitor sees who has no right proof.
enum Instead {
    NoFlow,
    CodeFirst,
    Unknown,
    Refused(Refusal, Place),
}

impl Instead {
    /// `counted` when a form was sent: then an unknown token counts against
    /// the client.
    async fn answer(self, visit: &Visit, counted: bool) -> Result<HttpResponse, Problem> {
        match self {
            Self::NoFlow => dead::no_flow(visit).await,
            Self::CodeFirst => Ok(go("/reset-password/code")),
            Self::Refused(refusal, place) => dead::refused(visit, refusal, &place),
            Self::Unknown => {
                if counted {
                    visit.engine.refuse_unknown_link(&visit.client().await).await.map_err(problem)?;
                }
                dead::not_recognised(visit).await
            }
        }
    }
}

/// Looks at the flow's proof, without using or counting anything. A used one
/// opens too: the answer to its completion may have been lost.
async fn open(visit: &Visit) -> Result<Result<Opened, Instead>, Problem> {
    let token = match visit.flow() {
        None => return Ok(Err(Instead::NoFlow)),
        Some(Flow::Damaged) => return Ok(Err(Instead::Unknown)),
        Some(Flow::Link(token)) => token,
        Some(Flow::Code(flow)) => {
            let Some(proven) = flow.proven.clone() else { return Ok(Err(Instead::CodeFirst)) };
            let place = place_of(visit, &flow).await?;
            let redirect = place.tenancy.workflow.custom_redirect_url.clone();
            let reset = visit.engine.reset_of_request(&place.scope(), &flow.request_code).await.map_err(problem)?;
            let second_factor = match &reset {
                Some(reset) => visit.engine.has_second_factor(reset.user).await.map_err(problem)?,
                None => false,
            };
            let (reset, account) = (reset.map(|reset| reset.id), proven.account);
            let proof = Proof::EmailOtp { request_code: flow.request_code, verification_code: proven.code };
            return Ok(Ok(Opened { reset, place, account, proof, redirect, used: false, second_factor }));
        }
    };
    let Some(known) = visit.engine.look_at_link(&token).await.map_err(problem)? else {
        return Ok(Err(Instead::Unknown));
    };
    let place = Place { tenancy: known.tenancy };
    let used = match known.verdict {
        Ok(()) => false,
        Err(Refusal::Used) => true,
        Err(refusal) => return Ok(Err(Instead::Refused(refusal, place))),
    };
    let proof = match known.reset.mode {
        Mode::EmailLink => Proof::EmailLink(token),
        Mode::ResetLink => Proof::ResetLink(token),
        // A code's reset has no link token, so no token can have found it.
        Mode::EmailOtp => return Ok(Err(Instead::Unknown)),
    };
    let second_factor = visit.engine.has_second_factor(known.reset.user).await.map_err(problem)?;
    visit.hear(Because::Request, known.reset.locale.as_deref());
    let spoken = visit.engine.locale_of_user(&place.scope(), known.reset.user).await.map_err(problem)?;
    visit.hear(Because::User, spoken.as_deref());
    let (account, redirect) = (mask(&known.reset.email), known.redirect_url);
    Ok(Ok(Opened { reset: Some(known.reset.id), place, account, proof, redirect, used, second_factor }))
}

/// What can be said of the form before anything is asked.
fn slips(chosen: &Chosen) -> Option<Notes> {
    let mut notes = Notes::default();
    if chosen.new_password.expose().is_empty() {
        notes.new_password.push(Said::new("violation-empty"));
    } else if !chosen.new_password.matches(&chosen.repeat_password) {
        notes.repeat_password.push(Said::new("passwords-differ"));
    }
    (!notes.new_password.is_empty() || !notes.repeat_password.is_empty()).then_some(notes)
}

fn form(visit: &Visit, opened: &Opened, status: StatusCode, notes: &Notes) -> Result<HttpResponse, Problem> {
    let rules = opened.place.tenancy.passwords.to_wire();
    let told = |field: &'static str, texts: &[Said]| {
        texts.iter().map(move |text| json!({ "field": field, "text": text })).collect::<Vec<_>>()
    };
    let errors = [
        told("new-password", &notes.new_password),
        told("repeat-password", &notes.repeat_password),
        told("totp-code", &notes.totp_code),
    ]
    .concat();
    let view = json!({
        "title": Said::new("password-title"),
        "account": opened.account,
        "rules": words::rules(&rules),
        "minimum_length": rules.minimum_length,
        "notice": notes.notice,
        "new_password": notes.new_password,
        "repeat_password": notes.repeat_password,
        "second_factor": opened.second_factor,
        "totp_code": notes.totp_code,
        "errors": errors,
    });
    let mut answer = visit.form(status, "password", &opened.place, view)?;
    if let Some(target) = opened.redirect.as_deref().and_then(done::target) {
        let policy = header::HeaderValue::from_str(&done::policy_towards(&target)).map_err(Problem::internal)?;
        answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    Ok(answer)
}
