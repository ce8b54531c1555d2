//! Secrets that have to be read again, and therefore cannot be hashed: sealed,
//! so that the database alone does not tell them.
//!
//! `XChaCha20-Poly1305` (draft-irtf-cfrg-xchacha-03) with a random nonce of 192
//! bits, which needs no count of what was sealed before. The key is derived for
//! one purpose from a key of the ring; purpose and owner are authenticated with
//! the text, so that a sealed secret that is moved to another row or put to
//! another use does not open.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::domain::entropy::Entropy;
use crate::domain::keys::{Key, KeyRing, Purpose};
use crate::domain::secret::Secret;

/// What a sealed text begins with: its format.
const VERSION: &str = "s1";
/// Bytes of a nonce.
const NONCE_LENGTH: usize = 24;

/// Why a secret does not open, or cannot be sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SealError {
    /// The ring does not hold the key that sealed it.
    #[error("sealed with a key that is not in the ring")]
    UnknownKey,
    /// The key that sealed it was revoked, so the secret counts as told.
    #[error("sealed with a key that was revoked")]
    RevokedKey,
    /// It was changed, moved to another owner or put to another use, or it is
    /// no sealed text at all.
    #[error("not a sealed secret of this owner")]
    Damaged,
    /// The cipher takes no text of this length (256 GiB).
    #[error("too long to seal")]
    TooLong,
}

/// Seals a secret with the current key: `s1.<nonce and ciphertext>.<key id>`,
/// ASCII as far as the key id is. `owner` is the id of the row it belongs to.
///
/// # Errors
/// `TooLong`.
pub fn seal(
    keys: &KeyRing,
    entropy: &dyn Entropy,
    purpose: Purpose,
    owner: &str,
    secret: &Secret,
) -> Result<String, SealError> {
    let mut nonce = [0; NONCE_LENGTH];
    entropy.fill(&mut nonce);
    let key = keys.current();
    let context = context(purpose, owner);
    let payload = Payload { msg: secret.expose().as_bytes(), aad: &context };
    let sealed = cipher(key, purpose).encrypt(&XNonce::from(nonce), payload).map_err(|_| SealError::TooLong)?;
    let body = URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat());
    Ok(format!("{VERSION}.{body}.{}", key.id()))
}

/// Opens what [`seal`] made for the same purpose and owner.
///
/// # Errors
/// `UnknownKey`, `RevokedKey`, `Damaged`.
pub fn open(keys: &KeyRing, purpose: Purpose, owner: &str, sealed: &str) -> Result<Secret, SealError> {
    let (body, id) = parts(sealed).ok_or(SealError::Damaged)?;
    let refusal = if keys.is_revoked(id) { SealError::RevokedKey } else { SealError::UnknownKey };
    let key = keys.find(id).ok_or(refusal)?;
    let bytes = URL_SAFE_NO_PAD.decode(body).map_err(|_| SealError::Damaged)?;
    let (nonce, ciphertext) = bytes.split_first_chunk::<NONCE_LENGTH>().ok_or(SealError::Damaged)?;
    let context = context(purpose, owner);
    let payload = Payload { msg: ciphertext, aad: &context };
    let opened = cipher(key, purpose).decrypt(&XNonce::from(*nonce), payload).map_err(|_| SealError::Damaged)?;
    let opened = Zeroizing::new(opened);
    Ok(Secret::new(std::str::from_utf8(&opened).map_err(|_| SealError::Damaged)?))
}

/// Whether it was sealed with the key that seals today; what was not can be
/// sealed anew when it is next opened, so that an older key wears out.
#[must_use]
pub fn is_current(keys: &KeyRing, sealed: &str) -> bool {
    parts(sealed).is_some_and(|(_, id)| id == keys.current().id())
}

fn cipher(key: &Key, purpose: Purpose) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.derive(purpose, &[]).expose().into())
}

/// What is authenticated with the text: purpose and owner, each with its
/// length, so that they cannot run into each other.
fn context(purpose: Purpose, owner: &str) -> Vec<u8> {
    [purpose.label(), owner.as_bytes()]
        .into_iter()
        .flat_map(|part| [&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes(), part].concat())
        .collect()
}

