//! The keys that sign access tokens: Ed25519 (RFC 8032, RFC 8037).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use thiserror::Error;

use crate::domain::secret::SecretBytes;

/// One key pair.
#[derive(Debug, Clone)]
pub struct SigningKey {
    kid: String,
    seed: SecretBytes,
    public: [u8; 32],
    retired: bool,
}

impl SigningKey {
    /// A key pair from its 256-bit seed. A retired key signs nothing more and
    /// still verifies what it signed; a revoked (leaked) key must be left out
    /// altogether.
    #[must_use]
    pub fn from_seed(kid: String, seed: SecretBytes, retired: bool) -> Self {
        let public = ed25519_dalek::SigningKey::from_bytes(seed.expose()).verifying_key().to_bytes();
        Self { kid, seed, public, retired }
    }

    /// The public name of the key.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public half.
    #[must_use]
    pub const fn public(&self) -> &[u8; 32] {
        &self.public
    }

    /// Whether it signs nothing more.
    #[must_use]
    pub const fn is_retired(&self) -> bool {
        self.retired
    }

    /// The secret half, for signing.
    pub(super) const fn seed(&self) -> &SecretBytes {
        &self.seed
    }

    /// The public half as a JSON Web Key (RFC 8037, section 2).
    fn to_jwk(&self) -> Value {
        json!({
            "kty": "OKP",
            "crv": "Ed25519",
            "use": "sig",
            "alg": "EdDSA",
            "kid": self.kid,
            "x": URL_SAFE_NO_PAD.encode(self.public),
        })
    }
}

/// Why a set of keys cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidSigningKeys {
    /// No key has the current name, or that key is retired.
    #[error("the current signing key is missing or retired")]
    NoCurrentKey,
    /// Two keys have one name.
    #[error("two signing keys have the same kid")]
    DuplicateKid,
}

/// All keys: the current one signs, every one of them verifies.
#[derive(Debug, Clone)]
pub struct SigningKeys {
    current: SigningKey,
    others: Vec<SigningKey>,
}

impl SigningKeys {
    /// The set of keys, and the name of the one that signs.
    ///
    /// # Errors
    /// When that one is missing or retired, or two keys share a name.
    pub fn new(current_kid: &str, keys: Vec<SigningKey>) -> Result<Self, InvalidSigningKeys> {
        let (mut current, others): (Vec<_>, Vec<_>) = keys.into_iter().partition(|key| key.kid == current_kid);
        let names: std::collections::HashSet<_> = others.iter().map(SigningKey::kid).collect();
        if current.len() > 1 || names.len() != others.len() {
            return Err(InvalidSigningKeys::DuplicateKid);
        }
        let current = current.pop().filter(|key| !key.retired).ok_or(InvalidSigningKeys::NoCurrentKey)?;
        Ok(Self { current, others })
    }

    /// The key that signs.
    #[must_use]
    pub const fn current(&self) -> &SigningKey {
        &self.current
    }

    /// One of our own keys by its name, compared exactly.
    #[must_use]
    pub fn find(&self, kid: &str) -> Option<&SigningKey> {
        self.all().find(|key| key.kid == kid)
    }

    /// The JSON Web Key Set (RFC 7517, section 5): public halves only.
    #[must_use]
    pub fn jwks(&self) -> Value {
        json!({ "keys": self.all().map(SigningKey::to_jwk).collect::<Vec<_>>() })
    }

    fn all(&self) -> impl Iterator<Item = &SigningKey> {
        std::iter::once(&self.current).chain(&self.others)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(kid: &str, byte: u8, retired: bool) -> SigningKey {
        SigningKey::from_seed(kid.into(), SecretBytes::new([byte; 32]), retired)
    }

    #[test]
    fn the_public_half_is_the_one_of_the_standard() {
        // RFC 8032, section 7.1, test 1.
        let seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
        let public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
        let seed = crate::domain::secret::unhex(seed).unwrap();
        let key = SigningKey::from_seed("k".into(), SecretBytes::new(seed), false);
        assert_eq!(crate::domain::secret::hex(key.public()), public);
    }

    #[test]
    fn the_published_set_holds_no_secret() {
        let keys = SigningKeys::new("k2", vec![key("k1", 1, true), key("k2", 2, false)]).unwrap();
        let text = keys.jwks().to_string();
        assert!(text.contains("\"k1\"") && text.contains("\"k2\""));
        assert!(!text.contains("\"d\""));
        assert!(!text.contains(&URL_SAFE_NO_PAD.encode([2_u8; 32])));
    }

    #[test]
    fn a_set_needs_one_current_key_and_distinct_names() {
        let refusal = |current, keys| SigningKeys::new(current, keys).err();
        assert_eq!(refusal("k1", vec![]), Some(InvalidSigningKeys::NoCurrentKey));
        assert_eq!(refusal("k1", vec![key("k1", 1, true)]), Some(InvalidSigningKeys::NoCurrentKey));
        let twice = vec![key("k1", 1, false), key("k2", 2, true), key("k2", 3, true)];
        assert_eq!(refusal("k1", twice), Some(InvalidSigningKeys::DuplicateKid));
        let twice = vec![key("k1", 1, false), key("k1", 2, false)];
        assert_eq!(refusal("k1", twice), Some(InvalidSigningKeys::DuplicateKid));
    }
}
