//! The signature of a delivery: the receiver shows with it that the body is
//! ours, whole, and new.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::domain::clock::Timestamp;
use crate::domain::secret::{Secret, hex};

/// The header it travels in.
pub const HEADER: &str = "WorkOS-Signature";

/// The content of [`HEADER`]: `t=<unix ms>, v1=<hex HMAC-SHA-256 of
/// "<t>.<body>">`. The space is part of the format: some receivers refuse it
/// without.
#[must_use]
pub fn sign(secret: &Secret, now: Timestamp, body: &[u8]) -> String {
    let time = now.as_millis_unsigned();
    // HMAC takes keys of any length, so this cannot fail; if it did, the
    // signature would be refused.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()) else { return String::new() };
    mac.update(format!("{time}.").as_bytes());
    mac.update(body);
    format!("t={time}, v1={}", hex(&mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_written_as_receivers_read_it() {
        let signed =
            sign(&Secret::new("whsec_test"), Timestamp::from_millis(1_700_000_000_123), br#"{"id":"event_1"}"#);
        // printf '1700000000123.{"id":"event_1"}' | openssl dgst -sha256 -hmac whsec_test
        assert_eq!(signed, "t=1700000000123, v1=4ff342bed3a869d850d871f01e5fd4a49bdea3496c3eb14df5e646b817c1d554");
    }
}
