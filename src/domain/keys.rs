//! The key ring: secrets that live outside the database, so that the database
//! alone proves nothing.
//!
//! Each key derives one independent HMAC key per purpose (HKDF-SHA-256,
//! RFC 5869), so that a value made for one purpose means nothing to another.

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::secret::{SecretBytes, hex};

/// What a derived value is for. Part of every derivation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Token of an emailed link.
    EmailLink,
    /// Token of a link that is handed over.
    ResetLink,
    /// The emailed one-time code.
    VerificationCode,
    /// The emailed code that proves an address.
    EmailVerification,
    /// The handle of a request by address.
    RequestCode,
    /// The code an application exchanges for a session.
    AuthSession,
    /// A session's refresh token.
    RefreshToken,
    /// Keyed pseudonym of an address (request rows, mailbox throttles).
    AddressPseudonym,
    /// Keyed fingerprint of a request body (idempotency).
    BodyFingerprint,
    /// Anti-forgery token of a form.
    FormToken,
    /// Token of a sign-in that waits for its second factor.
    PendingSignIn,
    /// Sealing of the secrets of authenticators.
    TotpSecret,
    /// Sealing of the secrets that sign webhooks.
    WebhookSecret,
    /// Sealing of the secrets of operators' authenticators.
    OperatorTotp,
}

impl Purpose {
    /// The label that goes into the derivation. Never change one: every live
    /// proof made with it would die, and nothing sealed with it would open.
    #[must_use]
    pub const fn label(self) -> &'static [u8] {
        match self {
            Self::EmailLink => b"rekey/v1/email-link",
            Self::ResetLink => b"rekey/v1/reset-link",
            Self::VerificationCode => b"rekey/v1/verification-code",
            Self::EmailVerification => b"rekey/v1/email-verification",
            Self::RequestCode => b"rekey/v1/request-code",
            Self::AuthSession => b"rekey/v1/auth-session",
            Self::RefreshToken => b"rekey/v1/refresh-token",
            Self::AddressPseudonym => b"rekey/v1/address-pseudonym",
            Self::BodyFingerprint => b"rekey/v1/body-fingerprint",
            Self::FormToken => b"rekey/v1/form-token",
            Self::PendingSignIn => b"rekey/v1/pending-sign-in",
            Self::TotpSecret => b"rekey/v1/totp-secret",
            Self::WebhookSecret => b"rekey/v1/webhook-secret",
            Self::OperatorTotp => b"rekey/v1/operator-totp",
        }
    }
}

/// One key of the ring.
#[derive(Debug, Clone)]
pub struct Key {
    id: String,
    secret: SecretBytes,
    revoked: bool,
}

impl Key {
    /// A key by its public id and 256 secret bits.
    #[must_use]
    pub const fn new(id: String, secret: SecretBytes, revoked: bool) -> Self {
        Self { id, secret, revoked }
    }

    /// The public name of the key, stored with what it made.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// HMAC-SHA-256 over length-prefixed parts, keyed for one purpose.
    #[must_use]
    pub fn derive(&self, purpose: Purpose, parts: &[&[u8]]) -> SecretBytes {
        let mut key = Zeroizing::new([0_u8; 64]);
        // 64 bytes (one HMAC block) is a valid HKDF-SHA-256 output length, so this cannot fail;
        // if it did, the all-zero key would match nothing that was ever made.
        let _ = Hkdf::<Sha256>::new(None, self.secret.expose()).expand(purpose.label(), key.as_mut());
        let mut mac = Hmac::<Sha256>::new(&(*key).into());
        for part in parts {
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(part);
        }
        SecretBytes::new(mac.finalize().into_bytes().into())
    }
}

/// All keys: the newest makes new things, the older ones still verify, the
/// revoked ones do neither. The first key ever made also keys pseudonyms,
/// which must not change when keys rotate.
#[derive(Debug, Clone)]
pub struct KeyRing {
    pseudonym: SecretBytes,
    current: Key,
    older: Vec<Key>,
}

impl KeyRing {
    /// A ring from the key for pseudonyms, the key that makes new things and
    /// the others.
    #[must_use]
    pub const fn new(pseudonym: SecretBytes, current: Key, older: Vec<Key>) -> Self {
        Self { pseudonym, current, older }
    }

    /// The key that makes new things.
    #[must_use]
    pub const fn current(&self) -> &Key {
        &self.current
    }

    /// The key that made something, unless it is unknown or revoked.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Key> {
        std::iter::once(&self.current).chain(&self.older).find(|key| key.id == id && !key.revoked)
    }

    /// Whether the key is known here and was revoked. One that is not known may
    /// be newer than this ring.
    #[must_use]
    pub fn is_revoked(&self, id: &str) -> bool {
        std::iter::once(&self.current).chain(&self.older).any(|key| key.id == id && key.revoked)
    }

    /// A stable name for something that must not be stored in clear: hex of
    /// 256 bits, the same over all rotations.
    #[must_use]
    pub fn pseudonym(&self, purpose: Purpose, parts: &[&[u8]]) -> String {
        let key = Key { id: String::new(), secret: self.pseudonym.clone(), revoked: false };
        hex(key.derive(purpose, parts).expose())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: &str, byte: u8, revoked: bool) -> Key {
        Key::new(id.into(), SecretBytes::new([byte; 32]), revoked)
    }

    #[test]
    fn purposes_parts_and_keys_separate() {
        let one = key("k1", 1, false);
        let base = *one.derive(Purpose::EmailLink, &[b"ab", b"c"]).expose();
        assert_ne!(base, *one.derive(Purpose::ResetLink, &[b"ab", b"c"]).expose());
        assert_ne!(base, *one.derive(Purpose::EmailLink, &[b"a", b"bc"]).expose());
        assert_ne!(base, *key("k1", 2, false).derive(Purpose::EmailLink, &[b"ab", b"c"]).expose());
        assert_eq!(base, *one.derive(Purpose::EmailLink, &[b"ab", b"c"]).expose());
    }

    #[test]
    fn an_older_key_is_found_and_a_revoked_one_is_not() {
        let ring =
            KeyRing::new(SecretBytes::new([0; 32]), key("k3", 3, false), vec![key("k2", 2, false), key("k1", 1, true)]);
        assert!(ring.find("k3").is_some() && ring.find("k2").is_some());
        assert!(ring.find("k1").is_none() && ring.find("k0").is_none());
    }
}
