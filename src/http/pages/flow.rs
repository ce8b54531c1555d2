//! What a visitor is in the middle of: an opened link, or a requested code.
//!
//! The cookie holds proofs, never a verdict: whatever it says is proven again
//! when the form is sent. It is sealed all the same, so that nobody makes one
//! up.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::domain::clock::Timestamp;
use crate::domain::ids::{ApplicationId, TenantId};
use crate::domain::keys::{KeyRing, Purpose};
use crate::domain::reset::proof;
use crate::domain::secret::Secret;

/// Stands in no part but the last.
const SEPARATOR: char = '~';

/// A flow.
#[derive(Debug, Clone)]
pub(super) enum Flow {
    /// A link whose token cannot be one.
    Damaged,
    /// A link.
    Link(Secret),
    /// A code that was requested.
    Code(CodeFlow),
}

/// A code that was requested here.
#[derive(Debug, Clone)]
pub(super) struct CodeFlow {
    /// Where.
    pub application: ApplicationId,
    /// Its tenant.
    pub tenant: TenantId,
    /// The handle of the request.
    pub request_code: Secret,
    /// From when on it may be sent again.
    pub resend_at: Timestamp,
    /// The code, once it was found right.
    pub proven: Option<ProvenCode>,
}

/// A code that was right.
#[derive(Debug, Clone)]
pub(super) struct ProvenCode {
    /// The code.
    pub code: Secret,
    /// The masked address of the account it belongs to.
    pub account: String,
}

impl Flow {
    /// The flow that a link's token begins.
    pub(super) fn of_link(token: Secret) -> Self {
        if proof::is_token_shaped(token.expose()) { Self::Link(token) } else { Self::Damaged }
    }

    /// The value of the cookie.
    pub(super) fn seal(&self, keys: &KeyRing) -> String {
        let text = self.write();
        format!("{}.{}", BASE64_URL_SAFE_NO_PAD.encode(&text), mac(keys, &text))
    }

    /// Reads what [`Self::seal`] wrote; `None` for anything else.
    pub(super) fn open(sealed: &str, keys: &KeyRing) -> Option<Self> {
        let (text, seal) = sealed.split_once('.')?;
        let text = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let genuine = Secret::new(mac(keys, &text)).matches(&Secret::new(seal));
        if genuine { Self::read(&text) } else { None }
    }

    fn write(&self) -> String {
        match self {
            Self::Damaged => "damaged".to_owned(),
            Self::Link(token) => format!("link~{}", token.expose()),
            Self::Code(flow) => {
                let CodeFlow { application, tenant, request_code, resend_at, proven } = flow;
                let asked = format!("{application}~{tenant}~{}~{}", request_code.expose(), resend_at.as_millis());
                match proven {
                    None => format!("code~{asked}"),
                    Some(proven) => format!("proven~{asked}~{}~{}", proven.code.expose(), proven.account),
                }
            }
        }
    }

    fn read(text: &str) -> Option<Self> {
        let (kind, rest) = text.split_once(SEPARATOR).unwrap_or((text, ""));
        match kind {
            "damaged" => Some(Self::Damaged),
            "link" => Some(Self::Link(Secret::new(rest))),
            "code" | "proven" => {
                let mut parts = rest.splitn(6, SEPARATOR);
                let mut next = || parts.next();
                Some(Self::Code(CodeFlow {
                    application: next()?.parse().ok()?,
                    tenant: next()?.parse().ok()?,
                    request_code: Secret::new(next()?),
                    resend_at: Timestamp::from_millis(next()?.parse().ok()?),
                    proven: match (kind, next(), next()) {
                        ("proven", Some(code), Some(account)) => {
                            Some(ProvenCode { code: Secret::new(code), account: account.to_owned() })
                        }
                        _ => None,
                    },
                }))
            }
            _ => None,
        }
    }
}

fn mac(keys: &KeyRing, text: &str) -> String {
    keys.pseudonym(Purpose::FormToken, &[b"flow", text.as_bytes()])
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::domain::entropy::SeededEntropy;
    use crate::domain::keys::Key;
    use crate::domain::secret::SecretBytes;

    pub(in crate::http::pages) fn keys(byte: u8) -> KeyRing {
        let key = Key::new("k1".into(), SecretBytes::new([byte; 32]), false);
        KeyRing::new(SecretBytes::new([byte; 32]), key, Vec::new())
    }

    fn proven() -> Flow {
        let (now, entropy) = (Timestamp::from_millis(1), SeededEntropy::new(1));
        Flow::Code(CodeFlow {
            application: ApplicationId::generate(now, &entropy),
            tenant: TenantId::generate(now, &entropy),
            request_code: Secret::new("r".repeat(43)),
            resend_at: now,
            proven: Some(ProvenCode { code: Secret::new("01234567"), account: "~…@example.org".into() }),
        })
    }

    #[test]
    fn a_sealed_flow_reads_back() {
        for flow in [Flow::Damaged, Flow::Link(Secret::new("t".repeat(43))), proven()] {
            let opened = Flow::open(&flow.seal(&keys(1)), &keys(1)).unwrap();
            assert_eq!(opened.write(), flow.write());
        }
    }

    #[test]
    fn a_flow_that_was_made_up_or_changed_does_not_open() {
        let sealed = proven().seal(&keys(1));
        assert!(Flow::open(&sealed, &keys(2)).is_none());
        let (text, seal) = sealed.split_once('.').unwrap();
        let other = BASE64_URL_SAFE_NO_PAD.encode("link~x");
        for forged in [format!("{other}.{seal}"), text.to_owned(), format!("{text}."), String::new(), ".".into()] {
            assert!(Flow::open(&forged, &keys(1)).is_none(), "{forged}");
        }
    }

    #[test]
    fn a_token_that_cannot_be_one_is_damaged() {
        assert!(matches!(Flow::of_link(Secret::new("<script>")), Flow::Damaged));
        assert!(matches!(Flow::of_link(Secret::new("t".repeat(43))), Flow::Link(_)));
    }
}
