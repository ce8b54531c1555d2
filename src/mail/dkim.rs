//! Signing mails with the key of their domain (RFC 6376, RFC 8463), so that
//! receivers know that the domain stands behind them.
//!
//! Our own and not lettre's, for three reasons: lettre cannot sign a header
//! that must not be added later, takes the time of signing from the machine's
//! clock, so that a retry would be another message, and signs with RSA in a
//! way whose timing tells of the key. The key works in ring, which TLS brings
//! along.

use std::fmt;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject as _;
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::domain::clock::Timestamp;

/// The headers that are signed; each once more than it occurs, so that nobody
/// can add another.
const HEADERS: [&str; 9] =
    ["from", "to", "subject", "date", "message-id", "reply-to", "mime-version", "content-type", "auto-submitted"];
/// The longest line of the header that is written.
const LINE: usize = 72;

/// A key that cannot be used. Never says what is in the file.
#[derive(Debug, Error)]
#[error("the DKIM key {path} cannot be used: {why}")]
pub struct DkimError {
    path: String,
    why: &'static str,
}

/// The mail could not be signed.
#[derive(Debug, Error)]
#[error("the mail cannot be signed")]
pub struct Unsigned;

/// Signs what is from one domain.
pub struct DkimSigner {
    domain: String,
    selector: String,
    key: Key,
}

enum Key {
    Rsa(Box<RsaKeyPair>),
    Ed25519(Box<Ed25519KeyPair>),
}

impl fmt::Debug for DkimSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DkimSigner({}._domainkey.{})", self.selector, self.domain)
    }
}

impl DkimSigner {
    /// Reads the key from a PEM file: RSA of at least 2048 bits (PKCS #1 or
    /// PKCS #8), or Ed25519 (PKCS #8).
    ///
    /// # Errors
    /// When the file holds no such key.
    pub fn read(domain: &str, selector: &str, path: &Path) -> Result<Self, DkimError> {
        let wrong = |why| DkimError { path: path.display().to_string(), why };
        let pem = std::fs::read(path).map_err(|_| wrong("it cannot be read"))?;
        let key = PrivateKeyDer::from_pem_slice(&pem).map_err(|_| wrong("it holds no private key in PEM"))?;
        let key = match &key {
            PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()).map(Box::new).map(Key::Rsa),
            PrivateKeyDer::Pkcs8(der) => {
                let der = der.secret_pkcs8_der();
                RsaKeyPair::from_pkcs8(der)
                    .map(Box::new)
                    .map(Key::Rsa)
                    // Without the public half, as OpenSSL writes it.
                    .or_else(|_| Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).map(Box::new).map(Key::Ed25519))
            }
            _ => return Err(wrong("it is neither RSA nor Ed25519")),
        };
        let key = key.map_err(|_| wrong("it is neither Ed25519 nor RSA of 2048 bits or more"))?;
        Ok(Self { domain: domain.to_owned(), selector: selector.to_owned(), key })
    }

    /// Whether mails of this domain are signed by it: its own, and those of its
    /// subdomains.
    #[must_use]
    pub fn stands_for(&self, domain: &str) -> bool {
        domain == self.domain || domain.strip_suffix(&self.domain).is_some_and(|rest| rest.ends_with('.'))
    }

    /// The domain.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The signature of a message, as a header with its line end.
    ///
    /// # Errors
    /// When the message has no body, or the key refuses.
    pub fn sign(&self, raw: &[u8], at: Timestamp) -> Result<String, Unsigned> {
        let end = raw.windows(4).position(|four| four == b"\r\n\r\n").ok_or(Unsigned)?;
        let (head, body) = (raw.get(..end + 2).ok_or(Unsigned)?, raw.get(end + 4..).ok_or(Unsigned)?);
        let head = std::str::from_utf8(head).map_err(|_| Unsigned)?;
        let headers = unfolded(head);
        let (names, mut signed) = signed_headers(&headers);
        let algorithm = match self.key {
            Key::Rsa(_) => "rsa-sha256",
            Key::Ed25519(_) => "ed25519-sha256",
        };
        let hash = STANDARD.encode(Sha256::digest(relaxed_body(body)));
        let at = at.as_millis_unsigned() / 1000;
        let (domain, selector) = (&self.domain, &self.selector);
        let unsigned = format!(
            "v=1; a={algorithm}; c=relaxed/relaxed; d={domain}; s={selector}; t={at};\r\n h={names};\r\n bh={hash};\r\n b="
        );
        signed.push_str(&relaxed_header("dkim-signature", &unsigned));
        let signature = STANDARD.encode(self.signature(signed.as_bytes())?);
        Ok(format!("DKIM-Signature: {unsigned}{}\r\n", folded(&signature)))
    }

    fn signature(&self, signed: &[u8]) -> Result<Vec<u8>, Unsigned> {
        match &self.key {
            Key::Rsa(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                let done = key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed, &mut signature);
                done.map(|()| signature).map_err(|_| Unsigned)
            }
            Key::Ed25519(key) => Ok(key.sign(&Sha256::digest(signed)).as_ref().to_vec()),
        }
    }
}

