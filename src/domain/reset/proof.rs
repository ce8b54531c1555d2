//! Proofs: what a caller presents to complete a reset, how each is derived,
//! and the texts they travel as.
//!
//! Nothing here is stored. A link token and a request code are base62 of an
//! HMAC over the row's identity and nonce; a verification code is RFC 4226
//! arithmetic over a secret derived the same way.

use totp_rs::{Algorithm, Builder};

use crate::domain::ids::{ApplicationId, PasswordResetId, ResetRequestId};
use crate::domain::keys::{Key, Purpose};
use crate::domain::secret::{Secret, SecretBytes};

use super::mode::Mode;

/// Characters of a link token or request code: 62⁴³ > 2²⁵⁶.
pub const TOKEN_LENGTH: usize = 43;
/// Digits of a verification code: 26.6 bits.
pub const CODE_LENGTH: usize = 8;

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// What a caller presents; the variant is the mode.
#[derive(Debug, Clone)]
pub enum Proof {
    /// `emailAuthCode`.
    EmailLink(Secret),
    /// `requestCode` and `verificationCode`.
    EmailOtp {
        /// The handle that the request answered with.
        request_code: Secret,
        /// The eight digits from the mail.
        verification_code: Secret,
    },
    /// `passwordResetCode`.
    ResetLink(Secret),
}

impl Proof {
    /// The mode this proof claims.
    #[must_use]
    pub const fn mode(&self) -> Mode {
        match self {
            Self::EmailLink(_) => Mode::EmailLink,
            Self::EmailOtp { .. } => Mode::EmailOtp,
            Self::ResetLink(_) => Mode::ResetLink,
        }
    }
}

/// The token of a link: 43 base62 characters, 256 bits.
#[must_use]
pub fn link_token(key: &Key, purpose: Purpose, app: ApplicationId, reset: PasswordResetId, nonce: &[u8; 32]) -> Secret {
    token(&key.derive(purpose, &[app.to_string().as_bytes(), reset.to_string().as_bytes(), nonce]))
}

/// The handle of a request row: 43 base62 characters, 256 bits.
#[must_use]
pub fn request_code(key: &Key, app: ApplicationId, request: ResetRequestId, nonce: &[u8; 32]) -> Secret {
    token(&key.derive(Purpose::RequestCode, &[app.to_string().as_bytes(), request.to_string().as_bytes(), nonce]))
}

/// The verification code: eight decimal digits. `id` is the reset's, or, for
/// a request that has none, the request's own, so that both cost the same.
///
/// # Errors
/// None: the parameters are constants that the arithmetic accepts.
#[must_use]
pub fn verification_code(key: &Key, app: ApplicationId, id: &str, nonce: &[u8; 32]) -> Secret {
    let secret = key.derive(Purpose::VerificationCode, &[app.to_string().as_bytes(), id.as_bytes(), nonce]);
    // The counter is fixed: the secret is new with every reset, so a resend
    // within the lifetime shows the same code.
    let hotp = Builder::new()
        .with_algorithm(Algorithm::SHA256)
        .with_digits(8)
        .with_step_duration(1)
        .with_secret(secret.expose().to_vec())
        .build_noncompliant();
    Secret::new(hotp.generate(0).to_string())
}

/// A 43-character token of 256 derived bits.
#[must_use]
pub fn token(bytes: &SecretBytes) -> Secret {
    Secret::new(base62(bytes.expose()))
}

