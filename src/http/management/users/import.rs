//! `POST /api/v1/users/import`: users as NDJSON, a line each; the answer is
//! NDJSON too and comes while the lines do, so whoever sends many has to read
//! while they send.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest, HttpResponse, rt, web};
use futures_util::{Stream, StreamExt, stream};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use crate::domain::access::{Ask, Permission, may};
use crate::domain::ids::TenantId;
use crate::http::extract::{Query, Require};
use crate::http::management::failure::{id, problem};
use crate::http::problem::{Kind, Problem, Violations};
use crate::workflows::import::{BATCH, Candidate, ImportAuthority, Imported, LONGEST_LINE, LineRefusal};
use crate::workflows::{Engine, Noun};

/// The largest body, in bytes.
const LARGEST: usize = 1024 * 1024 * 1024;
/// How long the next piece of the body may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// The media type of either direction.
const NDJSON: &str = "application/x-ndjson";

/// How to import.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
pub struct ImportQuery {
    /// The tenant of lines that name none; the only one that the caller may
    /// reach, or the default one, when absent.
    #[serde(rename = "tenantId")]
    #[param(rename = "tenantId")]
    tenant_id: Option<String>,
}

/// One line of the body: a user. What is absent stays as it is, what is null
/// is emptied. A hash is taken over for users without a password only.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what a line holds")]
pub struct ImportLine {
    /// The address.
    email: String,
    /// The tenant.
    tenant_id: Option<String>,
    /// Whether the address is known to be theirs.
    email_verified: Option<bool>,
    /// Given name.
    first_name: Option<String>,
    /// Family name.
    last_name: Option<String>,
    /// Preferred language.
    locale: Option<String>,
    /// The application's own id for them; what they are known by, before the address.
    external_id: Option<String>,
    /// Up to 50 texts of up to 600 characters.
    attributes: Option<std::collections::BTreeMap<String, String>>,
    /// Whether they are shut out.
    disabled: Option<bool>,
    /// Whether they are a privileged target.
    protected: Option<bool>,
    /// A hash of their password that another system made.
    password_hash: Option<String>,
    /// `bcrypt`, `scrypt`, `firebase-scrypt`, `ssha`, `ssha256`, `pbkdf2` or `argon2`.
    password_hash_type: Option<String>,
    /// For `ssha` and `ssha256`: `prefix` or `suffix`.
    password_salt_position: Option<String>,
}

/// One line of the answer. The last one has `done` instead, and how many there
/// were of each; without it, the import was cut off.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportAnswer {
    /// The number of the line, from 1.
    line: u64,
    /// `CREATED`, `UPDATED`, `UNCHANGED` or `REFUSED`.
    result: &'static str,
    /// The user's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// What was wrong.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<std::collections::BTreeMap<String, String>>)]
    refusal: Option<LineRefusal>,
}

/// The caller, judged before anything of the body is read, and the body.
#[derive(Debug)]
pub struct ImportCall(Require<may::UserWrite>, Lines);

impl FromRequest for ImportCall {
    type Error = Problem;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let call = Require::<may::UserWrite>::extract(&request).await?;
            let of = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).map(str::trim);
            let media = of(header::CONTENT_TYPE).unwrap_or_default().split(';').next().unwrap_or_default().trim();
            let encoded = of(header::CONTENT_ENCODING).is_some_and(|name| !name.eq_ignore_ascii_case("identity"));
            if !media.eq_ignore_ascii_case(NDJSON) || encoded {
                return Err(Problem::new(Kind::UnsupportedMediaType).closing());
            }
            let declared = of(header::CONTENT_LENGTH).and_then(|text| text.parse::<usize>().ok());
            if declared.is_some_and(|length| length > LARGEST) {
                return Err(Kind::PayloadTooLarge.into());
            }
            Ok(Self(call, Lines::of(payload)))
        })
    }
}

/// Imports them.
pub async fn handle(
    ImportCall(call, lines): ImportCall,
    Query(query): Query<ImportQuery>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let about = query.tenant_id.clone().unwrap_or_default();
    let named: Option<TenantId> = query.tenant_id.map(|name| id(&name, Noun::Tenant)).transpose()?;
    let refuse = |failure| problem(failure, &about);
    let tenant = match named {
        None => {
            let implied = engine.implied_tenant(&call.scope).await.map_err(refuse)?;
            implied.ok_or_else(|| Violations::one("tenantId", "required"))?
        }
        Some(tenant) => engine.tenancy(&call.scope, Some(tenant)).await.map_err(refuse)?.tenant.id,
    };
    let ask = Ask::plain(call.now, call.source_ip);
    let protected = call.caller.scope(Permission::PasswordResetExecuteProtected, &ask);
    let authority = ImportAuthority { authority: call.authority(), protected, tenant };
    let run = Run { engine: engine.into_inner(), authority, lines, counts: [0; 4], over: false };
    Ok(HttpResponse::Ok().content_type(NDJSON).streaming(answers(run)))
}

/// An import under way.
struct Run {
    engine: Arc<Engine>,
    authority: ImportAuthority,
    lines: Lines,
    /// Created, updated, unchanged, refused.
    counts: [u64; 4],
    over: bool,
}

/// A piece of the answer for each batch. The next batch is read when the one
/// before was taken.
fn answers(run: Run) -> impl Stream<Item = Result<Bytes, Problem>> {
    stream::unfold(run, |mut run| async move {
        if run.over {
            return None;
        }
        let piece = run.batch().await;
        Some((Ok(Bytes::from(piece)), run))
    })
}