/// The headers by name and value, folded lines joined.
fn unfolded(head: &str) -> Vec<(String, String)> {
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in head.split_inclusive("\r\n") {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = headers.last_mut() {
                value.push_str(line);
            }
        } else if let Some((name, value)) = line.split_once(':') {
            headers.push((name.trim().to_ascii_lowercase(), value.to_owned()));
        }
    }
    headers
}

/// The list of what is signed, and that in canonical form. A header that is
/// there once is taken once and named twice.
fn signed_headers(headers: &[(String, String)]) -> (String, String) {
    let (mut names, mut signed) = (Vec::new(), String::new());
    for name in HEADERS {
        // From the last one up (RFC 6376 § 5.4.2).
        for (_, value) in headers.iter().rev().filter(|(own, _)| own == name) {
            names.push(name);
            signed.push_str(&relaxed_header(name, value));
            signed.push_str("\r\n");
        }
        names.push(name);
    }
    let lines: Vec<String> = names.chunks(6).map(|some| some.join(":")).collect();
    (lines.join(":\r\n "), signed)
}

/// RFC 6376 § 3.4.2, without the line end.
fn relaxed_header(name: &str, value: &str) -> String {
    let value: Vec<&str> = value.split([' ', '\t', '\r', '\n']).filter(|word| !word.is_empty()).collect();
    format!("{name}:{}", value.join(" "))
}

/// RFC 6376 § 3.4.4.
fn relaxed_body(body: &[u8]) -> Vec<u8> {
    let mut relaxed = Vec::with_capacity(body.len());
    let mut blank_lines = 0;
    for line in body.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let line = line.trim_ascii_end();
        if line.is_empty() {
            blank_lines += 1;
            continue;
        }
        for _ in 0..std::mem::take(&mut blank_lines) {
            relaxed.extend_from_slice(b"\r\n");
        }
        let mut after_space = false;
        for byte in line {
            let is_space = matches!(byte, b' ' | b'\t');
            if !is_space {
                relaxed.push(*byte);
            } else if !after_space {
                relaxed.push(b' ');
            }
            after_space = is_space;
        }
        relaxed.extend_from_slice(b"\r\n");
    }
    relaxed
}

fn folded(signature: &str) -> String {
    let bytes: Vec<char> = signature.chars().collect();
    let lines: Vec<String> = bytes.chunks(LINE).map(|line| line.iter().collect()).collect();
    lines.join("\r\n ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_and_bodies_are_canonical_as_in_the_standard() {
        // RFC 6376 § 3.4.5.
        let headers = unfolded("A: X\r\nB : Y\t\r\n\tZ  \r\n");
        let written: Vec<String> = headers.iter().map(|(name, value)| relaxed_header(name, value)).collect();
        assert_eq!(written, ["a:X", "b:Y Z"]);
        assert_eq!(relaxed_body(b" C \r\nD \t E\r\n\r\n\r\n"), b" C\r\nD E\r\n");
        assert_eq!(relaxed_body(b"\r\n\r\nx\r\n"), b"\r\n\r\nx\r\n");
        assert!(relaxed_body(b"\r\n\r\n").is_empty());
    }

    #[test]
    fn each_header_is_named_once_more_than_it_is_there() {
        let (names, signed) = signed_headers(&[("from".into(), " a".into()), ("x-other".into(), " b".into())]);
        let names: String = names.split_whitespace().collect();
        assert!(names.starts_with("from:from:to:subject:") && !names.contains("x-other"), "{names}");
        assert_eq!(signed, "from:a\r\n");
    }

    #[test]
    fn a_domain_stands_for_itself_and_what_is_below_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key.pem");
        std::fs::write(&path, rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap().serialize_pem()).unwrap();
        let signer = DkimSigner::read("shop.example", "s1", &path).unwrap();
        assert!(signer.stands_for("shop.example") && signer.stands_for("mail.shop.example"));
        assert!(!signer.stands_for("evilshop.example") && !signer.stands_for("example"));
        std::fs::write(&path, "-----BEGIN NOTHING-----").unwrap();
        assert!(DkimSigner::read("a", "b", &path).unwrap_err().to_string().contains("key.pem"));
    }
}