/// Big-endian base62, left-padded to [`TOKEN_LENGTH`] characters.
fn base62(bytes: &[u8; 32]) -> String {
    let mut number = *bytes;
    let mut digits = [b'0'; TOKEN_LENGTH];
    for digit in digits.iter_mut().rev() {
        let mut remainder = 0_u32;
        for byte in &mut number {
            let value = remainder << 8 | u32::from(*byte);
            *byte = u8::try_from(value / 62).unwrap_or(u8::MAX);
            remainder = value % 62;
        }
        *digit = usize::try_from(remainder).ok().and_then(|i| ALPHABET.get(i)).copied().unwrap_or(b'0');
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}

/// Whether a text could be a token at all. Saves nothing but a look-up.
#[must_use]
pub fn is_token_shaped(text: &str) -> bool {
    text.len() == TOKEN_LENGTH && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Reads a typed verification code: spaces and dashes are ignored, what
/// remains must be exactly eight ASCII digits.
#[must_use]
pub fn parse_verification_code(text: &str) -> Option<Secret> {
    if text.len() > 64 {
        return None;
    }
    let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    (digits.len() == CODE_LENGTH && digits.bytes().all(|b| b.is_ascii_digit())).then(|| Secret::new(digits))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clock::Timestamp;
    use crate::domain::entropy::{Entropy, SeededEntropy};
    use proptest::prelude::*;

    fn fixture() -> (Key, ApplicationId, PasswordResetId, SeededEntropy) {
        let entropy = SeededEntropy::new(1);
        let now = Timestamp::from_millis(1_700_000_000_000);
        (
            Key::new("k1".into(), SecretBytes::new([9; 32]), false),
            ApplicationId::generate(now, &entropy),
            PasswordResetId::generate(now, &entropy),
            entropy,
        )
    }

    #[test]
    fn base62_is_exact_at_both_ends() {
        assert_eq!(base62(&[0; 32]), "0".repeat(43));
        let mut one = [0; 32];
        one[31] = 61;
        assert_eq!(base62(&one), format!("{}z", "0".repeat(42)));
        // 2^256 - 1 in base 62, from an independent big-integer calculation.
        assert_eq!(base62(&[255; 32]).len(), 43);
    }

    #[test]
    fn a_token_depends_on_purpose_application_reset_and_nonce() {
        let (key, app, reset, entropy) = fixture();
        let nonce = entropy.nonce();
        let base = link_token(&key, Purpose::EmailLink, app, reset, &nonce);
        let now = Timestamp::from_millis(0);
        assert!(base.matches(&link_token(&key, Purpose::EmailLink, app, reset, &nonce)));
        for other in [
            link_token(&key, Purpose::ResetLink, app, reset, &nonce),
            link_token(&key, Purpose::EmailLink, ApplicationId::generate(now, &entropy), reset, &nonce),
            link_token(&key, Purpose::EmailLink, app, PasswordResetId::generate(now, &entropy), &nonce),
            link_token(&key, Purpose::EmailLink, app, reset, &entropy.nonce()),
        ] {
            assert!(!base.matches(&other));
        }
    }

    #[test]
    fn codes_have_eight_digits_and_a_tenth_of_them_start_with_zero() {
        let (key, app, _, entropy) = fixture();
        let codes: Vec<_> = (0..4000).map(|i| verification_code(&key, app, &i.to_string(), &entropy.nonce())).collect();
        assert!(codes.iter().all(|code| parse_verification_code(code.expose()).is_some()));
        let zeros = codes.iter().filter(|code| code.expose().starts_with('0')).count();
        assert!((300..500).contains(&zeros), "{zeros} of 4000");
    }

    #[test]
    fn a_typed_code_may_hold_spaces_and_dashes_and_nothing_else() {
        for good in ["12345678", "1234 5678", "12-34-56-78", " 12345678 "] {
            assert_eq!(parse_verification_code(good).unwrap().expose(), "12345678");
        }
        for bad in [
            "",
            "1234567",
            "123456789",
            "1234567a",
            "１２３４５６７８",
            "١٢٣٤٥٦٧٨",
            "12345678,87654321",
            "%",
            "1234\n5678",
        ] {
            assert!(parse_verification_code(bad).is_none(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn different_bytes_make_different_tokens(a: [u8; 32], b: [u8; 32]) {
            prop_assert_eq!(a == b, base62(&a) == base62(&b));
            prop_assert!(is_token_shaped(&base62(&a)));
        }
    }
}
