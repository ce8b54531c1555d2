//! Authenticator apps: TOTP (RFC 6238) with the parameters that every app
//! understands: HMAC-SHA-1, six digits, steps of 30 seconds.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use totp_rs::{Algorithm, Builder, Totp};

use crate::domain::clock::Timestamp;
use crate::domain::entropy::Entropy;
use crate::domain::secret::Secret;

/// Digits of a code.
const DIGITS: u8 = 6;
/// Seconds of a step.
const STEP: u64 = 30;
/// Steps before and after the current one whose codes are right as well: the
/// clock of a telephone may be off, and typing takes its time (RFC 6238,
/// section 5.2).
const SKEW: i64 = 1;
/// Bytes of a secret: at least 128 bits (RFC 4226, section 4), and not more
/// than one block of the hash.
const LENGTHS: std::ops::RangeInclusive<usize> = 16..=64;
/// Bytes of a secret that we make: what RFC 4226 recommends.
const LENGTH: usize = 20;

/// What a comparison found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    /// The code of this step, which was not used before.
    Right(i64),
    /// The code of a step that was used before, or of one before that.
    Used,
    /// None of the codes of this time.
    Wrong,
}

/// What an authenticator app shares with us.
pub struct Authenticator(Totp);

impl std::fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Authenticator(…)")
    }
}

impl Authenticator {
    /// A new one with a random secret.
    #[must_use]
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; LENGTH];
        entropy.fill(&mut bytes);
        Self::with(totp_rs::Secret::from(bytes))
    }

    /// Reads a base32 secret (RFC 4648); spaces, dashes, padding and lower
    /// case do not matter. `None` when it is none, or not 16 to 64 bytes long.
    #[must_use]
    pub fn read(secret: &Secret) -> Option<Self> {
        let plain: String = secret.expose().chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        let plain = zeroize::Zeroizing::new(plain.trim_end_matches('=').to_ascii_uppercase());
        let well_formed = plain.bytes().all(|b| matches!(b, b'A'..=b'Z' | b'2'..=b'7'));
        let bytes = totp_rs::Secret::try_from_base32(plain.as_str()).ok().filter(|_| well_formed)?;
        LENGTHS.contains(&bytes.len()).then(|| Self::with(bytes))
    }

    fn with(secret: totp_rs::Secret) -> Self {
        let totp = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(DIGITS).with_step_duration(STEP);
        Self(totp.with_secret(secret).build_noncompliant())
    }

    /// The secret in base32, without padding.
    #[must_use]
    pub fn secret(&self) -> Secret {
        Secret::new(self.0.secret().to_base32())
    }

    /// The step that a time lies in.
    #[must_use]
    pub fn step(now: Timestamp) -> i64 {
        now.as_seconds().div_euclid(STEP.cast_signed())
    }

    /// The code of a step.
    #[must_use]
    pub fn code(&self, step: i64) -> Secret {
        let time = u64::try_from(step).unwrap_or_default().saturating_mul(STEP);
        Secret::new(self.0.generate(time).to_string())
    }

    /// Compares a code with those of the steps around `now`. A step is good
    /// once, and those before it are over with it: `last` is the latest that
    /// was used. Every one of them is compared, whichever is right.
    #[must_use]
    pub fn check(&self, code: &Secret, now: Timestamp, last: Option<i64>) -> Checked {
        let current = Self::step(now);
        (current - SKEW..=current + SKEW).fold(Checked::Wrong, |found, step| {
            match (found, self.code(step).matches(code), last.is_none_or(|last| step > last)) {
                (Checked::Wrong | Checked::Used, true, true) => Checked::Right(step),
                (Checked::Wrong, true, false) => Checked::Used,
                (found, _, _) => found,
            }
        })
    }

    /// The `otpauth` URI that apps read, and the same as a QR code in a data
    /// URI (PNG). Both hold the secret. `None` when the names cannot stand in
    /// one: a colon, nothing at all, or too long for a QR code.
    #[must_use]
    pub fn uri(&self, issuer: &str, account: &str) -> Option<(Secret, Secret)> {
        let named = Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(DIGITS)
            .with_step_duration(STEP)
            .with_secret(self.0.secret().clone())
            .with_issuer(Some(issuer))
            .with_account_name(account)
            .build()
            .ok()?;
        let image = zeroize::Zeroizing::new(named.to_qr_png().ok()?);
        let qr_code = format!("data:image/png;base64,{}", STANDARD.encode(image.as_slice()));
        Some((Secret::new(named.to_url().ok()?), Secret::new(qr_code)))
    }
}

