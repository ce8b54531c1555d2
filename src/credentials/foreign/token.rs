//! One token of an issuer: JWS compact serialisation of JSON claims.

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::KeySet;
use super::key_set::algorithm;
use crate::credentials::tokens::InvalidToken;
use crate::domain::clock::Timestamp;

/// The longest token that is looked at, in bytes.
const MAX_LENGTH: usize = 8 * 1024;

/// The longest `kid`, in bytes.
const LONGEST_KID: usize = 256;

/// How many audiences a token may name.
const MOST_AUDIENCES: usize = 16;

/// How far the issuer's clock may be from ours.
const LEEWAY: i64 = 60;

/// Header members that would bring their own keys, or a meaning that we do
/// not know.
const NEVER: [&str; 8] = ["jwk", "jku", "x5u", "x5c", "crit", "b64", "zip", "enc"];

/// A token that has been read and not yet believed.
#[derive(Debug)]
pub struct ForeignToken<'a> {
    message: &'a str,
    signature: &'a str,
    algorithm: Algorithm,
    kid: Option<String>,
    issuer: String,
    audiences: Vec<String>,
    claims: Map<String, Value>,
}

/// What was registered, for a token to be held against.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// Exactly `iss`.
    pub issuer: &'a str,
    /// One of `aud`.
    pub audience: &'a str,
    /// The longest time since `iat`, if it is limited.
    pub max_age: Option<Duration>,
}

impl<'a> ForeignToken<'a> {
    /// Takes a token apart.
    ///
    /// # Errors
    /// When it is none, or one that could never be accepted.
    pub fn read(text: &'a str) -> Result<Self, InvalidToken> {
        if text.len() > MAX_LENGTH {
            return Err(InvalidToken);
        }
        let (message, signature) = text.rsplit_once('.').ok_or(InvalidToken)?;
        let (header, claims) = message.split_once('.').ok_or(InvalidToken)?;
        let header = object(header)?;
        if NEVER.iter().any(|name| header.contains_key(*name)) || !is_fitting_type(&header)? {
            return Err(InvalidToken);
        }
        let algorithm = text_of(&header, "alg")?.and_then(algorithm).ok_or(InvalidToken)?;
        let kid = text_of(&header, "kid")?.map(str::to_owned);
        if kid.as_ref().is_some_and(|kid| kid.is_empty() || kid.len() > LONGEST_KID) {
            return Err(InvalidToken);
        }
        let claims = object(claims)?;
        let issuer = text_of(&claims, "iss")?.ok_or(InvalidToken)?.to_owned();
        let audiences = audiences(&claims)?;
        Ok(Self { message, signature, algorithm, kid, issuer, audiences, claims })
    }

    /// Whose it claims to be.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Whether it claims to be for an audience.
    #[must_use]
    pub fn is_for(&self, audience: &str) -> bool {
        self.audiences.iter().any(|named| named == audience)
    }

    /// Whether the key it names is in a set.
    #[must_use]
    pub fn is_key_in(&self, keys: &KeySet) -> bool {
        keys.knows(self.kid.as_deref(), self.algorithm)
    }

    /// Holds it against keys and against what was registered, and answers its
    /// claims.
    ///
    /// # Errors
    /// When anything at all does not fit.
    pub fn verify(
        &self,
        keys: &KeySet,
        expected: &Expected<'_>,
        now: Timestamp,
    ) -> Result<Map<String, Value>, InvalidToken> {
        let holds = keys.holds(self.kid.as_deref(), self.algorithm, self.message, self.signature)
            && self.issuer == expected.issuer
            && self.is_for(expected.audience)
            && is_in_time(&self.claims, expected.max_age, now.as_seconds())?;
        if holds { Ok(self.claims.clone()) } else { Err(InvalidToken) }
    }
}

fn is_in_time(claims: &Map<String, Value>, max_age: Option<Duration>, now: i64) -> Result<bool, InvalidToken> {
    let expires = seconds(claims, "exp")?.ok_or(InvalidToken)?;
    let begins = seconds(claims, "nbf")?;
    let made = seconds(claims, "iat")?;
    let latest = now.saturating_add(LEEWAY);
    let is_young = match (max_age, made) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(most), Some(made)) => {
            let most = i64::try_from(most.as_secs()).unwrap_or(i64::MAX);
            now.saturating_sub(made) <= most.saturating_add(LEEWAY)
        }
    };
    let has_begun = [begins, made].into_iter().flatten().all(|time| time <= latest);
    Ok(expires.saturating_add(LEEWAY) > now && has_begun && is_young)
}

/// A time that may be missing. One that is there and is no whole number of
/// seconds refuses the token, instead of passing for missing.
fn seconds(claims: &Map<String, Value>, name: &str) -> Result<Option<i64>, InvalidToken> {
    claims.get(name).map(|value| value.as_i64().ok_or(InvalidToken)).transpose()
}

/// A text that may be missing.
fn text_of<'a>(map: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, InvalidToken> {
    map.get(name).map(|value| value.as_str().ok_or(InvalidToken)).transpose()
}

/// One text, or several (RFC 7519, section 4.1.3).
fn audiences(claims: &Map<String, Value>) -> Result<Vec<String>, InvalidToken> {
    let one = |value: &Value| value.as_str().map(str::to_owned).ok_or(InvalidToken);
    match claims.get("aud") {
        Some(Value::Array(list)) if list.len() <= MOST_AUDIENCES => list.iter().map(one).collect(),
        Some(value) => Ok(vec![one(value)?]),
        None => Err(InvalidToken),
    }
}

/// Whether the header calls it an access token, or a token of no particular
/// kind. A logout token or a proof of possession is signed by the same keys.
fn is_fitting_type(header: &Map<String, Value>) -> Result<bool, InvalidToken> {
    let Some(typ) = text_of(header, "typ")? else { return Ok(true) };
    let typ = typ.to_ascii_lowercase();
    Ok(matches!(typ.trim_start_matches("application/"), "jwt" | "at+jwt"))
}

/// Reads one part: base64url without padding, holding one JSON object.
fn object(part: &str) -> Result<Map<String, Value>, InvalidToken> {
    let json = URL_SAFE_NO_PAD.decode(part).map_err(|_| InvalidToken)?;
    serde_json::from_slice::<Members>(&json).map(|members| members.0).map_err(|_| InvalidToken)
}

/// The members of an object, none of them twice: two readers would disagree
/// on which one counts.
struct Members(Map<String, Value>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Members, A::Error> {
        let mut members = Map::new();
        while let Some((name, value)) = access.next_entry::<String, Value>()? {
            if members.insert(name, value).is_some() {
                return Err(A::Error::custom("a member twice"));
            }
        }
        Ok(Members(members))
    }
}
