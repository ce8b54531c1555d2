//! The key file as JSON. The only place where keys are written as text.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Dates, DerivationKey, KeysFile, TokenKey};
use crate::domain::secret::{Secret, SecretBytes};

const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u32,
    /// Only in files that a start made by itself.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    generated: bool,
    pseudonym_key: Encoded,
    derivation_keys: Vec<DerivationEntry>,
    signing_keys: Vec<SigningEntry>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pepper: Option<Encoded>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DerivationEntry {
    id: String,
    secret: Encoded,
    created_at: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revoked_at: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SigningEntry {
    kid: String,
    alg: String,
    /// The Ed25519 seed.
    private_key: Encoded,
    /// Base64 of the public key, so that people need not derive it.
    public_key: String,
    created_at: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retired_at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revoked_at: Option<String>,
}

/// Base64 of 32 secret bytes.
#[derive(Deserialize)]
#[serde(transparent)]
struct Encoded(Secret);

impl Serialize for Encoded {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.expose())
    }
}

impl Encoded {
    fn new(bytes: &SecretBytes) -> Self {
        Self(Secret::new(BASE64_STANDARD.encode(bytes.expose())))
    }

    /// The bytes, unless they are no key: another length, or all the same.
    fn decode(&self, name: &str) -> Result<SecretBytes, String> {
        let bytes =
            Zeroizing::new(BASE64_STANDARD.decode(self.0.expose()).map_err(|_| format!("{name} is not base64"))?);
        let key: [u8; 32] = bytes.as_slice().try_into().map_err(|_| format!("{name} is not 32 bytes long"))?;
        if key.windows(2).all(|pair| pair.first() == pair.last()) {
            return Err(format!("{name} is not random"));
        }
        Ok(SecretBytes::new(key))
    }
}

/// The file's text.
pub fn write(keys: &KeysFile) -> Result<Zeroizing<String>, serde_json::Error> {
    let document = Document {
        version: VERSION,
        generated: keys.generated,
        pseudonym_key: Encoded::new(&keys.pseudonym),
        derivation_keys: keys.derivation.iter().map(write_derivation).collect(),
        signing_keys: keys.signing.iter().map(write_signing).collect(),
        pepper: keys.pepper.as_ref().map(Encoded::new),
    };
    let mut text = Zeroizing::new(serde_json::to_string_pretty(&document)?);
    text.push('\n');
    Ok(text)
}

fn write_derivation(key: &DerivationKey) -> DerivationEntry {
    DerivationEntry {
        id: key.id.clone(),
        secret: Encoded::new(&key.secret),
        created_at: key.dates.created_at.clone(),
        revoked_at: key.dates.revoked_at.clone(),
    }
}

fn public_key(seed: &SecretBytes) -> String {
    BASE64_STANDARD.encode(SigningKey::from_bytes(seed.expose()).verifying_key().as_bytes())
}

fn write_signing(key: &TokenKey) -> SigningEntry {
    SigningEntry {
        kid: key.kid.clone(),
        alg: "EdDSA".into(),
        private_key: Encoded::new(&key.seed),
        public_key: public_key(&key.seed),
        created_at: key.dates.created_at.clone(),
        retired_at: key.retired_at.clone(),
        revoked_at: key.dates.revoked_at.clone(),
    }
}

/// Reads what [`write`] wrote; otherwise says what is wrong, without quoting.
pub fn read(text: &str) -> Result<KeysFile, String> {
    let document: Document = serde_json::from_str(text)
        .map_err(|error| format!("it cannot be read at line {}, column {}", error.line(), error.column()))?;
    if document.version != VERSION {
        return Err(format!("its version is {}, this program knows {VERSION}", document.version));
    }
    let derivation = document.derivation_keys.into_iter().map(read_derivation).collect::<Result<Vec<_>, _>>()?;
    let signing = document.signing_keys.into_iter().map(read_signing).collect::<Result<Vec<_>, _>>()?;
    if derivation.last().is_none_or(|key| key.dates.revoked_at.is_some()) {
        return Err("its newest derivation key is missing or revoked".into());
    }
    if signing.last().is_none_or(|key| key.dates.revoked_at.is_some()) {
        return Err("its newest signing key is missing or revoked".into());
    }
    let mut names: Vec<&str> = derivation.iter().map(|key| key.id.as_str()).collect();
    names.extend(signing.iter().map(|key| key.kid.as_str()));
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    if names.len() != count {
        return Err("two of its keys have the same name".into());
    }
    let pseudonym = document.pseudonym_key.decode("pseudonym_key")?;
    let pepper = document.pepper.map(|pepper| pepper.decode("pepper")).transpose()?;
    Ok(KeysFile { generated: document.generated, pseudonym, derivation, signing, pepper })
}

fn read_derivation(entry: DerivationEntry) -> Result<DerivationKey, String> {
    let secret = entry.secret.decode(&entry.id)?;
    let dates = Dates { created_at: entry.created_at, revoked_at: entry.revoked_at };
    Ok(DerivationKey { id: entry.id, secret, dates })
}

fn read_signing(entry: SigningEntry) -> Result<TokenKey, String> {
    let seed = entry.private_key.decode(&entry.kid)?;
    if entry.alg != "EdDSA" {
        return Err(format!("{} is for {}, this program knows EdDSA", entry.kid, entry.alg));
    }
    if entry.public_key != public_key(&seed) {
        return Err(format!("the public key of {} does not belong to its private key", entry.kid));
    }
    let dates = Dates { created_at: entry.created_at, revoked_at: entry.revoked_at };
    Ok(TokenKey { kid: entry.kid, seed, retired_at: entry.retired_at, dates })
}