/// Reads a typed code: spaces and dashes are ignored, what remains must be
/// exactly six ASCII digits.
#[must_use]
pub fn parse_code(text: &str) -> Option<Secret> {
    if text.len() > 64 {
        return None;
    }
    let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let well_formed = digits.len() == usize::from(DIGITS) && digits.bytes().all(|b| b.is_ascii_digit());
    well_formed.then(|| Secret::new(digits))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::entropy::SeededEntropy;
    use proptest::prelude::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    /// The secret of RFC 6238, appendix B: `12345678901234567890`.
    fn standard() -> Authenticator {
        Authenticator::read(&Secret::new("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")).unwrap()
    }

    #[test]
    fn the_codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, the last six of the eight digits.
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            let now = at(seconds);
            assert_eq!(standard().code(Authenticator::step(now)).expose(), code);
            assert_eq!(
                standard().check(&Secret::new(code), now, None),
                Checked::Right(Authenticator::step(now)),
                "{seconds}"
            );
        }
    }

    #[test]
    fn a_step_is_right_from_the_one_before_to_the_one_after_and_once() {
        let (app, step) = (standard(), 1000);
        let code = app.code(step);
        let found = |seconds, last| app.check(&code, at(seconds), last);
        assert_eq!(found(29_969, None), Checked::Wrong);
        assert_eq!(found(29_970, None), Checked::Right(step));
        assert_eq!(found(30_059, None), Checked::Right(step));
        assert_eq!(found(30_060, None), Checked::Wrong);
        assert_eq!(found(30_000, Some(step - 1)), Checked::Right(step));
        assert_eq!(found(30_000, Some(step)), Checked::Used);
        assert_eq!(found(30_000, Some(step + 1)), Checked::Used, "a step before a used one is over");
    }

    #[test]
    fn a_secret_is_read_in_any_spelling_and_in_one_length() {
        let app = Authenticator::generate(&SeededEntropy::new(3));
        let text = app.secret().expose().to_owned();
        assert_eq!(text.len(), 32);
        for spelling in [text.to_lowercase(), format!("{} {}====", &text[..4], &text[4..])] {
            let read = Authenticator::read(&Secret::new(spelling)).unwrap();
            assert_eq!(read.secret().expose(), text);
        }
        for bad in
            ["", "A", "GEZDGNBV", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ1", "é", &"A".repeat(128), &format!("{text}\0")]
        {
            assert!(Authenticator::read(&Secret::new(bad)).is_none(), "{bad}");
        }
    }

    #[test]
    fn an_app_learns_the_names_and_the_secret() {
        let (uri, image) = standard().uri("Shop & Co", "ann@example.test").unwrap();
        let expected = "otpauth://totp/Shop%20%26%20Co:ann%40example%2Etest?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
                        &issuer=Shop%20%26%20Co";
        assert_eq!(uri.expose().replace("example.test", "example%2Etest"), expected);
        let png = STANDARD.decode(image.expose().strip_prefix("data:image/png;base64,").unwrap()).unwrap();
        assert!(png.starts_with(b"\x89PNG"));
        assert!(standard().uri("a:b", "x").is_none() && standard().uri("a", "").is_none());
        assert!(standard().uri("a", &"x".repeat(5000)).is_none());
    }

    #[test]
    fn nothing_shows_the_secret_in_debug_output() {
        assert_eq!(format!("{:?}", standard()), "Authenticator(…)");
    }

    #[test]
    fn a_typed_code_may_hold_spaces_and_dashes_and_nothing_else() {
        for good in ["123456", "123 456", "12-34-56", " 123456 "] {
            assert_eq!(parse_code(good).unwrap().expose(), "123456");
        }
        for bad in ["", "12345", "1234567", "12345a", "１２３４５６", "+12345", "123456,654321", "123\n456"] {
            assert!(parse_code(bad).is_none(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn a_code_is_never_right_again_once_its_step_was_used(seconds in 0_i64..4_000_000_000, off in -1_i64..=1, later in 0_i64..120) {
            let app = standard();
            let code = app.code(Authenticator::step(at(seconds)) + off);
            if let Checked::Right(step) = app.check(&code, at(seconds), None) {
                // Another step may have the same six digits by chance; then it is that step's code.
                match app.check(&code, at(seconds + later), Some(step)) {
                    Checked::Right(other) => prop_assert!(other > step),
                    Checked::Used | Checked::Wrong => {}
                }
            }
        }
    }
}
