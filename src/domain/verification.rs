//! Proving an address: a code is mailed to it, and whoever types it in reads
//! mail there. Not a reset: it proves the address and nothing else.

use serde_json::{Map, Value, json};
use totp_rs::{Algorithm, Builder};

use super::clock::Timestamp;
use super::email_address::EmailAddress;
use super::ids::{ApplicationId, EmailVerificationId, TenantId, UserId};
use super::keys::{Key, Purpose};
use super::secret::Secret;
use super::user::User;

/// Digits of a code: 19.9 bits, of which the caps on wrong ones make enough.
pub const CODE_LENGTH: usize = 6;

/// Where a verification is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Its code may be typed in.
    Pending,
    /// Its code was typed in.
    Used,
    /// A newer one took its place.
    Superseded,
}

impl Status {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Used => "used",
            Self::Superseded => "superseded",
        }
    }

    /// Reads what [`as_str`](Self::as_str) wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Pending, Self::Used, Self::Superseded].into_iter().find(|status| status.as_str() == text)
    }
}

/// Why an address is not verified by this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It is verified already.
    Verified,
    /// The code is none, or not the one of this address, or may not be tried
    /// any more.
    Incorrect,
    /// The code is right, and its time is over.
    Expired,
    /// The code is right, and was used.
    Used,
}

/// A code on its way to an address and back. The code itself is derived.
#[derive(Debug, Clone)]
pub struct EmailVerification {
    /// Its name.
    pub id: EmailVerificationId,
    /// The application it belongs to.
    pub application: ApplicationId,
    /// The tenant of its user.
    pub tenant: TenantId,
    /// Whose address it is.
    pub user: UserId,
    /// The address, as it was then.
    pub email: String,
    /// Where it is in its life.
    pub status: Status,
    /// The key that its code derives from.
    pub key_id: String,
    /// What else its code derives from.
    pub nonce: [u8; 32],
    /// Codes tried so far.
    pub attempts: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// From when on it is refused.
    pub expires_at: Timestamp,
}

impl EmailVerification {
    /// Its code under a key: six digits.
    #[must_use]
    pub fn code(&self, key: &Key) -> Secret {
        let (application, id) = (self.application.to_string(), self.id.to_string());
        let secret = key.derive(Purpose::EmailVerification, &[application.as_bytes(), id.as_bytes(), &self.nonce]);
        // The counter is fixed: the secret is new with every verification.
        let hotp = Builder::new()
            .with_algorithm(Algorithm::SHA256)
            .with_digits(6)
            .with_step_duration(1)
            .with_secret(secret.expose().to_vec())
            .build_noncompliant();
        Secret::new(hotp.generate(0).to_string())
    }

    /// Whether its right code verifies the address that the user has now.
    ///
    /// # Errors
    /// Why not.
    pub fn usable(&self, user: &User, now: Timestamp) -> Result<(), Refusal> {
        let same = EmailAddress::parse(&self.email).is_ok_and(|sent| sent.canonical() == user.email_canonical);
        match self.status {
            _ if user.email_verified => Err(Refusal::Verified),
            _ if !same => Err(Refusal::Incorrect),
            Status::Superseded => Err(Refusal::Incorrect),
            Status::Used => Err(Refusal::Used),
            Status::Pending if now >= self.expires_at => Err(Refusal::Expired),
            Status::Pending => Ok(()),
        }
    }

    /// As events show it: without the code.
    #[must_use]
    pub fn to_event_object(&self) -> Value {
        Value::Object(self.members())
    }

    /// As whoever may see the code sees it.
    #[must_use]
    pub fn to_object(&self, code: &Secret) -> Value {
        let mut members = self.members();
        members.insert("code".to_owned(), json!(code.expose()));
        Value::Object(members)
    }

    fn members(&self) -> Map<String, Value> {
        let members = [
            ("object", json!("email_verification")),
            ("id", json!(self.id)),
            ("user_id", json!(self.user)),
            ("email", json!(self.email)),
            ("expires_at", json!(self.expires_at)),
            ("created_at", json!(self.created_at)),
            ("updated_at", json!(self.updated_at)),
        ];
        members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
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
    (digits.len() == CODE_LENGTH && digits.bytes().all(|b| b.is_ascii_digit())).then(|| Secret::new(digits))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::entropy::{Entropy, SeededEntropy};
    use crate::domain::secret::SecretBytes;

    fn verification(entropy: &SeededEntropy) -> EmailVerification {
        let now = Timestamp::from_millis(1_700_000_000_000);
        EmailVerification {
            id: EmailVerificationId::generate(now, entropy),
            application: ApplicationId::generate(now, entropy),
            tenant: TenantId::generate(now, entropy),
            user: UserId::generate(now, entropy),
            email: "Ada@example.com".to_owned(),
            status: Status::Pending,
            key_id: "k1".to_owned(),
            nonce: entropy.nonce(),
            attempts: 0,
            created_at: now,
            updated_at: now,
            expires_at: Timestamp::from_millis(1_700_000_600_000),
        }
    }

    #[test]
    fn codes_have_six_digits_and_differ_with_everything_they_derive_from() {
        let (entropy, key) = (SeededEntropy::new(1), Key::new("k1".into(), SecretBytes::new([9; 32]), false));
        let one = verification(&entropy);
        let codes: Vec<_> = (0..500).map(|_| verification(&entropy).code(&key)).collect();
        assert!(codes.iter().all(|code| parse_code(code.expose()).is_some()));
        let distinct: std::collections::HashSet<_> = codes.iter().map(Secret::expose).collect();
        assert!(distinct.len() > 490, "{}", distinct.len());
        assert!(one.code(&key).matches(&one.code(&key)));
        let other = Key::new("k2".into(), SecretBytes::new([8; 32]), false);
        let later = EmailVerification { nonce: entropy.nonce(), ..one.clone() };
        let elsewhere = EmailVerification { application: verification(&entropy).application, ..one.clone() };
        for changed in [one.code(&other), later.code(&key), elsewhere.code(&key)] {
            assert!(!one.code(&key).matches(&changed));
        }
    }

    #[test]
    fn a_typed_code_may_hold_spaces_and_dashes_and_nothing_else() {
        for good in ["123456", "123 456", "12-34-56"] {
            assert_eq!(parse_code(good).unwrap().expose(), "123456");
        }
        for bad in ["", "12345", "1234567", "12345a", "１２３４５６", "123456,654321", "%", "123\n456"] {
            assert!(parse_code(bad).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn only_whoever_may_see_the_code_sees_it() {
        let entropy = SeededEntropy::new(2);
        let one = verification(&entropy);
        let shown = one.to_object(&Secret::new("123456"));
        assert_eq!(shown["code"], "123456");
        assert_eq!(shown.as_object().map(Map::len), Some(8));
        assert!(one.to_event_object().get("code").is_none());
    }
}