impl Run {
    async fn batch(&mut self) -> Vec<u8> {
        let mut read: Vec<(u64, Result<Candidate, LineRefusal>)> = Vec::with_capacity(BATCH);
        let mut cut = None;
        while read.len() < BATCH {
            match self.lines.next().await {
                Some(Ok(line)) => read.push((self.lines.number, line.and_then(|line| Candidate::from_json(&line)))),
                Some(Err(why)) => {
                    cut = Some(why);
                    break;
                }
                None => break,
            }
        }
        self.over = cut.is_some() || read.len() < BATCH;
        let good: Vec<Candidate> = read.iter().filter_map(|(_, line)| line.as_ref().ok().cloned()).collect();
        let mut out = Vec::new();
        match self.engine.import_users(&self.authority, &good).await {
            Ok(results) => {
                let mut results = results.into_iter();
                for (number, line) in read {
                    let result = match line {
                        Ok(_) => results.next().unwrap_or(Imported::Refused(LineRefusal::line("try_again_later"))),
                        Err(refusal) => Imported::Refused(refusal),
                    };
                    self.tell(&mut out, number, result);
                }
            }
            Err(failure) => {
                // Nothing of this batch was done; whoever sends it again loses nothing.
                tracing::error!(error = %failure, "an import was cut off");
                self.over = true;
                cut = Some("try_again_later");
            }
        }
        if self.over {
            let [created, updated, unchanged, refused] = self.counts;
            let mut end = json!({"done": cut.is_none(), "created": created, "updated": updated,
                "unchanged": unchanged, "refused": refused});
            if let (Some(code), Some(end)) = (cut, end.as_object_mut()) {
                end.insert("code".to_owned(), json!(code));
            }
            line(&mut out, &end);
        }
        out
    }

    fn tell(&mut self, out: &mut Vec<u8>, number: u64, result: Imported) {
        let (kind, result, id, refusal) = match result {
            Imported::Created(id) => (0, "CREATED", Some(id.to_string()), None),
            Imported::Updated(id) => (1, "UPDATED", Some(id.to_string()), None),
            Imported::Unchanged(id) => (2, "UNCHANGED", Some(id.to_string()), None),
            Imported::Refused(refusal) => (3, "REFUSED", None, Some(refusal)),
        };
        if let Some(count) = self.counts.get_mut(kind) {
            *count += 1;
        }
        line(out, &ImportAnswer { line: number, result, id, refusal });
    }
}

fn line(out: &mut Vec<u8>, value: &impl Serialize) {
    // Nothing of this can fail to be written as JSON.
    out.extend(serde_json::to_vec(value).unwrap_or_default());
    out.push(b'\n');
}

/// The lines of a body, one after the other, each bounded.
struct Lines {
    payload: Payload,
    /// What has come and is no whole line yet.
    rest: Vec<u8>,
    /// Whole lines that have come.
    ready: VecDeque<Result<Vec<u8>, LineRefusal>>,
    /// Whether the line that comes is too long to be kept.
    skipping: bool,
    read: usize,
    over: bool,
    /// The number of the line that was answered last.
    number: u64,
}

impl std::fmt::Debug for Lines {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lines").field("number", &self.number).finish_non_exhaustive()
    }
}

impl Lines {
    fn of(payload: Payload) -> Self {
        let (rest, ready) = (Vec::new(), VecDeque::new());
        Self { payload, rest, ready, skipping: false, read: 0, over: false, number: 0 }
    }

    /// The next line that is not blank. `Err` when the body broke off.
    async fn next(&mut self) -> Option<Result<Result<Vec<u8>, LineRefusal>, &'static str>> {
        loop {
            while let Some(line) = self.ready.pop_front() {
                self.number += 1;
                if !matches!(&line, Ok(line) if line.trim_ascii().is_empty()) {
                    return Some(Ok(line));
                }
            }
            if self.over {
                return None;
            }
            match rt::time::timeout(PATIENCE, self.payload.next()).await {
                Ok(Some(Ok(chunk))) => {
                    self.read += chunk.len();
                    if self.read > LARGEST {
                        self.over = true;
                        return Some(Err("payload_too_large"));
                    }
                    self.take(&chunk);
                }
                Ok(Some(Err(_))) => {
                    self.over = true;
                    return Some(Err("body_damaged"));
                }
                Ok(None) => self.end(),
                Err(_) => {
                    self.over = true;
                    return Some(Err("body_too_slow"));
                }
            }
        }
    }

    fn take(&mut self, chunk: &[u8]) {
        let mut pieces = chunk.split(|byte| *byte == b'\n');
        let last = pieces.next_back().unwrap_or_default();
        for piece in pieces {
            self.keep(piece);
            self.close();
        }
        self.keep(last);
    }

    fn keep(&mut self, piece: &[u8]) {
        if self.skipping || self.rest.len() + piece.len() > LONGEST_LINE {
            self.skipping = true;
            self.rest.clear();
        } else {
            self.rest.extend_from_slice(piece);
        }
    }

    fn close(&mut self) {
        let line = std::mem::take(&mut self.rest);
        let whole = if self.skipping { Err(LineRefusal::line("line_too_long")) } else { Ok(line) };
        self.skipping = false;
        self.ready.push_back(whole);
    }

    /// The last line needs no end.
    fn end(&mut self) {
        self.over = true;
        if self.skipping || !self.rest.is_empty() {
            self.close();
        }
    }
}
