//! The public keys of an issuer: a JSON Web Key Set (RFC 7517), reduced to the
//! keys that may verify a signature.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use thiserror::Error;

/// More keys than any provider publishes at once.
const MOST_KEYS: usize = 64;

/// The shortest and the longest RSA modulus, in bytes: weaker keys are no
/// proof, and longer ones cost too much to check.
const RSA_BYTES: std::ops::RangeInclusive<usize> = 256..=512;

const RSA: [Algorithm; 6] =
    [Algorithm::RS256, Algorithm::RS384, Algorithm::RS512, Algorithm::PS256, Algorithm::PS384, Algorithm::PS512];

/// Why a key set cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidKeySet {
    /// Not JSON of the form `{"keys": […]}`.
    #[error("not a JSON Web Key Set")]
    Malformed,
    /// Too many keys.
    #[error("more than {MOST_KEYS} keys")]
    TooMany,
    /// No key that could verify a signature.
    #[error("no public key for EdDSA, ECDSA or RSA signatures")]
    NoKey,
}

/// The keys of an issuer that can verify signatures.
pub struct KeySet {
    keys: Vec<ForeignKey>,
    holds_secrets: bool,
}

struct ForeignKey {
    kid: Option<String>,
    algorithms: Vec<Algorithm>,
    key: DecodingKey,
}

#[derive(Deserialize)]
struct RawSet {
    keys: Vec<Value>,
}

/// A key as it is published. What is not named here does not matter.
#[derive(Deserialize)]
struct RawKey {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
    d: Option<IgnoredAny>,
    k: Option<IgnoredAny>,
}

impl KeySet {
    /// Reads a key set. Keys of other kinds, for encryption, or with a secret
    /// half are left out: with a symmetric key everybody who verifies could
    /// sign as well.
    ///
    /// # Errors
    /// When nothing usable is left.
    pub fn parse(json: &[u8]) -> Result<Self, InvalidKeySet> {
        let raw: RawSet = serde_json::from_slice(json).map_err(|_| InvalidKeySet::Malformed)?;
        if raw.keys.len() > MOST_KEYS {
            return Err(InvalidKeySet::TooMany);
        }
        let raw: Vec<RawKey> = raw.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect();
        let is_secret = |key: &RawKey| key.d.is_some() || key.k.is_some();
        let holds_secrets = raw.iter().any(is_secret);
        let keys: Vec<ForeignKey> = raw.into_iter().filter(|key| !is_secret(key)).filter_map(usable).collect();
        if keys.is_empty() && !holds_secrets {
            return Err(InvalidKeySet::NoKey);
        }
        Ok(Self { keys, holds_secrets })
    }

    /// Whether somebody published a secret.
    #[must_use]
    pub const fn holds_secrets(&self) -> bool {
        self.holds_secrets
    }

    /// Whether there is the one key that a header names.
    #[must_use]
    pub fn knows(&self, kid: Option<&str>, algorithm: Algorithm) -> bool {
        self.choose(kid, algorithm).is_some()
    }

    /// Whether a signature is by the key that a header names.
    pub(super) fn holds(&self, kid: Option<&str>, algorithm: Algorithm, message: &str, signature: &str) -> bool {
        self.choose(kid, algorithm)
            .is_some_and(|key| matches!(crypto::verify(signature, message.as_bytes(), &key.key, algorithm), Ok(true)))
    }

    /// The only key that fits. A token without `kid` is accepted as long as
    /// there is nothing to choose.
    fn choose(&self, kid: Option<&str>, algorithm: Algorithm) -> Option<&ForeignKey> {
        let named = |key: &&ForeignKey| kid.is_none() || key.kid.as_deref() == kid;
        let mut fitting = self.keys.iter().filter(named).filter(|key| key.algorithms.contains(&algorithm));
        let key = fitting.next()?;
        fitting.next().is_none().then_some(key)
    }
}

impl std::fmt::Debug for KeySet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeySet({} keys)", self.keys.len())
    }
}

/// The algorithms that may be asked for by a token, all asymmetric.
pub(super) fn algorithm(name: &str) -> Option<Algorithm> {
    Some(match name {
        // RFC 9864 has a name of its own for the one curve that is meant.
        "EdDSA" | "Ed25519" => Algorithm::EdDSA,
        "ES256" => Algorithm::ES256,
        "ES384" => Algorithm::ES384,
        "RS256" => Algorithm::RS256,
        "RS384" => Algorithm::RS384,
        "RS512" => Algorithm::RS512,
        "PS256" => Algorithm::PS256,
        "PS384" => Algorithm::PS384,
        "PS512" => Algorithm::PS512,
        _ => return None,
    })
}

fn usable(raw: RawKey) -> Option<ForeignKey> {
    let signs = raw.usage.as_deref().is_none_or(|usage| usage == "sig");
    let verifies = raw.key_ops.as_ref().is_none_or(|ops| ops.iter().any(|op| op == "verify"));
    if !signs || !verifies {
        return None;
    }
    let (mut algorithms, key) = match (raw.kty.as_str(), raw.crv.as_deref()) {
        ("OKP", Some("Ed25519")) => {
            (vec![Algorithm::EdDSA], DecodingKey::from_ed_der(&bytes(raw.x.as_ref()?, 32..=32)?))
        }
        ("EC", Some("P-256")) => (vec![Algorithm::ES256], point(raw.x.as_ref()?, raw.y.as_ref()?, 32)?),
        ("EC", Some("P-384")) => (vec![Algorithm::ES384], point(raw.x.as_ref()?, raw.y.as_ref()?, 48)?),
        ("RSA", None) => (RSA.to_vec(), rsa(raw.n.as_ref()?, raw.e.as_ref()?)?),
        _ => return None,
    };
    if let Some(only) = &raw.alg {
        let only = algorithm(only)?;
        algorithms.retain(|known| *known == only);
    }
    (!algorithms.is_empty()).then_some(ForeignKey { kid: raw.kid, algorithms, key })
}

fn bytes(text: &str, lengths: std::ops::RangeInclusive<usize>) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| lengths.contains(&bytes.len()))
}

/// A point of a curve, uncompressed (SEC 1, section 2.3.3).
fn point(x: &str, y: &str, width: usize) -> Option<DecodingKey> {
    let (x, y) = (bytes(x, width..=width)?, bytes(y, width..=width)?);
    Some(DecodingKey::from_ec_der(&[&[4], x.as_slice(), y.as_slice()].concat()))
}

fn rsa(n: &str, e: &str) -> Option<DecodingKey> {
    let (n, e) = (bytes(n, 1..=RSA_BYTES.end() + 1)?, bytes(e, 1..=4)?);
    let modulus = n.strip_prefix(&[0]).unwrap_or(&n);
    let exponent = e.iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    let is_fine = RSA_BYTES.contains(&modulus.len()) && exponent >= 3 && exponent % 2 == 1;
    is_fine.then(|| DecodingKey::from_rsa_raw_components(modulus, &e))
}