/// The body and the key id of a sealed text. A key id may hold dots.
fn parts(sealed: &str) -> Option<(&str, &str)> {
    sealed.strip_prefix(VERSION)?.strip_prefix('.')?.split_once('.')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::entropy::SeededEntropy;
    use crate::domain::secret::SecretBytes;
    use proptest::prelude::*;

    const OWNER: &str = "auth_factor_01ARZ3NDEKTSV4RRFFQ69G5FAV";

    fn key(id: &str, byte: u8, revoked: bool) -> Key {
        Key::new(id.into(), SecretBytes::new([byte; 32]), revoked)
    }

    fn ring(current: Key, older: Vec<Key>) -> KeyRing {
        KeyRing::new(SecretBytes::new([0; 32]), current, older)
    }

    fn sealed(keys: &KeyRing) -> String {
        seal(keys, &SeededEntropy::new(5), Purpose::TotpSecret, OWNER, &Secret::new("JBSWY3DP")).unwrap()
    }

    fn opened(keys: &KeyRing, text: &str) -> Result<String, SealError> {
        open(keys, Purpose::TotpSecret, OWNER, text).map(|secret| secret.expose().to_owned())
    }

    #[test]
    fn what_was_sealed_opens_and_does_not_show() {
        let keys = ring(key("k.1", 1, false), vec![]);
        let text = sealed(&keys);
        assert!(text.starts_with("s1.") && text.ends_with(".k.1"), "{text}");
        assert!(!text.contains("JBSWY3DP") && !text.contains(&URL_SAFE_NO_PAD.encode("JBSWY3DP")));
        assert_eq!(opened(&keys, &text), Ok("JBSWY3DP".to_owned()));
    }

    #[test]
    fn the_same_secret_is_never_sealed_alike() {
        let (keys, entropy) = (ring(key("k1", 1, false), vec![]), SeededEntropy::new(5));
        let again = || seal(&keys, &entropy, Purpose::TotpSecret, OWNER, &Secret::new("a")).unwrap();
        assert_ne!(again(), again());
    }

    #[test]
    fn another_row_another_use_and_another_key_do_not_open_it() {
        let keys = ring(key("k1", 1, false), vec![]);
        let text = sealed(&keys);
        let refusal = |keys: &KeyRing, purpose, owner| open(keys, purpose, owner, &text).err();
        assert_eq!(refusal(&keys, Purpose::TotpSecret, "auth_factor_other"), Some(SealError::Damaged));
        assert_eq!(refusal(&keys, Purpose::TotpSecret, ""), Some(SealError::Damaged));
        assert_eq!(refusal(&keys, Purpose::WebhookSecret, OWNER), Some(SealError::Damaged));
        let namesake = ring(key("k1", 2, false), vec![]);
        assert_eq!(refusal(&namesake, Purpose::TotpSecret, OWNER), Some(SealError::Damaged));
        let stranger = ring(key("k2", 1, false), vec![]);
        assert_eq!(refusal(&stranger, Purpose::TotpSecret, OWNER), Some(SealError::UnknownKey));
    }

    #[test]
    fn an_older_key_still_opens_and_a_revoked_one_does_not() {
        let text = sealed(&ring(key("k1", 1, false), vec![]));
        let rotated = ring(key("k2", 2, false), vec![key("k1", 1, false)]);
        assert_eq!(opened(&rotated, &text), Ok("JBSWY3DP".to_owned()));
        assert!(!is_current(&rotated, &text) && is_current(&rotated, &sealed(&rotated)));
        let revoked = ring(key("k2", 2, false), vec![key("k1", 1, true)]);
        assert_eq!(opened(&revoked, &text), Err(SealError::RevokedKey));
    }

    #[test]
    fn a_text_that_is_no_sealed_secret_is_damaged() {
        let keys = ring(key("k1", 1, false), vec![]);
        let short = format!("s1.{}.k1", URL_SAFE_NO_PAD.encode([0; NONCE_LENGTH]));
        for text in ["", "s1", "s1..k1", "s1.AAAA.k1", "s2.AAAA.k1", "JBSWY3DP", "s1.****.k1", &short] {
            assert_eq!(opened(&keys, text), Err(SealError::Damaged), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn every_text_opens_as_itself_and_no_changed_byte_opens(text: String, place: prop::sample::Index, bit in 0..8_u8) {
            let (keys, entropy) = (ring(key("k1", 1, false), vec![]), SeededEntropy::new(9));
            let whole = seal(&keys, &entropy, Purpose::WebhookSecret, OWNER, &Secret::new(text.as_str())).unwrap();
            let back = open(&keys, Purpose::WebhookSecret, OWNER, &whole).unwrap();
            prop_assert_eq!(back.expose(), &text);

            let (body, id) = parts(&whole).unwrap();
            let mut bytes = URL_SAFE_NO_PAD.decode(body).unwrap();
            let place = place.index(bytes.len());
            bytes[place] ^= 1 << bit;
            let changed = format!("{VERSION}.{}.{id}", URL_SAFE_NO_PAD.encode(bytes));
            prop_assert_eq!(open(&keys, Purpose::WebhookSecret, OWNER, &changed).err(), Some(SealError::Damaged));
        }
    }
}
