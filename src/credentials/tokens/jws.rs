//! The envelope of a token: JWS compact serialisation (RFC 7515), reduced to
//! what we write ourselves. A header we would not have written is refused
//! before anything is looked up.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, crypto};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{InvalidToken, SigningFailed};
use crate::credentials::signing_keys::{SigningKey, SigningKeys};
use crate::domain::secret::Secret;

/// The longest token that is looked at, in bytes.
pub(super) const MAX_LENGTH: usize = 4096;

/// What stands before the seed in a PKCS #8 private key of Ed25519
/// (RFC 8410, section 7).
const PKCS8_PREFIX: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// The only header members we write. Any other (`jwk`, `jku`, `x5u`, `x5c`,
/// `crit`, `zip`, `enc`, …) and any repetition is refused.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OurHeader {
    alg: String,
    typ: String,
    kid: String,
}

/// Signs claims with the current key.
pub(super) fn seal(keys: &SigningKeys, typ: &str, claims: &impl Serialize) -> Result<Secret, SigningFailed> {
    let key = keys.current();
    let header = Header { typ: Some(typ.to_owned()), kid: Some(key.kid().to_owned()), ..Header::new(Algorithm::EdDSA) };
    jsonwebtoken::encode(&header, claims, &encoding_key(key)).map(Secret::new).map_err(|_| SigningFailed)
}

/// Checks the envelope of a token and reads its claims, which the caller has
/// still to judge.
pub(super) fn open<C: DeserializeOwned>(keys: &SigningKeys, typ: &str, token: &str) -> Result<C, InvalidToken> {
    if token.len() > MAX_LENGTH {
        return Err(InvalidToken);
    }
    let (message, signature) = token.rsplit_once('.').ok_or(InvalidToken)?;
    let (header, claims) = message.split_once('.').ok_or(InvalidToken)?;
    let header: OurHeader = object(header)?;
    if header.alg != "EdDSA" || header.typ != typ {
        return Err(InvalidToken);
    }
    let key = keys.find(&header.kid).ok_or(InvalidToken)?;
    let key = DecodingKey::from_ed_der(key.public());
    match crypto::verify(signature, message.as_bytes(), &key, Algorithm::EdDSA) {
        Ok(true) => object(claims),
        Ok(false) | Err(_) => Err(InvalidToken),
    }
}

/// Reads one part: base64url without padding, holding one JSON object.
fn object<T: DeserializeOwned>(part: &str) -> Result<T, InvalidToken> {
    let json = URL_SAFE_NO_PAD.decode(part).map_err(|_| InvalidToken)?;
    // An array of the members' values would otherwise pass for the object.
    if json.first() != Some(&b'{') {
        return Err(InvalidToken);
    }
    serde_json::from_slice(&json).map_err(|_| InvalidToken)
}

fn encoding_key(key: &SigningKey) -> EncodingKey {
    let mut der = Zeroizing::new([0_u8; 48]);
    let bytes = PKCS8_PREFIX.iter().chain(key.seed().expose());
    der.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    EncodingKey::from_ed_der(der.as_ref())
}
